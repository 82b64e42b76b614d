"""Names for visitors that last a day."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b

from bot.core.durations import DAY
from bot.core.visiting import SALT_BYTES, compute_visitor
from storage.store import Store
from storage.tables import shops


class DailySalt:
    """Random, and thrown away with the day: after that nobody can tell who had come.

    All processes of a shop have the same: one half lies in the database until the day is over, the other half is the pepper,
    which no database holds.

    Args:
        store: Where the one half lies.
        pepper: The other one.
        clock: UTC microseconds.
    """

    def __init__(self, store: Store, pepper: bytes, clock: Callable[[], int]) -> None:
        self._store = store
        self._pepper = pepper
        self._clock = clock
        self._day = -1
        self._salt = b""

    async def name(self, address: str) -> str:
        """What this visitor is called today.

        Raises:
            StoreError: the database is away, and this is the day's first.
        """
        today = self._clock() // DAY
        if today > self._day:
            half, self._day = await self._store.write(shops.fetch_salt, today, secrets.token_bytes(SALT_BYTES).hex())
            self._salt = blake2b(bytes.fromhex(half), key=self._pepper[:64], digest_size=SALT_BYTES).digest()
        return compute_visitor(self._salt, address)
