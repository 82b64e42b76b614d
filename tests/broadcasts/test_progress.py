"""When the message that says how far a broadcast is has to be edited at once, and how long the rest will take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram.error import BadRequest, Forbidden

from bot.broadcasts.progress import SAMPLES, Pace, Progress
from bot.messages.outgoing import OutgoingMessage
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.broadcasts.delivering import forget_progress, view_progress
from bot.wire.errors import Flooded, LostAnswer, NotSent
from storage.errors import StoreUnavailable
from storage.records import BroadcastId, BroadcastState, DeliveryState
from tests.broadcasts.test_care import view as view_whole

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


class Wall:
    """A store with one broadcast, and a bot that shows how far it is; what goes wrong is raised."""

    def __init__(self, view: BroadcastView | None, error: Exception | None = None) -> None:
        self.view, self.error = view, error
        self.shown: list[tuple[int, int, str]] = []
        self.forgotten: list[BroadcastId] = []
        self.now = 100.0
        self.quiet = True
        self.on_edit: Callable[[], None] = lambda: None
        self.progress = Progress(
            store=cast("Any", self),
            bot=cast("Any", self),
            is_quiet=lambda broadcast_id: self.quiet and broadcast_id == FIRST,
            interval_seconds=3.0,
            clock=lambda: self.now,
        )
        self.progress._stopped = True

    async def read(self, unit: object, *, broadcast_id: BroadcastId) -> BroadcastView | None:
        """How it stands."""
        assert (unit, broadcast_id) == (view_progress, FIRST)
        return self.view

    async def write(self, unit: object, *, broadcast_id: BroadcastId) -> None:
        """Let its message go."""
        assert unit is forget_progress
        self.forgotten.append(broadcast_id)

    async def edit(self, chat: int, message_id: int, message: OutgoingMessage) -> None:
        """Show it."""
        self.shown.append((chat, message_id, message.text))
        self.on_edit()
        if self.error is not None:
            raise self.error

    async def update(self, after_seconds: float) -> bool:
        """One edit so long after something changed; says whether another one is to come."""
        self.progress.show([FIRST], at_once=True)
        self.now += after_seconds
        await self.progress._update(FIRST, self.progress._shown[FIRST])
        assert not self.progress._is_urgent()
        return FIRST in self.progress._shown


RUNNING, PAUSED, DONE = BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.DONE


async def test_a_message_is_edited_until_nothing_can_change_any_more() -> None:
    """Once it is over and quiet for an edit's time its message is let go; one that is paused goes on being its message."""
    for state, after_seconds, quiet, goes_on, forgotten in (
        (RUNNING, 3.0, True, True, []),
        (DONE, 3.0, True, False, [FIRST]),
        (DONE, 2.9, True, True, []),
        (DONE, 3.0, False, True, []),
        (PAUSED, 3.0, True, False, []),
        (PAUSED, 2.9, True, True, []),
    ):
        wall = Wall(view_whole(40, state=state))
        wall.quiet = quiet
        assert await wall.update(after_seconds) is goes_on
        assert wall.forgotten == forgotten
        ((chat, message_id, text),) = wall.shown
        assert (chat, message_id) == (1, 1)
        assert "40" in text
    gone = Wall(None)
    assert await gone.update(0.0) is False
    assert (gone.shown, gone.forgotten) == ([], [])


async def test_what_changes_while_it_is_shown_is_shown_as_well() -> None:
    """The last word is not the last where something has happened since it was put together."""
    wall = Wall(view_whole(40, state=PAUSED))
    later = iter([True])

    def change() -> None:
        if next(later, False):
            wall.now += 1.0
            wall.progress.show([FIRST])

    wall.on_edit = change
    assert await wall.update(3.0)
    wall.now += 3.0
    await wall.progress._update(FIRST, wall.progress._shown[FIRST])
    assert FIRST not in wall.progress._shown


async def test_a_message_that_cannot_be_edited(caplog: pytest.LogCaptureFixture) -> None:
    """One that is gone, or of somebody who does not want the bot, is let go; where Telegram is away it is tried again; the log says why."""
    for error, kind, goes_on in (
        (BadRequest("Bad Request: message to edit not found"), "refused", False),
        (Forbidden("Forbidden: bot was blocked by the user"), "blocked", False),
        (NotSent("No connection"), "not_sent", True),
        (LostAnswer("Connection lost"), "unknown", True),
        (Flooded(7), "flood", True),
    ):
        caplog.clear()
        wall = Wall(view_whole(40, state=RUNNING), error)
        assert await wall.update(0.0) is goes_on
        assert wall.forgotten == ([] if goes_on else [FIRST])
        ((number, said, words),) = [cast("tuple[object, ...]", each.args) for each in caplog.records]
        assert (number, said) == (FIRST, kind)
        assert str(words).lower() in str(error).lower()
        ended = Wall(view_whole(100, state=DONE), error)
        assert await ended.update(3.0) is goes_on
    caplog.clear()
    same = Wall(view_whole(100, state=DONE), BadRequest("Bad Request: message is not modified"))
    assert await same.update(3.0) is False
    assert (same.forgotten, caplog.records) == ([FIRST], [])
