"""Asking quiet members, few at a time and at their own time of day."""

from __future__ import annotations

import asyncio
import logging

from bot.services.reminding.nudges import nudge
from storage.errors import StoreError
from storage.store import Store

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
"""Whoever becomes quiet is due whole days after the last share: looking this often, it is the same time of day."""

LIMIT = 60
"""Members asked in one go: one a second, far below any sending rate, so that nudges hold up nothing else."""


async def nudge_for_ever(store: Store, *, pause_seconds: float = PAUSE_SECONDS, limit: int = LIMIT) -> None:
    """Ask some members now and then; a store that cannot be written to is somebody else's alarm."""
    while True:
        await asyncio.sleep(pause_seconds)
        try:
            asked = await store.write(nudge, limit=limit)
        except StoreError as error:
            logger.warning("Nudging has to wait: %s", error)
        else:
            logger.debug("Nudged %d members", asked)
