"""Waiting rows, a line per sender: few of each in memory, one at a time, all senders in turn; and who sends too much."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from telegram import Update

from storage.records import InboxRow, Seq

Key = int | str
"""A sender; of updates of nobody each is a line of its own."""

OVERTAKEN = 1000
"""So far ids of updates may be out of order where they were brought side by side; further apart, Telegram has begun to count anew."""

HELD_PER_SENDER = 20
"""Rows of one sender in memory; the others stay in the table."""


@dataclass(slots=True)
class Waiting:
    """A row in memory."""

    row: InboxRow
    update: Update | None = None
    """Where somebody has parsed it already."""
    rests: int = 0
    """How often it has waited for the store or for Telegram, which no attempt of its own counts."""


@dataclass(slots=True)
class _Line:
    upto: Seq
    """The last row that came into memory."""
    held: deque[Waiting] = field(default_factory=deque)
    behind: bool = False
    """Whether rows after `upto` lie in the table alone."""
    hungry: bool = False
    """Whether they are to be read now, so that none may come in before them."""


class FairQueue:
    """Lines of waiting rows.

    A key whose row was taken gives no other until `finish`, or `put_back` with `resume`. A line that has been emptied and
    has more in the table is `hungry`: it goes on after `refill`. Lines that are slow have a turn of their own.

    Args:
        is_slow: Whether a key's line is to give way to others.
        held_per_sender: Rows of one line in memory.
    """

    def __init__(self, is_slow: Callable[[Key], bool], held_per_sender: int = HELD_PER_SENDER) -> None:
        self._is_slow = is_slow
        self._most = held_per_sender
        self._lines: dict[Key, _Line] = {}
        self._ready: deque[Key] = deque()
        self._slow: deque[Key] = deque()
        self.hungry: deque[Key] = deque()
        """Lines that wait for `refill`."""
        self.held = 0
        """How many rows wait in memory; those taken are not among them."""

    def __bool__(self) -> bool:
        """Whether anybody waits, in memory or in the table."""
        return bool(self._lines)

    def put(self, key: Key, row: InboxRow, update: Update | None = None) -> None:
        """Add to the end of the key's line; a long line leaves it in the table."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(row.seq)
            self._ready.append(key)
        if line.behind or line.hungry or len(line.held) >= self._most:
            line.behind = True
            return
        self._hold(line, Waiting(row, update))

    def take(self, *, slow: bool = False) -> tuple[Key, Waiting] | None:
        """The first row of the line whose turn it is, among the slow ones or the others; None if there is none."""
        ready = self._slow if slow else self._ready
        if not ready:
            return None
        key = ready.popleft()
        self.held -= 1
        return key, self._lines[key].held.popleft()

    def finish(self, key: Key) -> None:
        """The row taken is done with: the next of its line may go, after the lines already waiting."""
        line = self._lines[key]
        if line.held:
            self.resume(key)
        elif line.behind:
            line.hungry = True
            self.hungry.append(key)
        else:
            del self._lines[key]

    def put_back(self, key: Key, waiting: Waiting) -> None:
        """Return the row taken to the head of its line, which rests until `resume`."""
        self._lines[key].held.appendleft(waiting)
        self.held += 1

    def resume(self, key: Key) -> None:
        """The resting line goes on."""
        (self._slow if self._is_slow(key) else self._ready).append(key)

    def next_hungry(self) -> tuple[Key, Seq, int] | None:
        """A line to be refilled: its key, and the place in the table after which to read so many rows."""
        if not self.hungry:
            return None
        key = self.hungry[0]
        self._lines[key].behind = False  # a row that comes from now on says so again
        return key, self._lines[key].upto, self._most

    def refill(self, rows: Sequence[InboxRow]) -> None:
        """The line that `next_hungry` named goes on with these rows, as many as were asked for or all there are."""
        key = self.hungry.popleft()
        line = self._lines[key]
        for row in rows:
            self._hold(line, Waiting(row))
        line.hungry, line.behind = False, line.behind or len(rows) >= self._most
        self.finish(key)

    def _hold(self, line: _Line, waiting: Waiting) -> None:
        """To the end of the line, before those alone that a balancer let overtake it and nobody has begun."""
        passed, own = list[Waiting](), waiting.row.update_id
        while line.held and not line.held[-1].rests and own < line.held[-1].row.update_id < own + OVERTAKEN:
            passed.append(line.held.pop())
        line.held.append(waiting)
        line.held.extend(reversed(passed))
        line.upto = waiting.row.seq
        self.held += 1


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
            if len(self._senders) >= self._forget_from:
                self._forget()
            sender = self._senders[sender_id] = _Sender()
        sender.waiting += 1
        if sender.waiting > self._most:
            sender.floods_until = self._clock() + LONGEST_SECONDS

    def end(self, sender_id: int | None) -> None:
        """An update of this sender is done with."""
        sender = self._senders.get(sender_id) if sender_id is not None else None
        if sender is not None:
            sender.waiting = max(0, sender.waiting - 1)
            if not sender.waiting and sender.floods_until < self._clock():
                self._senders.pop(sender_id or 0, None)

    def is_flooding(self, sender_id: int | str | None) -> bool:
        """Whether this sender (or the line of an update of nobody) has so much waiting that answers would pile up."""
        sender = self._senders.get(sender_id) if isinstance(sender_id, int) else None
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

    def _forget(self) -> None:
        """Forget floods that are over; of others' there is an entry only while something waits."""
        now = self._clock()
        self._senders = {key: each for key, each in self._senders.items() if each.waiting or each.floods_until > now}
        self._forget_from = _FORGET_FROM + 2 * len(self._senders)
