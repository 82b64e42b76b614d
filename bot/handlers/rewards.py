"""What the owner's rules give: told, freed when its time has come."""

from __future__ import annotations

from bot.core.roles import EVERYBODY
from bot.messages.rewards import NOTICES
from bot.services.rewards import giving
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

PAGE = 50


async def free_due(store: Store) -> None:
    """Look, and write only where something is due."""
    due = await store.read(giving.list_due, limit=PAGE)
    if due:
        await store.write(giving.free, due)


CAPABILITY = Capability(
    name="rewards",
    roles=EVERYBODY,
    notices=NOTICES,
    jobs=[Job(name="rewards", every_seconds=60.0, run=free_due)],
)
