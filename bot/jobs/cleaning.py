"""Forgetting what nobody needs any more."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.late import late
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

if TYPE_CHECKING:
    from bot.services import cleaning
else:
    cleaning = late("bot.services.cleaning")

logger = logging.getLogger(__name__)

PAGE = 500
PAGES = 200
"""At most so many pages of each table an hour, so that cleaning never holds up a writer for long."""


async def clean(store: Store, *, page: int = PAGE) -> int:
    """Do every chore once, page by page; returns how many rows went."""
    gone = 0
    for chore in cleaning.CHORES.values():
        for _ in range(PAGES):
            went = await store.write(chore, page)
            gone += went
            if not went:
                break
    return gone


async def _run(store: Store) -> None:
    gone = await clean(store)
    logger.debug("Cleaning removed %d rows", gone)


CLEANING = Job(name="cleaning", every_seconds=3600.0, run=_run)
"""Due at the first start and by the clock, however short each run of the process is."""

CAPABILITY = Capability(name="cleaning", jobs=[CLEANING])
