"""Keeps a broadcast from spending its audience on a connection that does not work, on a message that goes wrong, or on Stars that nobody takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bot.wire.errors import Failure, FailureKind
from storage.records import BroadcastId, DeliveryState

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


LOOKED_AT = 200
"""So many of the last outcomes of a broadcast."""
FEWEST = 50
"""Below this nothing is said: five of ten may be chance."""
MOST_FAILED = 0.2
"""More than this part of them is too much."""

_FAILED = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN})
_COUNTED = _FAILED | {DeliveryState.SENT}
"""Whoever has blocked the bot says nothing about the message."""


FLOODS_BORNE = 3
"""So many 429s in a row to messages that are paid for: Telegram does not take them faster. One may be a single chat's."""


class FareWatch:
    """Whether Telegram takes Stars for broadcasts that are paid for, as seen by this process."""

    def __init__(self) -> None:
        self._floods: dict[BroadcastId, int] = {}

    def note(self, broadcast_id: BroadcastId, failure: Failure | None) -> bool:
        """Note how one more message went; True where it is to go on free of charge."""
        is_flood = failure is not None and failure.kind is FailureKind.FLOOD
        floods = self._floods[broadcast_id] = self._floods.get(broadcast_id, 0) + 1 if is_flood else 0
        return floods == FLOODS_BORNE or (failure is not None and failure.is_unpaid)


class FailureWatch:
    """The last outcomes of each broadcast, as seen by this process."""

    def __init__(self) -> None:
        self._last: dict[BroadcastId, deque[bool]] = {}

    def note(self, broadcast_id: BroadcastId, state: DeliveryState) -> bool:
        """Note one more outcome; True where too many of the last were failures, which are forgotten then."""
        if state not in _COUNTED:
            return False
        last = self._last.setdefault(broadcast_id, deque(maxlen=LOOKED_AT))
        last.append(state in _FAILED)
        if len(last) < FEWEST or not last[-1] or sum(last) <= MOST_FAILED * len(last):
            return False
        self.forget(broadcast_id)
        return True

    def forget(self, broadcast_id: BroadcastId) -> None:
        """Somebody has looked: it begins anew."""
        self._last.pop(broadcast_id, None)
