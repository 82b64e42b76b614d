"""What the owner's rules give: told, freed when its time has come."""

from __future__ import annotations

from bot.core.durations import HOUR_SECONDS
from bot.core.roles import EVERYBODY
from bot.messages.rewards import NOTICES
from bot.services.rewards import awaiting, giving
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

PAGE = 50


async def free_due(store: Store) -> None:
    """Look, and write only where something is due."""
    due = await store.read(giving.list_due, limit=PAGE)
    if due:
        await store.write(giving.free, due)


async def arrive_due(store: Store) -> None:
    """Whoever has stayed for long enough."""
    due = await store.read(awaiting.list_due, limit=PAGE)
    if due:
        await store.write(awaiting.arrive, due)


async def count_days(store: Store) -> None:
    """Count the days on which friends were seen, by what has come in since yesterday began."""
    while seen := await store.read(awaiting.list_seen, limit=PAGE):
        await store.write(awaiting.note_seen, seen)


CAPABILITY = Capability(
    name="rewards",
    roles=EVERYBODY,
    notices=NOTICES,
    jobs=[
        Job(name="rewards", every_seconds=60.0, run=free_due),
        Job(name="stays", every_seconds=60.0, run=arrive_due),
        Job(name="days", every_seconds=HOUR_SECONDS, run=count_days),
    ],
)
