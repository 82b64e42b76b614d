"""What was bought elsewhere: looked at again at the bot's own pace."""

from __future__ import annotations

from bot.core.roles import TEAM
from bot.services.conversions.settling import list_due, settle_due
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

MOST = 500
"""Orders in one round."""

PAGE = 50
"""Of these in one transaction."""


async def tend(store: Store) -> None:
    """Look again at orders whose time has come, and whose buyer has come or counts by now."""
    due = await store.read(list_due, limit=MOST)
    for place in range(0, len(due), PAGE):
        await store.write(settle_due, due[place : place + PAGE])


CAPABILITY = Capability(
    name="conversions",
    roles=TEAM,
    jobs=[Job(name="conversions", every_seconds=60.0, run=tend)],
)
