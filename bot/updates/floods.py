"""Who sends more than anybody can read answers to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MOST_WAITING = 30
"""Updates of one sender that may wait: a private chat takes about one answer a second, and so many minutes nobody waits."""

LONGEST_SECONDS = 60.0
"""So long a flood counts after its end; while it counts, its sender hears from the bot once in that time."""

_FORGET_FROM = 5_000


@dataclass(slots=True)
class _Sender:
    waiting: int = 0
    floods_until: float = float("-inf")
    told_at: float = float("-inf")
    wish: str = ""


class Floods:
    """Counts what waits by sender, and knows whose answers are left out.

    Args:
        most_waiting: More than so many at once are a flood.
        clock: Seconds, monotonic.
    """

    def __init__(self, most_waiting: int = MOST_WAITING, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most_waiting
        self._clock = clock
        self._senders: dict[int, _Sender] = {}
        self._forget_from = _FORGET_FROM

    def begin(self, sender_id: int | None) -> None:
        """An update of this sender waits from now on."""
        if sender_id is None:
            return
        sender = self._senders.get(sender_id)
        if sender is None:
            self._forget()
            sender = self._senders[sender_id] = _Sender()
        sender.waiting += 1
        if sender.waiting > self._most:
            sender.floods_until = self._clock() + LONGEST_SECONDS

    def end(self, sender_id: int | None) -> None:
        """An update of this sender is done with."""
        sender = self._find(sender_id)
        if sender is not None:
            sender.waiting = max(0, sender.waiting - 1)
            if not sender.waiting and sender.floods_until < self._clock():
                self._senders.pop(sender_id or 0, None)

    def is_flooding(self, sender_id: int | str | None) -> bool:
        """Whether this sender (or the line of an update of nobody) has so much waiting that answers would pile up."""
        sender = self._find(sender_id) if isinstance(sender_id, int) else None
        return sender is not None and sender.floods_until > self._clock()

    def may_tell(self, sender_id: int) -> bool:
        """Whether it is time to tell a flooding sender so; from then on it is not, for a minute."""
        sender, now = self._senders[sender_id], self._clock()
        if now - sender.told_at < LONGEST_SECONDS:
            return False
        sender.told_at = now
        return True

    def repeats(self, sender_id: int, wish: str) -> bool:
        """Whether a flooding sender wishes the same as the last time, which changes nothing."""
        sender = self._senders[sender_id]
        same, sender.wish = bool(wish) and wish == sender.wish, wish
        return same

    def _find(self, sender_id: int | None) -> _Sender | None:
        return self._senders.get(sender_id) if sender_id is not None else None

    def _forget(self) -> None:
        """Forget floods that are over; of others' there is an entry only while something waits."""
        if len(self._senders) < self._forget_from:
            return
        now = self._clock()
        self._senders = {key: each for key, each in self._senders.items() if each.waiting or each.floods_until > now}
        self._forget_from = _FORGET_FROM + 2 * len(self._senders)
