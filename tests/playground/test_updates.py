"""The queue of updates, with the clock in hand."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from bot.playground.world.updates import SECOND, WEEK, Update, UpdateQueue

START = 1_700_000_000 * SECOND


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = START

    def __call__(self) -> int:
        """Return the time it was moved to."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock to move by hand."""
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> UpdateQueue:
    """An empty queue."""
    return UpdateQueue(clock, Random(1))


def fill(queue: UpdateQueue, count: int, kind: str = "message") -> list[Update]:
    """Add updates of one kind and return those that were wanted."""
    added = [queue.add(kind, {"n": number}, (kind, 1)) for number in range(count)]
    return [update for update in added if update]


def test_an_offset_confirms_all_below_it(queue: UpdateQueue) -> None:
    """What is below the offset is gone for good, the rest comes again."""
    updates = fill(queue, 5)
    assert queue.take(0, 2) == updates[:2]
    assert queue.take(updates[2].id, 100) == updates[2:]
    assert queue.take(updates[0].id, 100) == updates[2:]
    assert queue.take(updates[4].id + 1, 100) == []
    assert queue.count_waiting() == 0


def test_a_negative_offset_keeps_the_last_ones(queue: UpdateQueue) -> None:
    """-2 forgets all but two."""
    updates = fill(queue, 5)
    assert queue.take(-2, 100) == updates[3:]
    assert queue.count_waiting() == 2


def test_an_offset_from_nowhere_confirms_nothing(queue: UpdateQueue) -> None:
    """An offset far ahead is read as "from the oldest on"."""
    updates = fill(queue, 3)
    assert queue.take(updates[-1].id + 5_000, 100) == updates


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [("message", 86_400), ("callback_query", 150), ("inline_query", 30), ("chosen_inline_result", 600)],
)
def test_each_kind_expires_after_its_time(queue: UpdateQueue, clock: Clock, kind: str, seconds: int) -> None:
    """An update that was not fetched in time is gone, also from behind one that lives."""
    fill(queue, 1, "message")
    clock.now += 1
    fill(queue, 1, kind)
    clock.now = START + seconds * SECOND
    assert kind in [update.kind for update in queue.take(0, 100)]
    clock.now += 1
    assert [update.kind for update in queue.take(0, 100)].count(kind) == int(kind == "message" and seconds != 86_400)


def test_some_kinds_come_only_when_they_are_named(queue: UpdateQueue) -> None:
    """chat_member and reactions are left out by default; a list takes exactly what it names; an empty one resets."""
    assert fill(queue, 1, "chat_member") == []
    queue.allow(["message", "chat_member"])
    assert len(fill(queue, 1, "chat_member")) == 1
    assert fill(queue, 1, "callback_query") == []
    queue.allow([])
    assert len(fill(queue, 1, "callback_query")) == 1
    assert fill(queue, 1, "message_reaction") == []


def test_ids_grow_by_one_and_start_anew_after_an_idle_week(queue: UpdateQueue, clock: Clock) -> None:
    """After a week without updates the next id is drawn at random."""
    first, second = fill(queue, 2)
    assert second.id == first.id + 1
    queue.clear()
    clock.now += WEEK
    (third,) = fill(queue, 1)
    assert abs(third.id - second.id) > 1
