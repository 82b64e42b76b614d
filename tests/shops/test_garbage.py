from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from itertools import count

import pytest

from bot.shops.garbage import ENDS_FORGIVEN, Keep, Pauses


class Circle:
    """Garbage that only looking for it finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Nothing is collected by itself, and nothing stays set aside in the process of the tests."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def test_pauses_are_counted() -> None:
    """By a clock that goes on by a second each time it is asked: each look takes one."""
    ticks = count()
    pauses = Pauses(clock=lambda: float(next(ticks)))
    gc.collect()
    with pauses.counted():
        gc.collect(0)
        assert pauses.seconds == 1
        gc.collect()
    gc.collect()
    assert pauses.seconds == 2


def test_a_start_leaves_no_garbage_and_is_set_aside() -> None:
    """So that later looks do not go through it; what is new is looked for as ever."""
    left, kept = weakref.ref(Circle()), Circle()
    Keep().note_start()
    assert left() is None
    assert gc.get_freeze_count() > 0
    stays, new = weakref.ref(kept), weakref.ref(Circle())
    del kept
    gc.collect()
    assert (new(), stays() is None) == (None, False)


@pytest.mark.parametrize("running", [0, 40])
def test_what_ended_shops_leave_is_found(running: int) -> None:
    """Once more have ended than are forgiven: eight, and a quarter of those that run."""
    keep = Keep()
    for _ in range(running):
        keep.note_start()
    shop = Circle()
    keep.note_start()
    found = weakref.ref(shop)
    del shop
    ends = 0
    while found() is not None and ends < 100:
        keep.note_start()
        keep.note_end()
        ends += 1
    assert ends == ENDS_FORGIVEN + (running + 1) // 4 + 1
    assert gc.get_freeze_count() > 0
