"""Starts of many shops: one after the other, so that neither Telegram nor the machine sees them all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

EVERY_SECONDS = 0.2
"""Between two starts: each asks Telegram a handful of things, and two hundred of them are at work within a minute."""

AT_ONCE = 8
"""Starts under way: opening a database waits for a disk, saying hello for Telegram."""

SLOW_SECONDS = 5.0
"""Whoever takes longer makes room for the next, and goes on."""


INTRODUCE_EVERY_SECONDS = 0.4
"""Between two introductions: nobody waits for the menu of a bot that answers."""


class Turns:
    """One after the other, so many seconds apart."""

    def __init__(self, every_seconds: float) -> None:
        self._every_seconds = every_seconds
        self._next = asyncio.Lock()

    async def take(self) -> None:
        """Return when it is one's turn."""
        async with self._next:
            await asyncio.sleep(self._every_seconds)


class Starts:
    """Gives each start its turn."""

    def __init__(
        self, *, every_seconds: float = EVERY_SECONDS, at_once: int = AT_ONCE, slow_seconds: float = SLOW_SECONDS
    ) -> None:
        self._turns = Turns(every_seconds)
        self._slow_seconds = slow_seconds
        self._slots = asyncio.Semaphore(at_once)

    async def begin(self, work: Callable[[], Coroutine[Any, Any, None]], opened: asyncio.Event) -> asyncio.Task[None]:
        """Have work begun in its turn; returns once it is `opened`, or has ended, or takes too long to wait for."""
        async with self._slots:
            await self._turns.take()
            task = asyncio.create_task(work())
            waiting = asyncio.create_task(opened.wait())
            try:
                done = asyncio.FIRST_COMPLETED
                await asyncio.wait({task, waiting}, timeout=self._slow_seconds, return_when=done)
            finally:
                waiting.cancel()
        return task
