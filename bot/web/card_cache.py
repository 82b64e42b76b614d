"""Pictures by version: drawn once however many ask, the latest kept in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

MOST_BYTES = 24 * 1024 * 1024
"""About 300 cards; one that is not among them costs a few milliseconds of drawing."""

PENS = 2
"""Drawn at the same time, so that the web side never takes all the threads there are."""


class CardCache:
    """Nothing in it needs keeping: whatever is missing is drawn again."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, asyncio.Task[bytes]] = {}
        self._pens = asyncio.Semaphore(PENS)

    async def fetch(self, version: str, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        """The picture of this version; whoever asks while it is drawn waits for the same drawing."""
        kept = self._kept.get(version)
        if kept is not None:
            self._kept.move_to_end(version)
            return kept
        drawing = self._drawing.get(version)
        if drawing is None:
            drawing = self._drawing[version] = asyncio.create_task(self._draw(version, draw))
        return await asyncio.shield(drawing)

    def clear(self) -> None:
        """Forget every picture."""
        self._kept.clear()
        self._bytes = 0

    @property
    def drawings_under_way(self) -> int:
        """How many pictures are waited for."""
        return len(self._drawing)

    @property
    def bytes_held(self) -> int:
        """How much is in memory."""
        return self._bytes

    async def _draw(self, version: str, draw: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            async with self._pens:
                picture = await draw()
            self._keep(version, picture)
            return picture
        finally:
            del self._drawing[version]

    def _keep(self, version: str, picture: bytes) -> None:
        self._kept[version] = picture
        self._bytes += len(picture)
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)
