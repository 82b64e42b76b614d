"""Waiting for something to become true, or to go wrong, told without waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, NoReturn, TypeVar


class Signal:
    """Like a condition variable of one event loop, but telling needs no lock and no await."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def tell(self) -> None:
        """Have everybody who waits look again."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_for(self, is_true: Callable[[], bool]) -> None:
        """Return once it is true; looks again after each `tell`."""
        while not is_true():
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter


async def wait_set(event: asyncio.Event, seconds: float) -> bool:
    """Return once it is set, or after this time; says whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


class TaskEnded(Exception):
    """A part of the bot has ended that was to run as long as the bot."""


def raise_end(task: asyncio.Task[Any]) -> NoReturn:
    """Raise what ended a part that was to run as long as the bot.

    Raises:
        TaskEnded: it ended in peace; what it failed by passes as it is.
    """
    task.result()
    raise TaskEnded(f"Stopped, because {task.get_name()} has ended by itself")


class Watch:
    """Starts a worker's tasks and tells whoever waits when one of them has failed."""

    def __init__(self) -> None:
        self._failed = asyncio.Event()
        self._error: BaseException | None = None

    def start(self, work: Coroutine[Any, Any, None], *, name: str = "", for_ever: bool = False) -> asyncio.Task[None]:
        """Begin a task; one that is to run `for_ever` has failed by ending as well, unless it is cancelled."""
        task = asyncio.create_task(work, name=name or None)
        task.add_done_callback(self._look_for_ever if for_ever else self._look)
        return task

    async def wait_failed(self) -> NoReturn:
        """Wait, as a rule for ever, and raise what a task failed by.

        Raises:
            TaskEnded: it has ended where it was to go on.
        """
        await self._failed.wait()
        assert self._error is not None
        raise self._error

    def _look(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._note(error)

    def _look_for_ever(self, task: asyncio.Task[None]) -> None:
        self._look(task)
        if not task.cancelled():
            self._note(TaskEnded(f"{task.get_name()} has ended by itself"))

    def _note(self, error: BaseException) -> None:
        self._error = self._error or error
        self._failed.set()


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
                items = self._items[:MOST_AT_ONCE]
                try:
                    await self._write(items)
                except Exception:
                    logger.exception("Writing %d %s failed; trying again", len(items), self._name)
                    await asyncio.sleep(self._retry_seconds)
                else:
                    del self._items[: len(items)]
        finally:
            self._task = None
