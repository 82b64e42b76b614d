"""Waiting for something to become true, told without waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


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
