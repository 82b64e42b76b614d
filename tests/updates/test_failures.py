"""What the end of a failed attempt at an update means, and what the log says of it: of which update, and why."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, Forbidden, TelegramError, TimedOut

from bot.telemetry import Metrics
from bot.updates import failures
from bot.updates.context import Attempt, UnreadableUpdate
from bot.updates.failures import GIVEN_UP, Failures
from bot.wire.errors import Flooded, NotSent
from storage import Store
from storage.errors import StoreUnavailable
from storage.records import InboxRow, NoticeId
from storage.schema.messages import inbox as inbox_table
from storage.tables import inbox, outbox
from tests.owed import find_member
from tests.updates.rig import add, add_member, count_open, list_dead
from tests.wire.server import make_update

Logged = Sequence[tuple[str, object]]
NUMBER = 77
"""Of the update, which has the first row of the inbox."""


@pytest.fixture
async def row(store: Store) -> InboxRow:
    """An update that waits."""
    (row,) = await add(store, make_update(NUMBER, 1))
    return row


def judge(store: Store) -> tuple[Failures, Metrics]:
    """Whoever judges, and what is counted."""
    metrics = Metrics()
    return Failures(store, metrics, retry_seconds=(0.5, 2.0), attempts=3), metrics


def list_logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """What was written down, and how loudly; then it is forgotten."""
    found = [(each.levelname, each.args) for each in caplog.records]
    caplog.clear()
    return found


REFUSED = BadRequest("Bad Request: chat not found")
BLOCKED = Forbidden("Forbidden: bot was blocked by the user")
SAME = BadRequest("Bad Request: message is not modified: specified new message content")


async def test_what_is_no_failure_is_counted_as_none(
    store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture
) -> None:
    """The chat wishes it so, or the store or Telegram is away: the update waits, or is done with."""
    caplog.set_level(logging.INFO, "bot.updates.failures")
    judged, metrics = judge(store)
    for wish in (BLOCKED, SAME):
        assert await judged.conclude(row, Attempt(row=row), wish, rests=0) is None
        assert list_logged(caplog) == [("INFO", (NUMBER, wish))]
    outages: Sequence[tuple[Exception, int, float]] = (
        (StoreUnavailable("away"), 1, 1.0),
        (NotSent("No connection"), 0, 0.5),
        (Flooded(7), 5, 7.0),
    )
    for error, rests, seconds in outages:
        assert await judged.conclude(row, Attempt(row=row), error, rests=rests) == seconds
        assert list_logged(caplog) == [("WARNING", (NUMBER, seconds, error))]
    counted = metrics.read()
    assert (counted["updates_rested"], counted["updates_failed"], counted["updates_dead"]) == (3, 0, 0)
    assert (await count_open(store), await list_dead(store)) == (1, [])


async def test_whose_effect_is_kept_is_done_with(store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture) -> None:
    """Another attempt would be refused; the log says that the effect is there, and what went wrong behind it."""
    judged, metrics = judge(store)
    closed, error, lost = Attempt(row=row, closed=True), ValueError("x"), TimedOut("No answer in time")
    assert await judged.conclude(row, closed, error, rests=0) is None
    (record,) = caplog.records
    assert (record.levelname, record.args) == ("ERROR", (NUMBER, "; its effect is kept"))
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    caplog.clear()
    assert await judged.conclude(row, closed, lost, rests=0) is None
    assert list_logged(caplog) == [("WARNING", (NUMBER, "; its effect is kept", lost))]
    assert metrics.read()["updates_failed"] == 0


async def test_what_fails_three_times_is_given_up(
    store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture
) -> None:
    """Each time later than before; an answer that may have arrived fails more quietly than a handler that is broken."""
    judged, metrics = judge(store)
    lost, broken = TimedOut("No answer in time"), ValueError("no cake")
    errors: Sequence[Exception] = (lost, broken, REFUSED)
    assert [await judged.conclude(row, Attempt(row=row), error, rests=0) for error in errors] == [0.5, 2.0, GIVEN_UP]
    assert [each.exc_info[1] if each.exc_info else None for each in caplog.records] == [None, broken, REFUSED, None]
    assert list_logged(caplog) == [
        ("WARNING", (NUMBER, "", lost)),
        ("ERROR", (NUMBER, "")),
        ("ERROR", (NUMBER, "")),
        ("ERROR", (NUMBER, 3, "BadRequest: Chat not found")),
    ]
    assert (metrics.read()["updates_failed"], metrics.read()["updates_dead"]) == (3, 1)
    assert await list_dead(store) == [NUMBER]


async def test_what_cannot_be_read_is_given_up_at_once(
    store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture
) -> None:
    """It will not read better the next time, and no handler is to blame."""
    judged, metrics = judge(store)
    error = UnreadableUpdate("KeyError: 'date'")
    assert await judged.conclude(row, Attempt(row=row), error, rests=0) == GIVEN_UP
    assert list_logged(caplog) == [("ERROR", (NUMBER, 1, "UnreadableUpdate: KeyError: 'date'"))]
    assert metrics.read()["updates_dead"] == 1
    assert await list_dead(store) == [NUMBER]


async def test_what_was_closed_meanwhile_is_done_with(store: Store, row: InboxRow) -> None:
    """By an attempt whose end nobody saw: nothing is given up, and nobody is told to be sorry."""
    judged, metrics = judge(store)
    await store.write(inbox.close, row.seq)
    assert await judged.conclude(row, Attempt(row=row), ValueError("x"), rests=0) is None
    assert (metrics.read()["updates_dead"], await list_dead(store)) == (0, [])


class Stumbling(Store):
    """A store that fails in these ways before it counts a failure."""

    def __init__(self, store: Store, *errors: Exception) -> None:
        self.__dict__.update(store.__dict__)
        self.errors = list(errors)

    async def write(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, once all is told."""
        if unit is failures.count_failure and self.errors:
            raise self.errors.pop(0)
        return await super().write(unit, *args, **kwargs)


async def test_a_failure_is_counted_however_long_the_store_is_away(
    store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer each time; the log says what is in the way."""
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    monkeypatch.setattr("asyncio.sleep", rest)
    away: list[Exception] = [StoreUnavailable("away"), StoreUnavailable("still away")]
    judged, _ = judge(Stumbling(store, *away))
    assert await judged.conclude(row, Attempt(row=row), ValueError("x"), rests=0) == 0.5
    assert rested == [0.5, 1.0]
    assert list_logged(caplog)[1:] == [("WARNING", (each,)) for each in away]
    assert await count_open(store) == 1


async def test_a_failure_that_cannot_be_counted_is_the_last(
    store: Store, row: InboxRow, caplog: pytest.LogCaptureFixture
) -> None:
    """An update that breaks even the counting would be tried for ever; it is buried with what it failed by."""
    judged, metrics = judge(Stumbling(store, TypeError("no number")))
    assert await judged.conclude(row, Attempt(row=row), ValueError("no cake"), rests=0) == GIVEN_UP
    assert list_logged(caplog)[1:] == [("ERROR", (NUMBER,)), ("ERROR", (NUMBER, 3, "ValueError: no cake"))]
    assert metrics.read()["updates_dead"] == 1
    assert await list_dead(store) == [NUMBER]
    assert await store.read(lambda tx: tx.scalar(select(inbox_table.c.error))) == "ValueError: no cake"


def test_only_the_chats_own_wish_is_harmless() -> None:
    """What Telegram refuses for any other reason, or what is none of Telegram's, is a failure."""
    errors: Sequence[Exception] = (BLOCKED, SAME, REFUSED, TelegramError("odd"), ValueError("blocked by the user"))
    assert [failures.is_harmless(error) for error in errors] == [True, True, False, False, False]


async def test_a_member_is_told_in_the_topic_where_they_asked(store: Store) -> None:
    """With the last attempt, and where there was more than one: what nobody can read was nobody's wish."""
    member = await add_member(store, 1)
    rows = await add(store, *(make_update(number, sender) for number, sender in ((1, 1), (2, 1), (3, 99))))
    for row, attempts, failures_ in ((rows[0], 2, 1), (rows[0], 2, 2), (rows[1], 1, 1), (rows[2], 1, 1)):
        counted = await store.write(failures.count_failure, row, "ValueError: x", attempts=attempts, topic_id=5)
        assert counted == failures_
    (owed,) = await store.read(outbox.list_owed, after=NoticeId(0), limit=9)
    assert (find_member(owed), owed.kind, owed.topic_id) == (member, "sorry", 5)
    assert await list_dead(store) == [1, 2, 3]
