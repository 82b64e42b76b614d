"""Names for visitors that last a day."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.core.durations import DAY
from bot.core.visiting import SALT_BYTES, compute_visitor


class DailySalt:
    """Random, kept in memory alone and thrown away with the day: after that nobody can tell who had come.

    Args:
        clock: UTC microseconds.
    """

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._day = -1
        self._salt = b""

    def name(self, address: str) -> str:
        """What this visitor is called today."""
        today = self._clock() // DAY
        if today != self._day:
            self._day, self._salt = today, secrets.token_bytes(SALT_BYTES)
        return compute_visitor(self._salt, address)
