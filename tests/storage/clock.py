"""A clock for tests."""

from __future__ import annotations

from dataclasses import dataclass

NOON = 1_760_000_000_000_000
"""A moment in UTC microseconds."""


@dataclass
class Clock:
    """A clock that moves only when told to; `now` is UTC microseconds."""

    now: int = NOON

    def __call__(self) -> int:
        """Return the moment."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += int(seconds * 1_000_000)
