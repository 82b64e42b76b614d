"""Small writes that wait for each other: many of them become one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

MOST_AT_ONCE = 500
RETRY_SECONDS = 1.0


class Batches(Generic[T]):
    """Writes what is added, in order, as much at once as has gathered while the last write ran.

    A write that fails is tried again until it succeeds or `drain` runs out of time.

    Args:
        name: For the log.
        write: Writes some items, all or none.
        retry_seconds: How long to wait after a failed write.
    """

    def __init__(
        self, name: str, write: Callable[[list[T]], Awaitable[object]], *, retry_seconds: float = RETRY_SECONDS
    ) -> None:
        self._name = name
        self._write = write
        self._retry_seconds = retry_seconds
        self._items: list[T] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, item: T) -> None:
        """Have it written soon."""
        self._items.append(item)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def drain(self, limit_seconds: float) -> None:
        """Wait until everything is written, or give up after a while."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=limit_seconds)
        if self._task is not None:
            self._task.cancel()
            logger.warning("%d %s could not be written", len(self._items), self._name)

    def __len__(self) -> int:
        return len(self._items)

    async def _run(self) -> None:
        try:
            while self._items:
                await self._write_some(self._items[:MOST_AT_ONCE])
        finally:
            self._task = None

    async def _write_some(self, items: list[T]) -> None:
        try:
            await self._write(items)
        except Exception:
            logger.exception("Writing %d %s failed; trying again", len(items), self._name)
            await asyncio.sleep(self._retry_seconds)
        else:
            del self._items[: len(items)]
