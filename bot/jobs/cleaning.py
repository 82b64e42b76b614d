"""Forgetting what nobody needs any more."""

from __future__ import annotations

import asyncio
import logging

from bot.services.cleaning import CHORES
from storage.errors import StoreError
from storage.store import Store

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 3600.0
PAGE = 500
PAGES = 200
"""At most so many pages of each table an hour, so that cleaning never holds up a writer for long."""


async def clean(store: Store, *, page: int = PAGE) -> int:
    """Do every chore once, page by page; returns how many rows went."""
    gone = 0
    for chore in CHORES.values():
        for _ in range(PAGES):
            went = await store.write(chore, page)
            gone += went
            if not went:
                break
    return gone


async def clean_for_ever(store: Store, *, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Clean now and then; a store that cannot be written to is somebody else's alarm."""
    while True:
        await asyncio.sleep(pause_seconds)
        try:
            gone = await clean(store)
        except StoreError as error:
            logger.warning("Cleaning has to wait: %s", error)
        else:
            logger.debug("Cleaning removed %d rows", gone)
