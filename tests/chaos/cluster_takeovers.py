"""How long a shop stands still once its process has died, or sleeps: from that moment until another one asks for its updates."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.playground.world.journal import SECOND, Call
from tests.chaos.cluster_verdict import FindSenders, Glance

AT_WORK = frozenset({"getUpdates", "setWebhook", "getWebhookInfo"})
"""Whoever asks one of these has the shop open."""

ALONE_SECONDS = 1.0
"""Where nobody is on their feet for so long, nobody can take anything over."""

Span = tuple[int, int]
"""From when until when, UTC microseconds."""

DATABASE_AWAY = "the database was away"
TAKER_HIT = "whoever took it was hit as well"
NOBODY_THERE = "nobody else was on their feet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardships:
    """What befell the processes and their server in a storm; moments are UTC microseconds."""

    deaths: Sequence[tuple[int, int]]
    """When which process was killed."""
    pauses: Sequence[tuple[int, int, int]]
    """Which process stood still from when until when."""
    aways: Sequence[Span]
    """The server's."""
    lives: Sequence[Sequence[tuple[int, int]]]
    """Of each place for a process that may run shops: when a process began there, and which."""

    def is_on_feet(self, place: int, at: int) -> bool:
        """Whether a process runs there at a moment."""
        pid = next((pid for began, pid in reversed(self.lives[place]) if began <= at), 0)
        dead = any(died_at <= at and pid == who for died_at, who in self.deaths)
        return (
            bool(pid) and not dead and not any(pid == who and since <= at < until for who, since, until in self.pauses)
        )

    def count_alone(self, since: int, until: int) -> float:
        """Return for how many seconds nobody was on their feet."""
        turns = {at for at, _ in self.deaths} | {at for _, *span in self.pauses for at in span}
        turns |= {at for lives in self.lives for at, _ in lives}
        moments = sorted({since, until, *(at for at in turns if since < at < until)})
        lonely = (
            (first, last)
            for first, last in pairwise(moments)
            if not any(self.is_on_feet(place, first) for place in range(len(self.lives)))
        )
        return sum(last - first for first, last in lonely) / SECOND

    def excuse(self, since: int, until: int, takers: Collection[int]) -> str:
        """Say why a take-over in this time says nothing about the program; empty where it does."""
        if any(began < until and since < ended for began, ended in self.aways):
            return DATABASE_AWAY
        hits = [*self.deaths, *((at, pid) for pid, at, _ in self.pauses)]
        if any(since < at < until and pid in takers for at, pid in hits):
            return TAKER_HIT
        return NOBODY_THERE if self.count_alone(since, until) >= ALONE_SECONDS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """One shop's: how long it took, and why that says nothing, where it says nothing."""

    shop: str
    at: int
    """When its process died or fell asleep."""
    taken_seconds: float
    """Until another one had the lease."""
    seconds: float
    """Until it was at work."""
    excuse: str


@dataclass(slots=True)
class Tally:
    """All take-overs after one kind of blow."""

    all: list[Takeover] = field(default_factory=list)

    @property
    def counted(self) -> list[Takeover]:
        """Those that say something."""
        return [each for each in self.all if not each.excuse]

    @property
    def longest(self) -> float:
        """In seconds, of those."""
        return round(max((each.seconds for each in self.counted), default=0.0), 1)

    @property
    def left_out(self) -> dict[str, int]:
        """How many say nothing, by why."""
        return dict(Counter(each.excuse for each in self.all if each.excuse))

    def list_slow(self, most_seconds: float) -> list[str]:
        """Return in words which took longer than they may."""
        return [
            f"{each.shop} was without a process for {each.seconds:.1f} s from {each.at} on: its lease for "
            f"{each.taken_seconds:.1f} s, and {most_seconds:g} s are allowed"
            for each in self.counted
            if each.seconds > most_seconds
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of a shop."""

    name: str
    glances: Sequence[Glance]
    """Who had its lease, in order of time."""
    calls: Sequence[Call]
    """All requests of its bot, likewise."""
    find_senders: FindSenders
    """Who speaks by which port."""
    find_delay: Callable[[int], int]
    """By how much something may have come earlier than it was seen."""

    def find_work(self, at: int, pid: int) -> int | None:
        """When the first process but this one has asked for updates since a moment."""
        return next(
            (
                call.at
                for call in self.calls
                if call.at > at and call.method in AT_WORK and self.find_senders(call.port, call.at, call.at) - {pid}
            ),
            None,
        )


def find_takeovers(shop: Watched, ends: Iterable[tuple[int, int, int]], hardships: Hardships) -> list[Takeover]:
    """Return the take-overs of a shop.

    Args:
        shop: What was seen of it.
        ends: Which process stood still from when until when, the dead for ever: where it had the shop's lease, and somebody
            else took that meanwhile, it is a take-over.
        hardships: What else befell them.
    """
    moments = [glance.at for glance in shop.glances]
    found = []
    for pid, at, until in ends:
        place = bisect_right(moments, at)
        if not place or shop.glances[place - 1].pid != pid:
            continue
        taken_at = next((each.at for each in shop.glances[place:] if each.pid not in {0, pid}), None)
        worked_at = shop.find_work(at, pid)
        if taken_at is None or taken_at > until or worked_at is None:
            continue
        over = max(worked_at, taken_at)
        takers = {each.pid for each in shop.glances[place : bisect_right(moments, over)]} - {0, pid}
        found.append(
            Takeover(
                shop=shop.name,
                at=at,
                taken_seconds=(taken_at - at) / SECOND,
                seconds=(worked_at - shop.find_delay(worked_at) - at) / SECOND,
                excuse=hardships.excuse(at, over, takers),
            )
        )
    return found
