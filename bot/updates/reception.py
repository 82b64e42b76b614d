"""Updates that are brought one by one, many at a time: into the inbox, before anybody is told that we have them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from telegram import Update

from bot.telemetry import Metrics
from bot.updates.raw_updates import RawUpdate, find_update_id, parse_update
from storage.frozen import frozen
from storage.records import InboxRow
from storage.store import Store
from storage.tables import inbox
from storage.tx import Tx

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 100
"""As many updates as one commit takes."""


class Taker(Protocol):
    """What becomes of updates that are here."""

    def is_wanted(self, update: RawUpdate) -> bool:
        """Whether an update has to be kept; what nobody wants is taken and forgotten."""

    def take(self, rows: Sequence[InboxRow], parsed: Mapping[int, Update | None] | None = None) -> None:
        """Rows have just been committed."""

    def take_inline(self, update: RawUpdate) -> None:
        """Somebody waits for the answer to this one now, or never."""

    def look(self) -> None:
        """There may be rows that nobody was told of."""


Keep = Callable[[Tx, Sequence[tuple[int, int | None, bytes]]], list[InboxRow]]
"""Writes updates into the inbox, and returns those that were not in it."""


@frozen(kw_only=False)
class _Brought:
    update: RawUpdate
    kept: asyncio.Future[None]


class Reception:
    """Takes updates in; those that come while a commit is under way share the next one, in the order of their ids.

    Args:
        secret: What Telegram shows at the door.
        store: Where the inbox lies.
        taker: Who is told.
        metrics: What counts.
        keep: The unit of work that keeps updates.
    """

    def __init__(
        self, *, secret: str, store: Store, taker: Taker, metrics: Metrics, keep: Keep = inbox.add_batch
    ) -> None:
        self.secret = secret
        self._store = store
        self._taker = taker
        self._metrics = metrics
        self._keep_all = keep
        self._waiting: list[_Brought] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, entry: object) -> None:
        """Return once an update needs to be brought no more: it is committed, or nothing that is kept.

        Raises:
            StoreError: it could not be kept; it has to come again.
        """
        update = parse_update(entry)
        if update is None:
            self._metrics.count("updates_malformed")
            logger.error("Update %s is unreadable and given up: it is not like Telegram's", find_update_id(entry))
        elif update.is_fleeting:
            self._taker.take_inline(update)
        elif not self._taker.is_wanted(update):
            self._metrics.count("updates_unwanted")
        else:
            await self._keep(update)

    async def _keep(self, update: RawUpdate) -> None:
        brought = _Brought(update, asyncio.get_running_loop().create_future())
        self._waiting.append(brought)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await brought.kept

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._write(sorted(batch, key=lambda brought: brought.update.update_id))
        finally:
            self._writing = None

    async def _write(self, batch: Sequence[_Brought]) -> None:
        updates = [brought.update for brought in batch]
        rows = [(each.update_id, each.sender_id, each.raw) for each in updates]
        try:
            new = await self._store.write(self._keep_all, rows)
        except Exception as error:  # noqa: BLE001 -- whoever brought it hears of it
            self._taker.look()  # what broke off at its end may be there all the same
            self._settle(batch, error)
            return
        self._metrics.count("updates_taken", len(new))
        self._metrics.count("updates_repeated", len(rows) - len(new))
        self._taker.take(new, {each.update_id: each.parsed for each in updates})
        if len(new) < len(rows):
            self._taker.look()  # one that is there already may be one whose commit broke off
        self._settle(batch, None)

    def _settle(self, batch: Sequence[_Brought], error: Exception | None) -> None:
        for brought in batch:
            if brought.kept.done():
                continue
            if error is None:
                brought.kept.set_result(None)
            else:
                brought.kept.set_exception(error)
