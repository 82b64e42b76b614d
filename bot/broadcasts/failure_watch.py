"""Notices that a broadcast goes wrong for too many, before it has gone wrong for all."""

from __future__ import annotations

from collections import deque

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
