"""Ending recommendations whose friend has taken longer to count than the campaign allows."""

from __future__ import annotations

from bot.services.joining.lapsing import lapse, list_lapsed
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

PAGE = 100
EVERY_SECONDS = 3600.0
"""What is told is told in days."""


async def lapse_due(store: Store) -> None:
    """End all whose time is over, page by page; nothing is written where there are none."""
    while due := await store.read(list_lapsed, limit=PAGE):
        await store.write(lapse, due)


CAPABILITY = Capability(name="lapsing", jobs=[Job(name="lapsing", every_seconds=EVERY_SECONDS, run=lapse_due)])
