"""Forgetting pictures that nothing shows any more, daily: what they look like is known where they are drawn."""

from __future__ import annotations

from bot.core.durations import DAY_SECONDS
from bot.services.sharing.clearing import drop_old_cards, find_old_cards
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from storage.records import PersonId
from storage.store import Store

PAGE = 200
"""Members a look: some milliseconds each, beside everything else that reads."""


async def clear_cards(store: Store, snapshots: Snapshots, *, page: int = PAGE) -> int:
    """Look at everybody's pictures once, page by page, and return how many were forgotten."""
    gone, last = 0, PersonId(0)
    while True:
        versions = snapshots.current.pictures.versions
        old = await store.read(find_old_cards, versions=versions, after=last, limit=page)
        if old.found:
            await store.write(drop_old_cards, old.found)
            gone += len(old.found)
        if old.last is None:
            return gone
        last = old.last


def make_clearing_job(snapshots: Snapshots) -> Job:
    """The job, by the shop as it is at that moment."""

    async def run(store: Store) -> None:
        await clear_cards(store, snapshots)

    return Job(name="clearing", every_seconds=float(DAY_SECONDS), run=run)
