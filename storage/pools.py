"""The connections of a process to its databases, shared by all stores that it opens there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Pools:
    """Hands one pool of connections per server and database to every store that is opened with it; made once, handed down.

    A pool lives as long as a store or a watch over leases uses it. SQLite has no use for it.
    """

    def __init__(self) -> None:
        self._lent: dict[str, _Lent] = {}

    @asynccontextmanager
    async def lend(self, address: str, make: Callable[[], AbstractAsyncContextManager[T]]) -> AsyncIterator[T]:
        """Lend what stands for an address: made for the first who asks, closed after the last."""
        lent = self._lent.setdefault(address, _Lent())
        lent.users += 1
        try:
            async with lent.turn:
                if lent.manager is None:
                    manager = make()
                    lent.thing = await manager.__aenter__()
                    lent.manager = manager
            yield cast("T", lent.thing)
        finally:
            lent.users -= 1
            if not lent.users:
                del self._lent[address]
                if lent.manager is not None:
                    await lent.manager.__aexit__(None, None, None)


class _Lent:
    """What is lent for one address."""

    def __init__(self) -> None:
        self.users = 0
        self.turn = asyncio.Lock()
        self.manager: AbstractAsyncContextManager[Any] | None = None
        self.thing: object = None
