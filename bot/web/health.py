"""Whether the bot can do its work, as whoever watches it asks."""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.checks import probe_writing
from storage.store import Store

PROBE_SECONDS = 5.0
"""Between two rows that are really written, however often somebody asks."""


class Health:
    """One word: `ok`, `lost` (nothing may be written any more) or `cannot write` (a full disk, a server that is away)."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._probed_at = float("-inf")
        self._said = "ok"

    @property
    def last(self) -> str:
        """The word of when it was asked last."""
        return "lost" if self._store.is_lost else self._said

    async def ask(self) -> str:
        """The word of now, or of a moment ago."""
        if self._store.is_lost:
            return "lost"
        if self._clock() - self._probed_at >= PROBE_SECONDS:
            self._probed_at = self._clock()
            self._said = await self._probe()
        return self._said

    async def _probe(self) -> str:
        try:
            await self._store.write(probe_writing)
        except Exception:  # noqa: BLE001 -- whatever it is, nothing was written
            return "lost" if self._store.is_lost else "cannot write"
        return "ok"
