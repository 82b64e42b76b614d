"""When the message that says how far a broadcast is has to be edited at once, and how long the rest will take."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.broadcasts.progress import SAMPLES, Pace, Progress
from storage.errors import StoreUnavailable
from storage.records import BroadcastId, BroadcastState, DeliveryState

FIRST, SECOND = BroadcastId(1), BroadcastId(2)


def make_progress() -> Progress:
    """One that edits nothing."""
    progress = Progress(
        store=cast("Any", None),
        bot=cast("Any", None),
        is_quiet=lambda _: False,
        interval_seconds=1e6,
        clock=lambda: 0.0,
    )
    progress.stop()
    return progress


@pytest.mark.parametrize(("said", "urgent"), [([True, False], True), ([False, True], True), ([False, False], False)])
def test_what_was_urgent_stays_it_until_it_is_shown(said: list[bool], urgent: bool) -> None:
    """A pause is to be seen at once, whatever else changes behind it; one broadcast's haste is enough."""
    progress = make_progress()
    progress.show([SECOND])
    for at_once in said:
        progress.show([FIRST], at_once=at_once)
    assert progress._is_urgent() is urgent


def view(state: BroadcastState, total: int, **counts: int) -> Any:
    """So many in each state."""
    by_state = {DeliveryState[name.upper()]: count for name, count in counts.items()}
    return SimpleNamespace(broadcast=SimpleNamespace(state=state), total=total, counts=by_state)


def test_the_time_left_follows_the_pace_that_was_seen() -> None:
    """Of what is done in whatever way; nobody can say at the beginning, after a pause, or while nothing gets on."""
    pace, running = Pace(), BroadcastState.RUNNING
    assert pace.estimate(view(running, 100, queued=95, sent=5), 10.0) is None
    assert pace.estimate(view(running, 100, queued=95, sent=5), 12.0) is None, "nothing has got on"
    assert pace.estimate(view(running, 100, queued=70, sending=5, sent=15, skipped=10), 20.0) == 75 * 10 / 20
    assert pace.estimate(view(BroadcastState.PAUSED, 100, queued=75, sent=25), 30.0) is None
    assert pace.estimate(view(running, 100, queued=75, sent=25), 500.0) is None, "the pause is no part of the pace"
    for moment in range(SAMPLES + 5):
        left = pace.estimate(view(running, 100, queued=70 - moment, sent=30 + moment), 600.0 + moment)
    assert left == 100 - (30 + SAMPLES + 4), "one a second lately, however slow it was before"


class Away:
    """A store that fails a few times, and has nothing to show after that."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.asked = asyncio.Event()

    async def read(self, *_: object, **__: object) -> None:
        """Fail, or find nothing."""
        if self.times:
            self.times -= 1
            raise StoreUnavailable("away")
        self.asked.set()


async def test_progress_that_cannot_be_read_is_shown_later(caplog: pytest.LogCaptureFixture) -> None:
    """The log says of which broadcast; one that has no message any more is let go."""
    store = Away(2)
    progress = Progress(
        store=cast("Any", store),
        bot=cast("Any", None),
        is_quiet=lambda _: True,
        interval_seconds=0.001,
        clock=time.monotonic,
    )
    progress.show([SECOND], at_once=True)
    async with asyncio.timeout(60):
        await store.asked.wait()
    assert [each.args for each in caplog.records] == [(SECOND,)] * 2
    assert not progress._is_urgent()
    progress.stop()
