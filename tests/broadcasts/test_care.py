"""The arithmetic of a broadcast: when it rests, and how long it will take."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.broadcasts.circuit_breaker import LONGEST_REST_SECONDS, UNKNOWN_IN_ROW, CircuitBreaker
from bot.broadcasts.progress import SAMPLES, Pace
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.members import MemberView
from bot.wire.errors import FailureKind
from storage.broadcast import Broadcast
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId


@dataclass
class Clock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the moment."""
        return self.now


def view(done: int, total: int = 100, state: BroadcastState = BroadcastState.RUNNING) -> BroadcastView:
    """A broadcast that is so far."""
    member = MemberView(
        id=PersonId(1), telegram_id=1, name="", code="", language="en", score=0, balance=0, anonymous=False
    )
    broadcast = Broadcast(
        id=BroadcastId(1),
        author_id=PersonId(1),
        state=state,
        content=None,
        progress_message_id=1,
        audience_upto=PersonId(100),
        filled_upto=PersonId(100),
        created_at=0,
        started_at=0,
        finished_at=None,
    )
    counts = {DeliveryState.SENT: done, DeliveryState.QUEUED: total - done - 2, DeliveryState.SENDING: 2}
    return BroadcastView(member=member, broadcast=broadcast, counts=counts, total=total)


def test_without_trouble_everything_may_be_in_flight() -> None:
    """A lost answer now and then changes nothing."""
    breaker = CircuitBreaker(Clock())
    for _ in range(10):
        for _ in range(UNKNOWN_IN_ROW - 1):
            breaker.note_trouble(FailureKind.UNKNOWN)
        breaker.note_answer()
    assert (breaker.compute_rest(), breaker.compute_limit(6)) == (0, 6)


@pytest.mark.parametrize(
    ("kind", "times"), [(FailureKind.UNKNOWN, UNKNOWN_IN_ROW), (FailureKind.NOT_SENT, 1), (FailureKind.CONFLICT, 1)]
)
def test_trouble_brings_a_rest_and_then_one_to_try(kind: FailureKind, times: int) -> None:
    """Nobody during the rest, one after it, all again after an answer."""
    clock = Clock()
    breaker = CircuitBreaker(clock, first_rest_seconds=2)
    for _ in range(times):
        assert breaker.compute_limit(6) == 6
        breaker.note_trouble(kind)
    assert (breaker.compute_rest(), breaker.compute_limit(6)) == (2, 0)
    clock.now += 2
    assert breaker.compute_limit(6) == 1
    breaker.note_answer()
    assert breaker.compute_limit(6) == 6


def test_one_burst_counts_once_and_rests_grow() -> None:
    """Six failures at the same moment are one; each rest in a row is twice as long, up to a bound."""
    clock = Clock()
    breaker = CircuitBreaker(clock, first_rest_seconds=1)
    rests = []
    for _ in range(8):
        for _ in range(6):
            breaker.note_trouble(FailureKind.NOT_SENT)
        rests.append(breaker.compute_rest())
        clock.now += rests[-1]
    assert rests == [1, 2, 4, 8, 16, LONGEST_REST_SECONDS, LONGEST_REST_SECONDS, LONGEST_REST_SECONDS]


def test_the_time_left_follows_the_observed_pace() -> None:
    """Nobody can say at first; then what is left, at the rate so far."""
    pace = Pace()
    assert pace.estimate(view(10), 0.0) is None
    assert pace.estimate(view(10), 3.0) is None
    assert pace.estimate(view(40), 6.0) == pytest.approx(60 / (30 / 6))


def test_the_pace_of_long_ago_is_forgotten() -> None:
    """A broadcast that has become slow says so after a while."""
    pace = Pace()
    pace.estimate(view(0, 10_000), 0.0)
    pace.estimate(view(5_000, 10_000), 1.0)
    left = None
    for tick in range(SAMPLES):
        left = pace.estimate(view(5_001 + tick, 10_000), 2.0 + tick)
    assert left == pytest.approx(10_000 - 5_000 - SAMPLES)


def test_a_pause_is_no_slowness() -> None:
    """After it the pace is observed anew."""
    pace = Pace()
    pace.estimate(view(0), 0.0)
    assert pace.estimate(view(50, state=BroadcastState.PAUSED), 10.0) is None
    assert pace.estimate(view(50), 500.0) is None
    assert pace.estimate(view(60), 501.0) == pytest.approx(4.0)
