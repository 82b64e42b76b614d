"""Waiting for something to become true, or to go wrong, told without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn


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


class TaskEnded(Exception):
    """A part of the bot has ended that was to run as long as the bot."""


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
