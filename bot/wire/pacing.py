"""When a request may start: pure arithmetic on a given clock, so that it can be tested in no time.

Three rules hold together. In every sliding second at most `send_rate` messages arrive, and beside them those that are
paid for. One chat takes a short burst and then its own pace, edits apart from sends. Notices and broadcasts leave room
for answers: they are spread evenly, and only few of them are in flight.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from math import ceil

from bot.core.broadcasts.fare import PAID_PER_SECOND

PRIVATE_BURST = 3
"""Messages that a private chat takes at once."""

GROUP_BURST = 3
GROUP_PER_MINUTE = 20
"""Telegram's limit for groups and channels; the burst is part of it."""

SLACK_SECONDS = 0.01
"""Two clocks measure a second: ours and Telegram's."""

MOST_IN_FLIGHT = 128
"""Notices and broadcasts, at any rate: more are not faster where Telegram answers within 0.1 s, they only take memory."""

_SPREAD_SECONDS = 0.05
"""Notices and broadcasts may catch up this much lateness of the timer."""

_FORGET_FROM = 1000
"""Lanes kept without looking for idle ones."""

Chat = int | str


class Priority(IntEnum):
    """Who goes first; given as `rate_limit_args`."""

    INTERACTIVE = 1
    """Somebody is looking at the chat and waits."""
    NOTICE = 2
    BROADCAST = 3
    ERRAND = 4
    """Nobody waits for it: descriptions, command menus, progress. It may take as long as Telegram likes."""
    PAID_BROADCAST = 5
    """Paid for in Stars: a pace of its own, beside all others."""


@dataclass(slots=True, eq=False)
class Lane:
    """One chat's pace: `burst` requests at once, then one every `interval` seconds."""

    interval: float
    burst: int
    bursts: bool = True
    """Something larger than the burst is borne now and then; where not, all of it counts."""
    used_until: float = float("-inf")
    """The moment at which everything taken so far is paid for."""
    banned_until: float = float("-inf")
    """Until when Telegram's own word closes this chat."""
    waiting: list[tuple[int, int, Ticket]] = field(default_factory=list)
    alarmed: bool = False

    def compute_opening(self) -> float:
        """The moment from which the next request may start."""
        return max(self.used_until - (self.burst - 1) * self.interval, self.banned_until)

    def find_head(self) -> Ticket | None:
        """The waiting request that is next in this lane."""
        while self.waiting and self.waiting[0][2].dropped:
            heappop(self.waiting)
        return self.waiting[0][2] if self.waiting else None

    def take(self, now: float) -> None:
        """Pay for the head, which starts now: all that it puts into a group, of a private chat no more than its burst."""
        count = heappop(self.waiting)[2].weight
        self.used_until = max(self.used_until, now) + self.interval * (min(count, self.burst) if self.bursts else count)


@dataclass(slots=True, eq=False)
class Ticket:
    """One request that waits for its start, or runs."""

    priority: Priority
    number: int
    """Order of arrival."""
    lane: Lane
    window: Window
    weight: int = 1
    """Messages that it puts into a chat."""
    dropped: bool = False


class Window:
    """How many messages may start in any second, and how many of those that nobody waits for may be in flight.

    Args:
        rate: Messages a second; below one a second it stretches the window instead.
        now: The start.
        cold_seconds: See `Pacing`.
    """

    def __init__(self, rate: float, now: float, cold_seconds: float) -> None:
        self.capacity = max(1, int(rate))
        self._seconds = self.capacity / rate + SLACK_SECONDS
        self.open = 0
        self.ends: deque[float] = deque([now + cold_seconds - self._seconds] * self.capacity)
        self.spread = Lane(self._seconds / self.capacity, max(2, int(rate * _SPREAD_SECONDS)))
        self.in_flight_limit = min(max(4, int(rate / 5)), MOST_IN_FLIGHT)
        self.in_flight = 0

    def compute_opening(self, now: float, weight: int = 1) -> float | None:
        """The moment at which so many more may start, None while only an end can bring it."""
        while self.ends and self.ends[0] + self._seconds <= now:
            self.ends.popleft()
        missing = self.open + len(self.ends) + weight - self.capacity
        if missing <= 0:
            return now
        return self.ends[missing - 1] + self._seconds if missing <= len(self.ends) else None

    def count_startable(self, now: float) -> int:
        """How many that nobody waits for could start at this moment."""
        if self.compute_opening(now) != now:
            return 0
        places = self.capacity - self.open - len(self.ends)
        spread = self.spread.burst - ceil(max(0.0, self.spread.used_until - now) / self.spread.interval)
        return max(0, min(places, spread, self.in_flight_limit - self.in_flight))


class Pacing:
    """The books of one gate; every moment is given, in seconds of one monotonic clock.

    Args:
        send_rate: Messages a second that are free of charge; below one a second it stretches the window instead.
        chat_rate: Requests a second to one private chat, after its burst.
        group_per_minute: Requests a minute to one group or channel, burst included.
        now: The start.
        cold_seconds: For how long after the start the window counts as full: nobody knows what the
            process before this one has sent.
    """

    def __init__(
        self,
        *,
        send_rate: float,
        chat_rate: float,
        now: float,
        group_per_minute: int = GROUP_PER_MINUTE,
        cold_seconds: float = 1.0,
    ) -> None:
        free = Window(send_rate, now, cold_seconds)
        paid = Window(max(send_rate, PAID_PER_SECOND - send_rate), now, cold_seconds)
        paced = [priority for priority in Priority if priority is not Priority.PAID_BROADCAST]
        self._windows = ((free, paced), (paid, [Priority.PAID_BROADCAST]))
        self._private_interval = 1 / chat_rate
        self._group_interval = 60 / max(1, group_per_minute - GROUP_BURST)
        self._lanes: dict[tuple[Chat, bool], Lane] = {}
        self._forget_from = _FORGET_FROM
        self._ready: dict[Priority, list[tuple[int, Ticket]]] = {priority: [] for priority in Priority}
        self._openings: list[tuple[float, int, Lane]] = []
        self.banned_until = float("-inf")
        """Until when nothing may start."""
        self._arrivals = 0

    def get_window(self, *, paid: bool = False) -> Window:
        """The window of all that is free of charge, or of what is paid for."""
        return self._windows[paid][0]

    def make_ticket(
        self, priority: Priority, chat: Chat | None, now: float, *, edits: bool = False, weight: int = 1
    ) -> Ticket:
        """A new request, in order of arrival; `chat` None has no pace but the common one."""
        self._arrivals += 1
        lane = Lane(0.0, 1) if chat is None else self._get_lane(chat, now, edits=edits)
        window = self._windows[priority is Priority.PAID_BROADCAST][0]
        return Ticket(priority, self._arrivals, lane, window, min(weight, window.capacity))

    def queue(self, ticket: Ticket, now: float) -> None:
        """Let the request wait; `release` names it once it may start."""
        heappush(ticket.lane.waiting, (ticket.priority, ticket.number, ticket))
        if ticket.lane.find_head() is ticket:
            self._announce(ticket.lane, now)

    def drop(self, ticket: Ticket, now: float) -> None:
        """Forget a request that waits."""
        ticket.dropped = True
        self._announce(ticket.lane, now)

    def release(self, now: float) -> list[Ticket]:
        """The requests that start now, counted as started; nothing while a ban runs."""
        started: list[Ticket] = []
        if self.banned_until > now:
            return started
        while self._openings and self._openings[0][0] <= now:
            lane = heappop(self._openings)[2]
            lane.alarmed = False
            self._announce(lane, now)
        for window, priorities in self._windows:
            while (ticket := self._pick(window, priorities, now)) is not None:
                ticket.lane.take(now)
                window.open += ticket.weight
                window.spread.used_until = max(window.spread.used_until, now) + window.spread.interval * ticket.weight
                if ticket.priority is not Priority.INTERACTIVE:
                    window.in_flight += 1
                self._announce(ticket.lane, now)
                started.append(ticket)
        return started

    def finish(self, ticket: Ticket, now: float) -> None:
        """A started request has ended, however.

        It keeps its place in the window until a second after its end. When it arrived is not known, only that it was
        between its start and its end: so however slow the way or the machine, whatever arrives within one second of
        the last of them had not ended a second before that one's start, and was counted then.
        """
        ticket.window.open -= ticket.weight
        ticket.window.ends.extend([now] * ticket.weight)
        if ticket.priority is not Priority.INTERACTIVE:
            ticket.window.in_flight -= 1

    def ban(self, until: float) -> None:
        """Start nothing before `until`; a shorter ban never ends a longer one."""
        self.banned_until = max(self.banned_until, until)

    def ban_chat(self, chat: Chat, until: float, now: float) -> None:
        """Start nothing to one chat before `until`, neither messages nor edits."""
        for edits in (False, True):
            lane = self._get_lane(chat, now, edits=edits)
            lane.banned_until = max(lane.banned_until, until)
            self._announce(lane, now)

    def compute_next(self, now: float) -> float | None:
        """The moment at which `release` may have something new, None while only an end can bring it."""
        moments = [self._openings[0][0]] if self._openings else []
        for window, priorities in self._windows:
            head = next((self._ready[each][0][1] for each in priorities if self._ready[each]), None)
            opening = None if head is None else window.compute_opening(now, head.weight)
            if head is None or opening is None:
                continue
            if head.priority is Priority.INTERACTIVE:
                moments.append(opening)
            elif window.in_flight < window.in_flight_limit:
                moments.append(max(opening, window.spread.compute_opening()))
        return max(now, min(moments), self.banned_until) if moments else None

    def count_startable(self, now: float, *, paid: bool = False) -> int:
        """How many requests that nobody waits for could start at this moment, those that wait already not deducted."""
        return 0 if self.banned_until > now else self._windows[paid][0].count_startable(now)

    def compute_startable_at(self, now: float, *, paid: bool = False) -> float | None:
        """The moment at which `count_startable` may be more than 0; None while only an end can bring it."""
        window = self._windows[paid][0]
        opening = window.compute_opening(now)
        if opening is None or window.in_flight >= window.in_flight_limit:
            return None
        return max(opening, window.spread.compute_opening(), self.banned_until, now)

    def compute_delay(self, chat: Chat, now: float, *, edits: bool = False) -> float:
        """Seconds until the chat would take one more message, 0 if at once; those waiting go first."""
        lane = self._lanes.get((chat, edits))
        delay = 0.0 if lane is None else lane.compute_opening() + len(lane.waiting) * lane.interval - now
        return max(delay, self.banned_until - now, 0.0)

    def compute_interval(self, chat: Chat) -> float:
        """Seconds between two messages to this chat, once its burst is used up."""
        return self._private_interval if _is_private(chat) else self._group_interval

    def count_lanes(self) -> int:
        """How many chats are remembered."""
        return len(self._lanes)

    def _get_lane(self, chat: Chat, now: float, *, edits: bool) -> Lane:
        lane = self._lanes.get((chat, edits))
        if lane is None:
            if len(self._lanes) >= self._forget_from:
                self._forget_idle(now)
            private = _is_private(chat)
            burst = PRIVATE_BURST if private else GROUP_BURST
            lane = self._lanes[chat, edits] = Lane(self.compute_interval(chat), burst, bursts=private)
        return lane

    def _forget_idle(self, now: float) -> None:
        self._lanes = {
            key: lane
            for key, lane in self._lanes.items()
            if lane.waiting or max(lane.used_until, lane.banned_until) > now
        }
        self._forget_from = _FORGET_FROM + 2 * len(self._lanes)

    def _announce(self, lane: Lane, now: float) -> None:
        """Put the lane's head where `release` finds it: among the ready, or among those that open later."""
        head = lane.find_head()
        if head is None:
            return
        opening = lane.compute_opening()
        if opening <= now:
            heappush(self._ready[head.priority], (head.number, head))
        elif not lane.alarmed:
            lane.alarmed = True
            heappush(self._openings, (opening, head.number, lane))

    def _pick(self, window: Window, priorities: Sequence[Priority], now: float) -> Ticket | None:
        """The next of a window, taken; None where it has no room for it: nothing smaller overtakes."""
        for priority in priorities:
            ready = self._ready[priority]
            has_room = window.in_flight < window.in_flight_limit and window.spread.compute_opening() <= now
            if priority is not Priority.INTERACTIVE and not has_room:
                return None
            while ready:
                ticket = ready[0][1]
                is_next = ticket.lane.find_head() is ticket and ticket.lane.compute_opening() <= now
                if is_next and window.compute_opening(now, ticket.weight) != now:
                    return None
                heappop(ready)
                if is_next:
                    return ticket
        return None


def _is_private(chat: Chat) -> bool:
    return isinstance(chat, int) and chat > 0
