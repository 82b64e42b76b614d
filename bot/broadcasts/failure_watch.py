"""Notices that a broadcast goes wrong for too many, before it has gone wrong for all; and that nobody takes its Stars."""

from __future__ import annotations

from collections import deque

from bot.wire.errors import Failure, FailureKind
from storage.records import BroadcastId, DeliveryState

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
