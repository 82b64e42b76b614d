"""When a request may start: pure arithmetic on a given clock, so that it can be tested in no time.

Three rules hold together. In every sliding second at most `send_rate` requests arrive. One chat takes a short
burst and then its own pace, edits apart from sends. Notices and broadcasts leave room for answers: they are
spread evenly, and only few of them are in flight.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from heapq import heappop, heappush
from math import ceil

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


@dataclass(slots=True, eq=False)
class Lane:
    """One chat's pace: `burst` requests at once, then one every `interval` seconds."""

    interval: float
    burst: int
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
        """Pay for the head, which starts now."""
        heappop(self.waiting)
        self.used_until = max(self.used_until, now) + self.interval


@dataclass(slots=True, eq=False)
class Ticket:
    """One request that waits for its start, or runs."""

    priority: Priority
    number: int
    """Order of arrival."""
    lane: Lane
    dropped: bool = False


class Pacing:
    """The books of one gate; every moment is given, in seconds of one monotonic clock.

    Args:
        send_rate: Requests a second in all; below one a second it stretches the window instead.
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
        capacity = max(1, int(send_rate))
        self._window = capacity / send_rate + SLACK_SECONDS
        self._capacity = capacity
        self._open = 0
        self._ends: deque[float] = deque([now + cold_seconds - self._window] * capacity)
        self._spread = Lane(self._window / capacity, max(2, int(send_rate * _SPREAD_SECONDS)))
        self._private_interval = 1 / chat_rate
        self._group_interval = 60 / max(1, group_per_minute - GROUP_BURST)
        self._lanes: dict[tuple[Chat, bool], Lane] = {}
        self._forget_from = _FORGET_FROM
        self._ready: dict[Priority, list[tuple[int, Ticket]]] = {priority: [] for priority in Priority}
        self._openings: list[tuple[float, int, Lane]] = []
        self._banned_until = float("-inf")
        self._arrivals = 0
        self.in_flight_limit = min(max(4, int(send_rate / 5)), MOST_IN_FLIGHT)
        self.in_flight = 0
        """Notices and broadcasts on their way."""

    def make_ticket(self, priority: Priority, chat: Chat | None, now: float, *, edits: bool = False) -> Ticket:
        """A new request, in order of arrival; `chat` None has no pace but the common one."""
        self._arrivals += 1
        lane = Lane(0.0, 1) if chat is None else self._get_lane(chat, now, edits=edits)
        return Ticket(priority, self._arrivals, lane)

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
        if self.compute_ban(now) > 0:
            return started
        while self._openings and self._openings[0][0] <= now:
            lane = heappop(self._openings)[2]
            lane.alarmed = False
            self._announce(lane, now)
        self._forget_ends(now)
        while self._open + len(self._ends) < self._capacity and (ticket := self._pick(now)):
            self._start(ticket, now)
            started.append(ticket)
        return started

    def finish(self, ticket: Ticket, now: float) -> None:
        """A started request has ended, however.

        It keeps its place in the window until a second after its end. When it arrived is not known, only that it was
        between its start and its end: so however slow the way or the machine, whatever arrives within one second of
        the last of them had not ended a second before that one's start, and was counted then.
        """
        self._open -= 1
        self._ends.append(now)
        if ticket.priority is not Priority.INTERACTIVE:
            self.in_flight -= 1

    def ban(self, until: float) -> None:
        """Start nothing before `until`; a shorter ban never ends a longer one."""
        self._banned_until = max(self._banned_until, until)

    def ban_chat(self, chat: Chat, until: float, now: float) -> None:
        """Start nothing to one chat before `until`, neither messages nor edits."""
        for edits in (False, True):
            lane = self._get_lane(chat, now, edits=edits)
            lane.banned_until = max(lane.banned_until, until)
            self._announce(lane, now)

    def compute_ban(self, now: float) -> float:
        """Seconds for which the ban still runs, 0 without one."""
        return max(0.0, self._banned_until - now)

    def compute_next(self, now: float) -> float | None:
        """The moment at which `release` may have something new, None while only an end can bring it."""
        moments = [self._openings[0][0]] if self._openings else []
        window_opens = self._compute_window_opening(now)
        if window_opens is None:
            pass
        elif self._ready[Priority.INTERACTIVE]:
            moments.append(window_opens)
        elif self.in_flight < self.in_flight_limit and any(self._ready.values()):
            moments.append(max(window_opens, self._spread.compute_opening()))
        return max(now, min(moments), self._banned_until) if moments else None

    def count_startable(self, now: float) -> int:
        """How many requests that nobody waits for could start at this moment, those that wait already not deducted."""
        if self.compute_ban(now) > 0 or self._compute_window_opening(now) != now:
            return 0
        window = self._capacity - self._open - len(self._ends)
        behind = max(0.0, self._spread.used_until - now)
        spread = self._spread.burst - ceil(behind / self._spread.interval)
        return max(0, min(window, spread, self.in_flight_limit - self.in_flight))

    def compute_startable_at(self, now: float) -> float | None:
        """The moment at which `count_startable` may be more than 0; None while only an end can bring it."""
        window_opens = self._compute_window_opening(now)
        if window_opens is None or self.in_flight >= self.in_flight_limit:
            return None
        return max(window_opens, self._spread.compute_opening(), self._banned_until, now)

    def compute_delay(self, chat: Chat, now: float, *, edits: bool = False) -> float:
        """Seconds until the chat would take one more message, 0 if at once; those waiting go first."""
        lane = self._lanes.get((chat, edits))
        delay = 0.0 if lane is None else lane.compute_opening() + len(lane.waiting) * lane.interval - now
        return max(delay, self.compute_ban(now))

    def compute_interval(self, chat: Chat) -> float:
        """Seconds between two messages to this chat, once its burst is used up."""
        return self._private_interval if _is_private(chat) else self._group_interval

    def count_lanes(self) -> int:
        """How many chats are remembered."""
        return len(self._lanes)

    def _forget_ends(self, now: float) -> None:
        while self._ends and self._ends[0] + self._window <= now:
            self._ends.popleft()

    def _compute_window_opening(self, now: float) -> float | None:
        """The moment at which one more may start, None while only an end can bring it."""
        self._forget_ends(now)
        if self._open + len(self._ends) < self._capacity:
            return now
        return self._ends[0] + self._window if self._ends else None

    def _get_lane(self, chat: Chat, now: float, *, edits: bool) -> Lane:
        lane = self._lanes.get((chat, edits))
        if lane is None:
            if len(self._lanes) >= self._forget_from:
                self._forget_idle(now)
            burst = PRIVATE_BURST if _is_private(chat) else GROUP_BURST
            lane = self._lanes[chat, edits] = Lane(self.compute_interval(chat), burst)
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

    def _pick(self, now: float) -> Ticket | None:
        for priority, ready in self._ready.items():
            if priority is not Priority.INTERACTIVE and not self._has_room(now):
                return None
            while ready:
                ticket = heappop(ready)[1]
                if ticket.lane.find_head() is ticket and ticket.lane.compute_opening() <= now:
                    return ticket
        return None

    def _has_room(self, now: float) -> bool:
        """Whether something may start that nobody waits for."""
        return self.in_flight < self.in_flight_limit and self._spread.compute_opening() <= now

    def _start(self, ticket: Ticket, now: float) -> None:
        ticket.lane.take(now)
        self._open += 1
        self._spread.used_until = max(self._spread.used_until, now) + self._spread.interval
        if ticket.priority is not Priority.INTERACTIVE:
            self.in_flight += 1
        self._announce(ticket.lane, now)


def _is_private(chat: Chat) -> bool:
    return isinstance(chat, int) and chat > 0


EVERYTHING = "telegram"
"""The scope that holds back every message."""

_SENDING = ("send", "forward", "copy")
_EDITING = ("edit", "stop", "deleteMessage")
_NO_MESSAGE = "sendChatAction"
_PROFILE = ("setMy", "deleteMy", "setChatMenuButton")
_INVITES = "ChatInviteLink"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a method of the Bot API does, as far as Telegram counts it."""

    edits: bool
    """It changes a message that is there."""
    is_paced: bool
    """It puts something into a chat, which Telegram counts."""
    is_answer: bool
    """It shows somebody something, and changes nothing else."""
    family: str
    """The scope of a method that puts nothing into a chat: those like it, and nothing else."""


@cache
def find_kind(endpoint: str) -> Kind:
    """The kind of a method, by its name."""
    edits = endpoint.startswith(_EDITING) and _INVITES not in endpoint
    is_paced = endpoint != _NO_MESSAGE and (endpoint.startswith(_SENDING) or edits)
    family = "family:invites" if _INVITES in endpoint else f"family:{endpoint}"
    if endpoint.startswith(_PROFILE):
        family = "family:profile"
    return Kind(edits, is_paced, is_paced or endpoint.startswith("answer"), family)


def name_chat_scope(chat: Chat) -> str:
    """The scope of one chat: its messages and edits, which Telegram counts together."""
    return f"chat:{chat}"


def parse_chat(chat_id: object) -> Chat | None:
    """The chat as a number, or as the name of a public one; None where a request has no chat."""
    if isinstance(chat_id, int):
        return chat_id
    try:
        return int(str(chat_id))
    except ValueError:
        return str(chat_id) if chat_id else None


def parse_chat_scope(scope: str) -> Chat | None:
    """The chat that a stored scope names; None for any other scope."""
    kind, _, chat = scope.partition(":")
    return parse_chat(chat) if kind == "chat" else None
