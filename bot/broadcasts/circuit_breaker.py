"""Keeps a broadcast from spending its audience on a connection that does not work."""

from __future__ import annotations

from collections.abc import Callable

from bot.wire.errors import FailureKind

UNKNOWN_IN_ROW = 3
"""One lost answer is an accident; so many without a good one between them are a broken connection."""

TROUBLES = frozenset({FailureKind.NOT_SENT, FailureKind.CONFLICT, FailureKind.UNKNOWN})
"""What says nothing about the recipient."""

FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 30.0


class CircuitBreaker:
    """After trouble: a rest, then one recipient to try, a longer rest, and so on until an answer comes.

    Whoever is written to while answers get lost may never get the message, since nobody is written to twice.

    Args:
        clock: Seconds, monotonic.
        first_rest_seconds: Each rest in a row is twice as long as the one before.
    """

    def __init__(self, clock: Callable[[], float], *, first_rest_seconds: float = FIRST_REST_SECONDS) -> None:
        self._clock = clock
        self._first_rest = first_rest_seconds
        self._unknown = 0
        self._rests = 0
        self._rest_until = clock()

    def note_answer(self) -> None:
        """Telegram has answered, whatever it said."""
        self._unknown = self._rests = 0

    def note_trouble(self, kind: FailureKind) -> None:
        """A request was not sent, or its answer lost; those of one burst count once."""
        self._unknown += kind is FailureKind.UNKNOWN
        if (kind is not FailureKind.UNKNOWN or self._unknown >= UNKNOWN_IN_ROW) and not self.compute_rest():
            rest = self._first_rest * 2.0**self._rests
            self._rest_until = self._clock() + min(rest, LONGEST_REST_SECONDS)
            self._rests = min(self._rests + 1, 10)

    def compute_rest(self) -> float:
        """Seconds until the next attempt."""
        return max(0.0, self._rest_until - self._clock())

    def compute_limit(self, limit: int) -> int:
        """How many may be in flight now, of at most `limit`."""
        if self.compute_rest():
            return 0
        return min(1, limit) if self._rests else limit
