"""What is answered now or never: inline queries, of which only a person's last matters, and calls of a guest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from bot.telemetry import metrics
from bot.updates.raw_updates import RawUpdate

logger = logging.getLogger(__name__)

MOST_WAITING = 256


@dataclass(frozen=True, slots=True)
class _Query:
    update: RawUpdate
    arrived: float


class InlineQueries:
    """Handles queries side by side, at most `parallel`; drops what was overtaken, too many or too old.

    Args:
        handle: Answers one query.
        parallel: How many at once.
        longest_wait_seconds: Older than this, nobody waits for the answer any more.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        handle: Callable[[RawUpdate], Awaitable[None]],
        *,
        parallel: int,
        longest_wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handle = handle
        self._parallel = parallel
        self._longest_wait = longest_wait_seconds
        self._clock = clock
        self._waiting: dict[Hashable, _Query] = {}
        self._running: set[asyncio.Task[None]] = set()

    def take(self, update: RawUpdate) -> None:
        """Have a query answered; one of the same person that still waits is forgotten."""
        alone = update.is_guest or update.sender_id is None
        key = f"update {update.update_id}" if alone else update.sender_id
        if self._waiting.pop(key, None):
            metrics.count("inline_dropped")
        elif len(self._waiting) >= MOST_WAITING:
            self._waiting.pop(next(iter(self._waiting)))
            metrics.count("inline_dropped")
        self._waiting[key] = _Query(update, self._clock())
        self._pump()

    async def stop(self) -> None:
        """Drop everything."""
        self._waiting.clear()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nothing waits or runs."""
        while self._running:
            await asyncio.wait(self._running)

    def _pump(self) -> None:
        while self._waiting and len(self._running) < self._parallel:
            query = self._waiting.pop(next(iter(self._waiting)))
            if self._clock() - query.arrived > self._longest_wait:
                metrics.count("inline_dropped")
                continue
            task = asyncio.create_task(self._run(query.update))
            self._running.add(task)
            task.add_done_callback(self._end)

    async def _run(self, update: RawUpdate) -> None:
        try:
            await self._handle(update)
        except Exception:
            logger.exception("Inline query %d was not answered", update.update_id)
            metrics.count("inline_dropped")
        else:
            metrics.count("inline_done")

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._pump()
