"""Forgetting what nobody needs any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.core.visiting import compute_hour
from storage.errors import StoreError
from storage.store import Store
from storage.tables import guesses, inbox, outbox, visits
from storage.tx import Tx

logger = logging.getLogger(__name__)

KEPT_SECONDS = 5 * 24 * 3600
"""Updates: at least a day, for repeats; less than seven, after which Telegram may use an id anew. Texts of
members lie in them, so no longer than needed. Settled notices and old guesses go with them."""

PAUSE_SECONDS = 3600.0
PAGE = 500
PAGES = 200
"""At most so many pages of each table an hour, so that cleaning never holds up a writer for long."""


def clean_inbox(tx: Tx, *, limit: int) -> int:
    """Forget a page of old handled updates."""
    return inbox.delete_closed(tx, before=_limit_of(tx), limit=limit)


def clean_outbox(tx: Tx, *, limit: int) -> int:
    """Forget a page of notices settled long ago."""
    return outbox.delete_settled(tx, before=_limit_of(tx), limit=limit)


def clean_guesses(tx: Tx, *, limit: int) -> int:
    """Forget a page of old counts of guesses."""
    return guesses.delete_before(tx, _limit_of(tx), limit)


def clean_visits(tx: Tx, *, limit: int) -> int:
    """Forget a page of visits of hours that are over: the clicks are counted, and who came is nobody's business."""
    return visits.delete_before(tx, compute_hour(tx.now), limit)


CHORES: tuple[Callable[..., int], ...] = (clean_inbox, clean_outbox, clean_guesses, clean_visits)


async def clean(store: Store, *, page: int = PAGE) -> int:
    """Do every chore once, page by page; returns how many rows went."""
    gone = 0
    for chore in CHORES:
        for _ in range(PAGES):
            went = await store.write(chore, limit=page)
            gone += went
            if went < page:
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


def _limit_of(tx: Tx) -> int:
    return tx.now - KEPT_SECONDS * 1_000_000
