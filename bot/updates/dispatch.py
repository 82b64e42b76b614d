"""From the inbox to the handlers: each sender's updates one by one, different senders side by side."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any

from telegram import Update

from bot.telemetry import metrics
from bot.updates.application import PassalongApplication, refuse_non_blocking
from bot.updates.context import Attempt
from bot.updates.failures import close_all, count_failure, is_harmless, note_error
from bot.updates.inline_queries import InlineQueries
from bot.updates.keyed_queue import KeyedQueue
from bot.updates.raw_updates import RawUpdate
from bot.wire.batches import Batches
from bot.wire.signal import Signal
from storage.records import InboxRow, Seq
from storage.tables import inbox

logger = logging.getLogger(__name__)

PAGE = 200
"""Rows read from the inbox at once."""

RETRY_SECONDS = (0.5, 2.0)
"""Before the second and the third attempt at an update; its sender's later updates wait behind it."""

ATTEMPTS = 3
STORE_RETRY_SECONDS = 1.0


class UnreadableUpdate(Exception):
    """python-telegram-bot makes nothing of an update."""


class Dispatch:
    """Runs every open row of the inbox through the application's handlers, once to the end.

    Rows in memory are bounded: what does not fit stays in the table and is read from there in its turn.

    Args:
        application: Built by `build_application`; its error handler becomes ours.
        parallel: How many senders' updates are handled at once.
        capacity: How many updates wait in memory at most; intake stops at it.
        retry_seconds: Waits before the second, third, … attempt; the last one repeats.
        attempts: After so many exceptions an update is given up; deaths of the process do not count.
        inline_parallel: How many inline queries are answered at once.
        inline_seconds: Inline queries that waited longer are dropped.
    """

    def __init__(
        self,
        application: PassalongApplication[Any],
        *,
        parallel: int = 64,
        capacity: int = 2000,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        attempts: int = ATTEMPTS,
        inline_parallel: int = 16,
        inline_seconds: float = 10.0,
    ) -> None:
        self._application = application
        self._store = application.bot_data.store
        self._running_attempts = application.bot_data.attempts
        self._parallel = parallel
        self._capacity = capacity
        self._retry_seconds = tuple(retry_seconds)
        self._attempts = attempts
        self._lines: KeyedQueue[int | str, InboxRow] = KeyedQueue()
        self._running: set[asyncio.Task[None]] = set()
        self._resting = 0
        self._closes: Batches[Seq] = Batches("handled updates", lambda seqs: self._store.write(close_all, seqs))
        self._inline = InlineQueries(self._handle_inline, parallel=inline_parallel, longest_wait_seconds=inline_seconds)
        self._read_upto = Seq(0)
        self._behind = True
        self._newer = False
        self._feeder: asyncio.Task[None] | None = None
        self._signal = Signal()
        self._stopping = False

    def start(self) -> None:
        """Look at the handlers, and begin with the rows left open by an earlier process.

        Raises:
            NonBlockingHandler: a handler would not be waited for.
        """
        refuse_non_blocking(self._application)
        self._application.add_error_handler(note_error)
        self._feed()

    def take(self, rows: Sequence[InboxRow]) -> None:
        """Have rows handled that were just committed to the inbox, in the order of their `seq`."""
        if self._behind or len(self._lines) >= self._capacity:
            self._behind = self._newer = True
            self._feed()
            return
        for row in rows:
            if row.seq > self._read_upto:  # else catching up has found it in the table already
                self._put(row)
        self._pump()

    def take_inline(self, update: RawUpdate) -> None:
        """Have an inline query answered, or dropped if there is no hope."""
        if not self._stopping:
            self._inline.take(update)

    async def room(self) -> None:
        """Return when there is room for more updates."""
        await self._signal.wait_for(lambda: len(self._lines) < self._capacity)

    async def settled(self) -> None:
        """Return when every row known to be open is handled and closed."""
        await self._signal.wait_for(lambda: not (self._behind or self._running or self._resting or len(self._lines)))
        await self._inline.settled()
        await self._closes.drain(60.0)

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Begin nothing more, give what runs some time; the rest stays open in the inbox."""
        deadline = asyncio.get_running_loop().time() + limit_seconds
        self._stopping = True
        if self._feeder is not None:
            self._feeder.cancel()
        await self._inline.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=limit_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._closes.drain(max(0.5, deadline - asyncio.get_running_loop().time()))

    def _put(self, row: InboxRow) -> None:
        self._lines.put(row.sender_id if row.sender_id is not None else f"seq {row.seq}", row)
        self._read_upto = max(self._read_upto, row.seq)

    def _feed(self) -> None:
        if self._feeder is None or self._feeder.done():
            self._feeder = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Read what lies in the table until memory holds all of it."""
        while self._behind:
            await self._signal.wait_for(lambda: len(self._lines) <= self._capacity // 2)
            self._newer = False
            try:
                rows = await self._store.read(inbox.list_open, after=self._read_upto, limit=PAGE)
            except Exception:
                logger.exception("The inbox cannot be read; trying again")
                await asyncio.sleep(STORE_RETRY_SECONDS)
                continue
            for row in rows:
                self._put(row)
            self._behind = len(rows) == PAGE or self._newer
            self._pump()
            self._signal.tell()

    def _pump(self) -> None:
        while len(self._running) < self._parallel and not self._stopping and (taken := self._lines.take()):
            self._running.add(asyncio.create_task(self._serve(*taken)))

    async def _serve(self, key: int | str, row: InboxRow) -> None:
        """One attempt at one row, then on with the line, or a rest before the next attempt."""
        try:
            rest_seconds = await self._attempt(row)
        except Exception:
            logger.exception("Update %d could not even be tried", row.update_id)
            rest_seconds = self._retry_seconds[-1]
        if rest_seconds is None:
            self._lines.finish(key)
        else:
            self._resting += 1
            self._lines.put_back(key, row)
            asyncio.get_running_loop().call_later(rest_seconds, self._resume, key)
        self._running.discard(_this_task())
        self._pump()
        self._signal.tell()

    def _resume(self, key: int | str) -> None:
        self._resting -= 1
        self._lines.resume(key)
        self._pump()

    async def _attempt(self, row: InboxRow) -> float | None:
        """Seconds until the next attempt, None when the row is done with."""
        attempt = Attempt(row=row)
        try:
            update = self._parse(row.raw)
        except UnreadableUpdate as error:
            logger.error("Update %d is unreadable and given up: %s", row.update_id, error)  # noqa: TRY400 -- says it all
            return await self._note_failure(row, error, attempts=1)
        await self._handle(update, attempt)
        if attempt.error is not None and not attempt.closed and not is_harmless(attempt.error):
            return await self._note_failure(row, attempt.error, attempts=self._attempts)
        metrics.count("updates_done")
        if not attempt.closed:
            self._closes.add(row.seq)
        return None

    def _parse(self, raw: bytes) -> Update:
        try:
            update = Update.de_json(json.loads(raw), self._application.bot)
        except Exception as error:
            raise UnreadableUpdate(f"{type(error).__name__}: {error}") from error
        return update

    async def _handle(self, update: Update, attempt: Attempt) -> None:
        self._running_attempts[update.update_id] = attempt
        try:
            await self._application.process_update(update)
        except asyncio.CancelledError as error:
            if self._stopping:
                raise
            attempt.error = attempt.error or RuntimeError(f"The handler was cancelled: {error!r}")
        finally:
            del self._running_attempts[update.update_id]

    async def _handle_inline(self, raw: RawUpdate) -> None:
        attempt = Attempt()
        await self._handle(self._parse(raw.raw), attempt)
        if attempt.error is not None:
            raise attempt.error

    async def _note_failure(self, row: InboxRow, error: Exception, *, attempts: int) -> float | None:
        metrics.count("updates_failed")
        said = f"{type(error).__name__}: {error}"
        failures = await self._insist(row, said, attempts)
        if failures == 0:
            return None
        if failures >= attempts:
            metrics.count("updates_dead")
            logger.error("Update %d is given up after %d attempts: %s", row.update_id, failures, said)
            return None
        return self._retry_seconds[min(failures, len(self._retry_seconds)) - 1]

    async def _insist(self, row: InboxRow, said: str, attempts: int) -> int:
        """Count the failure, however long the store takes: while it is away, trying again would be in vain."""
        while True:
            try:
                return await self._store.write(count_failure, row, said, attempts=attempts)
            except Exception:
                logger.exception("A failed update cannot be noted; trying again")
                await asyncio.sleep(STORE_RETRY_SECONDS)


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task
