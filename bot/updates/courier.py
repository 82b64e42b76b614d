"""What becomes of updates in a process that handles none: whoever runs the shop hears of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from telegram import Update

from bot.telemetry import Metrics
from bot.updates.raw_updates import RawUpdate
from storage.errors import StoreError
from storage.records import InboxRow, UpdateBrought
from storage.store import Store
from storage.tx import Tx

logger = logging.getLogger(__name__)

MOST_BYTES = 7_000
"""PostgreSQL passes on less than 8,000 in all; a query has 256 letters, and who asks a name."""

MOST_UNDER_WAY = 32
"""Beyond that somebody types faster than the database passes on; nobody reads what flies by."""


class Courier:
    """See `bot.updates.reception.Taker`.

    Args:
        store: A guest's: what its units tell is heard by whoever runs the shop.
        is_wanted: Whether any handler there wants an update.
        metrics: What counts.
    """

    def __init__(self, store: Store, is_wanted: Callable[[RawUpdate], bool], metrics: Metrics) -> None:
        self._store = store
        self._is_wanted = is_wanted
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def is_wanted(self, update: RawUpdate) -> bool:
        """Whether it is worth being kept."""
        return not update.is_happening and self._is_wanted(update)

    def take(self, rows: Sequence[InboxRow], parsed: Mapping[int, Update | None] | None = None) -> None:
        """The commit itself has told."""

    def look(self) -> None:
        """Whoever runs the shop looks when the line to the database is back."""

    def take_inline(self, update: RawUpdate) -> None:
        """Pass on what is answered now or never; it is lost where that cannot be."""
        raw = update.raw
        if len(raw) > MOST_BYTES or len(self._under_way) >= MOST_UNDER_WAY:
            self._metrics.count("inline_dropped")
            return
        task = asyncio.create_task(self._pass_on(raw.decode()))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until everything is passed on."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _pass_on(self, raw: str) -> None:
        try:
            await self._store.write(tell_brought, raw)
        except StoreError as error:
            logger.warning("An inline query could not be passed on: %s", error)
            self._metrics.count("inline_dropped")


def tell_brought(tx: Tx, raw: str) -> None:
    """Have whoever runs the shop hear of an update that is kept nowhere."""
    tx.tell(UpdateBrought(raw=raw))
