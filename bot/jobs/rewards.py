"""What was given comes free when its time has come, and days are counted."""

from __future__ import annotations

from bot.services.rewards import awaiting, giving
from storage.store import Store

PAGE = 50

PAGES = 20
"""At one time; what is left is done a minute later."""


async def free_due(store: Store) -> None:
    """Look, and write only where something is due; who waits for the shop to promise more comes all at once, every night."""
    for _ in range(PAGES):
        due = await store.read(giving.list_due, limit=PAGE)
        if due:
            await store.write(giving.free, due)
        if len(due) < PAGE:
            return


async def arrive_due(store: Store) -> None:
    """Whoever has stayed for long enough."""
    due = await store.read(awaiting.list_due, limit=PAGE)
    if due:
        await store.write(awaiting.arrive, due)


async def count_days(store: Store) -> None:
    """Count the days on which friends were seen, by what has come in since yesterday began."""
    while seen := await store.read(awaiting.list_seen, limit=PAGE):
        await store.write(awaiting.note_seen, seen)
