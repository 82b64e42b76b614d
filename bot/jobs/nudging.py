"""Asking quiet members, few at a time and at their own time of day."""

from __future__ import annotations

import logging

from bot.services.reminding.nudges import is_anybody_quiet, nudge
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

logger = logging.getLogger(__name__)

LIMIT = 60
"""Members asked in one go: one a second, far below any sending rate, so that nudges hold up nothing else."""


async def nudge_some(store: Store, *, limit: int = LIMIT) -> None:
    """Ask some members who have been quiet for long."""
    if await store.read(is_anybody_quiet):
        asked = await store.write(nudge, limit=limit)
        logger.debug("Nudged %d members", asked)


NUDGING = Job(name="nudging", every_seconds=60.0, run=nudge_some)
"""Whoever becomes quiet is due whole days after the last share: looking this often, it is the same time of day."""

CAPABILITY = Capability(name="nudging", jobs=[NUDGING])
