from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from bot.shops.garbage import ENDS_FORGIVEN, Keep, Pauses


class Circle:
    """Garbage that only looking for it finds."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Nothing is collected by itself, and nothing is set aside before; afterwards everything is, as it was."""
    gc.unfreeze()
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def test_pauses_are_counted() -> None:
    """By a clock that goes on by a second each time it is asked: each look takes one."""
    ticks = count()
    pauses = Pauses(clock=lambda: float(next(ticks)))
    gc.collect(1)
    with pauses.counted():
        gc.collect(0)
        assert pauses.seconds == 1
        gc.collect(1)
    gc.collect(1)
    assert pauses.seconds == 2


def test_a_start_leaves_no_garbage_and_is_set_aside() -> None:
    """So that later looks do not go through it; what is new is looked for as ever."""
    left, stays = weakref.ref(Circle()), Circle()
    with Keep().kept():
        assert left() is None
        assert gc.get_freeze_count() > 0
        known, new = weakref.ref(stays), weakref.ref(Circle())
        del stays
        gc.collect()
        assert (new(), known() is None) == (None, False)


@pytest.mark.parametrize("running", [0, pytest.param(40, marks=pytest.mark.long)])
def test_what_ended_shops_leave_is_found(running: int) -> None:
    """Once more have ended than are forgiven: eight, and a quarter of those that run."""
    keep = Keep()
    with ExitStack() as others:
        for _ in range(running):
            others.enter_context(keep.kept())
        found, ends = leave_garbage(keep), 1
        while found() is not None and ends < 100:
            leave_garbage(keep)
            ends += 1
        assert ends == ENDS_FORGIVEN + running // 4 + 1
        assert gc.get_freeze_count() > 0


def test_nothing_is_looked_for_when_all_end() -> None:
    """Two hundred shops stop within moments, and take what they leave with them."""
    keep = Keep()
    keep.let_go()
    found = leave_garbage(keep)
    for _ in range(2 * ENDS_FORGIVEN):
        leave_garbage(keep)
    assert found() is not None


def leave_garbage(keep: Keep) -> weakref.ref[Circle]:
    """A shop starts, ends, and leaves something in a circle."""
    shop = Circle()
    with keep.kept():
        return weakref.ref(shop)
