from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.broadcasts.fare import PAID_PER_SECOND
from bot.wire.pacing import SLACK_SECONDS, Chat, Pacing, Priority, Ticket


def start_broadcasts(pacing: Pacing, count: int, now: float) -> list[Ticket]:
    """Let messages of a broadcast queue, and return those that start."""
    for chat in range(1, count + 1):
        pacing.queue(pacing.make_ticket(Priority.BROADCAST, chat, now), now)
    return pacing.release(now)


def test_as_many_are_startable_as_start() -> None:
    """What the gate says of this moment is what it then does: in its cold second, after it, in flight, and in a ban."""
    pacing = Pacing(send_rate=100, chat_rate=1, now=0.0)
    assert pacing.count_startable(0.5) == 0
    assert pacing.compute_startable_at(0.5) is not None
    opening = pacing.compute_startable_at(0.5) or 0.0
    assert pacing.count_startable(opening - 0.001) == 0
    assert pacing.count_startable(opening) > 0
    for moment in (2.0, 2.01, 2.1, 2.5):
        expected = pacing.count_startable(moment)
        assert len(start_broadcasts(Pacing(send_rate=100, chat_rate=1, now=0.0), 50, 2.0)) == 5
        assert len(start_broadcasts(pacing, 50, moment)) == expected
    pacing.ban(9.0)
    assert pacing.count_startable(5.0) == 0


def test_with_all_in_flight_only_an_end_makes_room() -> None:
    """Time alone brings nothing then."""
    pacing = Pacing(send_rate=20, chat_rate=1, now=0.0, cold_seconds=0)
    started: list[Ticket] = []
    moment = 10.0
    while len(started) < pacing.get_window().in_flight_limit:
        started += start_broadcasts(pacing, 1, moment)
        moment += 0.1
    assert pacing.count_startable(moment) == 0
    assert pacing.compute_startable_at(moment) is None
    pacing.finish(started[0], moment)
    assert pacing.count_startable(moment + 0.1) == 1


@dataclass(frozen=True)
class Wish:
    """A request that arrives at some moment and takes some time."""

    at: float
    chat: Chat
    priority: Priority = Priority.INTERACTIVE
    edits: bool = False
    takes: float = 0.05
    weight: int = 1
    """Messages that it puts into the chat."""
    way: float = 0.5
    """Which part of that time is over when it arrives at the server."""


@dataclass(frozen=True)
class Start:
    """When a wish came true."""

    at: float
    wish: Wish

    @property
    def arrives_at(self) -> float:
        """When the server sees it."""
        return self.at + self.wish.way * self.wish.takes


@dataclass
class World:
    """Drives a Pacing through virtual time."""

    pacing: Pacing
    starts: list[Start] = field(default_factory=list)
    most_in_flight: int = 0

    def play(self, wishes: Iterable[Wish], bans: Sequence[tuple[float, float]] = ()) -> list[Start]:
        """All starts, in order; fails if something never starts."""
        agenda: list[tuple[float, int, Wish | Ticket | float]] = []
        for number, wish in enumerate(wishes):
            heappush(agenda, (wish.at, number, wish))
        for number, (at, until) in enumerate(bans):
            heappush(agenda, (at, -1 - number, until))
        wish_of: dict[Ticket, Wish] = {}
        wake: float | None = None
        while agenda or wake is not None:
            now = min(moment for moment in (agenda[0][0] if agenda else None, wake) if moment is not None)
            while agenda and agenda[0][0] <= now:
                self._happen(heappop(agenda)[2], now, wish_of)
            for ticket in self.pacing.release(now):
                wish = wish_of[ticket]
                self.starts.append(Start(now, wish))
                heappush(agenda, (now + wish.takes, 10**9 + ticket.number, ticket))
            self.most_in_flight = max(self.most_in_flight, self.pacing.get_window().in_flight)
            wake = self.pacing.compute_next(now)
        assert len(self.starts) == len(wish_of)
        return self.starts

    def _happen(self, what: Wish | Ticket | float, now: float, wish_of: dict[Ticket, Wish]) -> None:
        if isinstance(what, Ticket):
            self.pacing.finish(what, now)
        elif isinstance(what, Wish):
            ticket = self.pacing.make_ticket(what.priority, what.chat, now, edits=what.edits, weight=what.weight)
            wish_of[ticket] = what
            self.pacing.queue(ticket, now)
        else:
            self.pacing.ban(what)


def make_world(*, send_rate: float = 30, chat_rate: float = 1, cold_seconds: float = 0) -> World:
    """A world at moment 0."""
    return World(Pacing(send_rate=send_rate, chat_rate=chat_rate, now=0, cold_seconds=cold_seconds))


def count_densest(moments: Sequence[float], seconds: float) -> int:
    """The most moments in any window of this length, its end left out."""
    return max((bisect_left(moments, moment + seconds) - index for index, moment in enumerate(moments)), default=0)


def list_messages(starts: Iterable[Start], most: int, find: Callable[[Start], float]) -> list[float]:
    """The moments of all messages, in order: of an album as many as it has parts, as far as that many fit at all."""
    return sorted(find(start) for start in starts for _ in range(min(start.wish.weight, most)))


moments = st.floats(0, 20, allow_nan=False).map(lambda moment: round(moment, 3))
wishes = st.builds(
    Wish,
    at=moments,
    chat=st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, -100, "@shop"]),
    priority=st.sampled_from(list(Priority)),
    edits=st.booleans(),
    takes=st.floats(0.001, 2),
    weight=st.sampled_from([1, 1, 1, 3, 10]),
    way=st.floats(0, 1),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(wishes, max_size=150),
    st.lists(st.tuples(moments, st.floats(0, 30)), max_size=3),
    st.sampled_from([0.5, 3, 30]),
)
def test_no_rule_is_ever_broken(wishes: list[Wish], bans: list[tuple[float, float]], send_rate: float) -> None:
    """However requests come: the rate, each chat's pace, the bans and the flight limit hold, and all start."""
    world = make_world(send_rate=send_rate)
    starts = world.play(wishes, [(at, at + length) for at, length in bans])
    window = max(1, int(send_rate)) / send_rate
    most = max(1, int(send_rate))
    free = [start for start in starts if start.wish.priority is not Priority.PAID_BROADCAST]
    assert count_densest(list_messages(free, most, lambda start: start.at), window) <= most
    assert count_densest(list_messages(free, most, lambda start: start.arrives_at), window) <= most
    assert count_densest(list_messages(starts, most, lambda start: start.arrives_at), 1) <= PAID_PER_SECOND
    assert world.most_in_flight <= world.pacing.get_window().in_flight_limit
    assert not [start for start in starts for at, length in bans if at < start.at < at + length - 1e-9]
    lanes: dict[tuple[Chat, bool], list[float]] = defaultdict(list)
    for start in starts:
        lanes[start.wish.chat, start.wish.edits].append(start.at)
    for (chat, _), when in lanes.items():
        private = isinstance(chat, int) and chat > 0
        assert count_densest(when, 60) <= (3 + 60 if private else 20)
        assert count_densest(when, 0.999) <= 3


@settings(max_examples=40, deadline=None)
@given(st.lists(wishes, max_size=80))
def test_one_chat_is_served_in_order(wishes: list[Wish]) -> None:
    """Requests of one chat, sort and priority start in the order in which they came."""
    served: dict[tuple[Chat, bool, Priority], list[float]] = defaultdict(list)
    for start in make_world().play(sorted(wishes, key=lambda wish: wish.at)):
        wish = start.wish
        served[wish.chat, wish.edits, wish.priority].append(wish.at)
    assert all(arrivals == sorted(arrivals) for arrivals in served.values())


def test_a_private_chat_takes_a_burst_then_its_pace() -> None:
    """Three at once, then one a second."""
    starts = make_world().play([Wish(0, 7)] * 6)
    assert [round(start.at, 3) for start in starts] == [0, 0, 0, 1, 2, 3]


def test_a_closed_chat_waits_and_no_other() -> None:
    """Its messages and edits start at the ban's end, in order; others do not notice."""
    world = make_world()
    world.pacing.ban_chat(7, 5, 0)
    wishes = [Wish(0, 7), Wish(1, 7, edits=True), Wish(1, 8), Wish(2, 7)]
    assert [(start.at, start.wish.chat) for start in world.play(wishes)] == [(1, 8), (5, 7), (5, 7), (5, 7)]


def test_a_ban_closes_a_chat_whose_message_waits_already() -> None:
    """What was ready to start is looked at again, and found when the ban is over."""
    pacing = Pacing(send_rate=30, chat_rate=1, now=0, cold_seconds=1)
    ticket = pacing.make_ticket(Priority.INTERACTIVE, 7, 0)
    pacing.queue(ticket, 0)
    pacing.ban_chat(7, 4, 0.5)
    pacing.ban_chat(7, 2, 0.6)
    assert pacing.release(3) == []
    assert pacing.compute_next(3) == 4
    assert pacing.release(4) == [ticket]


def test_edits_do_not_hold_up_messages() -> None:
    """A message that is edited all the time leaves the chat free for others."""
    starts = make_world().play([*[Wish(0, 7, edits=True)] * 10, Wish(0.1, 7)])
    assert [start.at for start in starts if not start.wish.edits] == [0.1]


def test_a_group_takes_twenty_a_minute() -> None:
    """Its burst is part of the twenty."""
    starts = make_world().play([Wish(0, -100)] * 45)
    assert count_densest([start.at for start in starts], 60) in {19, 20}


def test_answers_overtake_broadcasts() -> None:
    """While a broadcast takes all there is, an answer waits for the next slot only."""
    broadcast = [Wish(0, chat, Priority.BROADCAST) for chat in range(1, 301)]
    starts = make_world().play([*broadcast, Wish(5.0, 1000), Wish(5.0, 1001, Priority.NOTICE)])
    waits = {start.wish.priority: start.at - start.wish.at for start in starts if start.wish.at == 5.0}
    assert waits[Priority.INTERACTIVE] < 0.05
    assert waits[Priority.INTERACTIVE] < waits[Priority.NOTICE] < 0.1
    assert starts[-1].at < 300 / 30 * (1 + Wish.takes + SLACK_SECONDS) + 0.5


def test_what_is_paid_for_takes_a_way_of_its_own() -> None:
    """A thousand a second with all else, and neither holds up the other."""
    paid = [Wish(0, chat, Priority.PAID_BROADCAST) for chat in range(1, 3001)]
    free = [Wish(0, 10_000 + chat, Priority.BROADCAST) for chat in range(1, 61)]
    starts = make_world().play([*paid, *free, Wish(1.5, 99_999)])
    ends = {
        priority: max(start.at for start in starts if start.wish.priority is priority)
        for priority in Priority
        if any(start.wish.priority is priority for start in starts)
    }
    assert ends[Priority.PAID_BROADCAST] < 3000 / (PAID_PER_SECOND - 30) * (1 + Wish.takes + SLACK_SECONDS) + 0.1
    assert ends[Priority.BROADCAST] < 2.3
    assert ends[Priority.INTERACTIVE] < 1.55
    assert count_densest([start.at for start in starts], 1) <= PAID_PER_SECOND


def test_an_album_counts_as_many_messages_as_it_has_parts() -> None:
    """Three albums of ten are a second's thirty, and in a group half a minute's twenty."""
    starts = make_world().play([Wish(0, chat, weight=10) for chat in range(1, 7)])
    assert [start.at < 1 for start in starts] == [True] * 3 + [False] * 3
    grouped = make_world().play([Wish(0, -100, weight=10)] * 4)
    assert count_densest([start.at for start in grouped], 60) <= 2


def test_nothing_small_overtakes_an_album() -> None:
    """Whoever waits for more room gets it, however many come behind."""
    answers = [Wish(0, chat) for chat in range(1, 26)]
    later = [Wish(0.02, chat) for chat in range(101, 121)]
    starts = make_world().play([*answers, Wish(0.01, 50, weight=10), *later])
    assert next(start.wish.weight for start in starts[25:]) == 10


def test_few_broadcasts_are_in_flight() -> None:
    """At most a fifth of the rate waits for an answer at once; the next starts when one has come."""
    world = make_world()
    answers = [Wish(moment, 1000) for moment in range(1, 40)]
    starts = world.play([*answers, *(Wish(0, chat, Priority.BROADCAST, takes=10) for chat in range(1, 21))])
    assert world.most_in_flight == 6
    broadcasts = [start.at for start in starts if start.wish.priority is Priority.BROADCAST]
    assert [sum(at < moment for at in broadcasts) for moment in (9, 19, 29, 39)] == [6, 12, 18, 20]


def test_a_start_counts_the_second_before_it_as_full() -> None:
    """Nobody knows what the process before has sent: nothing starts in the first second."""
    starts = make_world(cold_seconds=1).play([Wish(0.2, 7)])
    assert [start.at for start in starts] == [1.0]


def test_a_dropped_request_leaves_no_hole() -> None:
    """Somebody who goes away while waiting costs the others nothing."""
    pacing = make_world().pacing
    first = [pacing.make_ticket(Priority.INTERACTIVE, 7, 0) for _ in range(5)]
    for ticket in first:
        pacing.queue(ticket, 0)
    assert pacing.release(0) == first[:3]
    pacing.drop(first[3], 0)
    assert pacing.compute_next(0) == 1
    assert pacing.release(1) == [first[4]]


def test_the_delay_of_a_chat_is_known() -> None:
    """Whoever asks hears when the chat takes one more, those waiting counted in."""
    pacing = make_world().pacing
    assert pacing.compute_delay(7, 0) == 0
    for _ in range(4):
        pacing.queue(pacing.make_ticket(Priority.INTERACTIVE, 7, 0), 0)
    pacing.release(0)
    assert pacing.compute_delay(7, 0) == 2
    pacing.ban(5)
    assert (pacing.compute_delay(7, 0), pacing.compute_delay(8, 1)) == (5, 4)


def test_idle_chats_are_forgotten() -> None:
    """A million chats that came and went take no memory."""
    pacing = make_world(send_rate=1000).pacing
    for chat in range(1, 20_000):
        now = chat / 100
        ticket = pacing.make_ticket(Priority.INTERACTIVE, chat, now)
        pacing.queue(ticket, now)
        assert pacing.release(now) == [ticket]
        pacing.finish(ticket, now)
    assert pacing.count_lanes() < 2500


def test_a_chat_is_waited_for_once_however_often_its_first_changes() -> None:
    """Who is dropped and who overtakes is the head of a line in turn; the clock is set for the line alone."""
    pacing = Pacing(send_rate=100, chat_rate=1, now=0.0, cold_seconds=0)
    waiting = [pacing.make_ticket(priority, 7, 10.0) for priority in sorted(Priority, reverse=True) for _ in range(5)]
    for ticket in waiting:
        pacing.queue(ticket, 10.0)
    while pacing.release(10.0):
        pass
    for ticket in waiting:
        pacing.drop(ticket, 10.0)
    assert len(pacing._openings) <= 1
