"""What is answered now or never: inline queries, of which only a person's last matters, and calls of a guest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial

from bot.telemetry import Metrics
from bot.updates.raw_updates import RawUpdate
from storage.frozen import frozen

logger = logging.getLogger(__name__)

MOST_WAITING = 256
HURRY_SECONDS = 0.25
"""Before the next answer to somebody who asks faster than answers come; nobody reads them as they fly by."""

_Key = int | str


@frozen(kw_only=False)
class _Query:
    update: RawUpdate
    arrived: float


class InlineQueries:
    """Handles queries side by side, of one person one at a time; drops what was overtaken, too many or too old.

    Args:
        handle: Answers one query.
        metrics: What counts.
        parallel: How many at once.
        longest_wait_seconds: Older than this, nobody waits for the answer any more.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        handle: Callable[[RawUpdate], Awaitable[None]],
        *,
        metrics: Metrics,
        parallel: int,
        longest_wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handle = handle
        self._metrics = metrics
        self._parallel = parallel
        self._longest_wait = longest_wait_seconds
        self._clock = clock
        self._waiting: dict[_Key, _Query] = {}
        self._behind: dict[_Key, _Query] = {}
        """The next query of somebody whose last one is not done with."""
        self._running: dict[_Key, asyncio.Task[None]] = {}
        self._resting: dict[_Key, asyncio.Task[None]] = {}

    def take(self, update: RawUpdate) -> None:
        """Have a query answered; one of the same person that still waits is forgotten."""
        alone = update.is_guest or update.sender_id is None
        key: _Key = f"update {update.update_id}" if alone or update.sender_id is None else update.sender_id
        waiting = self._behind if key in self._running or key in self._resting else self._waiting
        if waiting.pop(key, None):
            self._metrics.count("inline_dropped")
        elif len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
            self._metrics.count("inline_dropped")
        waiting[key] = _Query(update, self._clock())
        self._pump()

    async def stop(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        self._behind.clear()
        tasks = [*self._running.values(), *self._resting.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nothing waits or runs."""
        while tasks := [*self._running.values(), *self._resting.values()]:
            await asyncio.wait(tasks)

    def _pump(self) -> None:
        while self._waiting and len(self._running) < self._parallel:
            key = next(iter(self._waiting))
            query = self._waiting.pop(key)
            if self._clock() - query.arrived > self._longest_wait:
                self._metrics.count("inline_dropped")
                continue
            task = self._running[key] = asyncio.create_task(self._run(query))
            task.add_done_callback(partial(self._end, key))

    async def _run(self, query: _Query) -> None:
        try:
            await self._handle(query.update)
        except Exception:
            logger.exception("Inline query %d was not answered", query.update.update_id)
            self._metrics.count("inline_dropped")
        else:
            self._metrics.count("inline_done")
            self._metrics.note_time("inline", self._clock() - query.arrived)

    def _end(self, key: _Key, _task: asyncio.Task[None]) -> None:
        """The person's next query goes after a rest, which takes nobody's place."""
        del self._running[key]
        if key in self._behind:
            self._resting[key] = asyncio.create_task(self._rest(key))
        self._pump()

    async def _rest(self, key: _Key) -> None:
        await asyncio.sleep(HURRY_SECONDS)
        del self._resting[key]
        self._waiting[key] = self._behind.pop(key)
        self._pump()
