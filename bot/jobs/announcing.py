"""Telling the announce chat once a month what all members together have done."""

from __future__ import annotations

from bot.messages.joining.announcing import NOTICES
from bot.services.joining.notices import announce_month, find_month_due, sum_month
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

EVERY_SECONDS = 3600.0
"""A month begins at the shop's own midnight."""


async def announce_due(store: Store) -> None:
    """Look, and write only once, in the first days of a month."""
    month = await store.read(find_month_due)
    news = await store.read(sum_month, month) if month is not None else None
    if month is not None and news is not None:
        await store.write(announce_month, month, news)


CAPABILITY = Capability(
    name="announcing", jobs=[Job(name="announcing", every_seconds=EVERY_SECONDS, run=announce_due)], notices=NOTICES
)
