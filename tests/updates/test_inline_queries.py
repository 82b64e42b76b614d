"""Inline queries are answered now or never: of one person the last, of all as many as there is room and time for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.telemetry import Metrics
from bot.updates import inline_queries
from bot.updates.inline_queries import MOST_WAITING, InlineQueries
from bot.updates.raw_updates import RawUpdate
from tests.wire.server import until

BROKEN = 666
"""The number of a query that no handler can answer."""


def type_query(number: int, sender_id: int | None, *, is_guest: bool = False) -> RawUpdate:
    """Somebody types."""
    return cast("RawUpdate", SimpleNamespace(update_id=number, sender_id=sender_id, is_guest=is_guest))


class Desk:
    """Answers queries once it may, and notes which."""

    def __init__(self, *, open_: bool = True, **settings: Any) -> None:
        self.free = asyncio.Event()
        if open_:
            self.free.set()
        self.began: list[int] = []
        self.metrics = Metrics()
        self.now = 0.0
        self.queries = InlineQueries(
            self._handle,
            metrics=self.metrics,
            clock=lambda: self.now,
            **{"parallel": 1, "longest_wait_seconds": 10.0, **settings},
        )

    async def _handle(self, update: RawUpdate) -> None:
        self.began.append(update.update_id)
        await self.free.wait()
        if update.update_id == BROKEN:
            raise ValueError("no cake")

    def count(self) -> tuple[int, int]:
        """How many were answered, and how many dropped."""
        found = self.metrics.read()
        return found["inline_done"], found["inline_dropped"]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline_queries, "HURRY_SECONDS", 0.001)


async def test_beyond_what_can_wait_the_oldest_is_dropped() -> None:
    """Whoever asked longest ago has the least hope; nobody else loses anything."""
    desk = Desk(open_=False)
    for number in range(MOST_WAITING + 3):
        desk.queries.take(type_query(number, number))
        await asyncio.sleep(0)
    assert desk.count() == (0, 2)
    desk.free.set()
    async with asyncio.timeout(60):
        await desk.queries.settled()
    assert desk.began == [0, *range(3, MOST_WAITING + 3)]
    assert desk.count() == (MOST_WAITING + 1, 2)


async def test_of_one_person_only_the_last_that_waits_is_answered() -> None:
    """One after the other; what nobody is known to have asked, and a guest's call, are each by themselves."""
    desk = Desk(open_=False, parallel=9)
    for number in (1, 2, 3):
        desk.queries.take(type_query(number, 7))
        desk.queries.take(type_query(10 + number, None))
        desk.queries.take(type_query(20 + number, 8, is_guest=True))
        await asyncio.sleep(0)
    assert sorted(desk.began) == [1, 11, 12, 13, 21, 22, 23]
    desk.free.set()
    async with asyncio.timeout(60):
        await desk.queries.settled()
    assert desk.began[-1] == 3
    assert desk.count() == (8, 1)


async def test_what_waited_too_long_is_dropped_and_how_long_an_answer_took_is_counted() -> None:
    """Telegram would refuse the answer; the time counts from when it came."""
    desk = Desk(open_=False)
    for number in (1, 2, 3):
        desk.queries.take(type_query(number, number))
    await asyncio.sleep(0)
    desk.now = 10.0
    desk.queries.take(type_query(4, 4))
    desk.now = 10.5
    desk.free.set()
    async with asyncio.timeout(60):
        await desk.queries.settled()
    assert (desk.began, desk.count()) == ([1, 4], (2, 2))
    assert desk.metrics.times["inline"].seconds == 10.5 + 0.5


async def test_a_query_that_waited_as_long_as_it_may_is_answered_still() -> None:
    """One moment more, and it is not."""
    for waited, answered in ((10.0, [1, 2]), (10.001, [1])):
        desk = Desk(open_=False)
        for number in (1, 2):
            desk.queries.take(type_query(number, number))
        await asyncio.sleep(0)
        desk.now = waited
        desk.free.set()
        async with asyncio.timeout(60):
            await desk.queries.settled()
        assert desk.began == answered


async def test_a_query_that_fails_disturbs_nobody_but_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Which says of which query; it counts as dropped, and no time is counted for it."""
    desk = Desk()
    for number in (BROKEN, 7):
        desk.queries.take(type_query(number, number))
    async with asyncio.timeout(60):
        await desk.queries.settled()
    assert (desk.began, desk.count()) == ([BROKEN, 7], (1, 1))
    assert sum(desk.metrics.times["inline"].counts) == 1
    assert [each.args for each in caplog.records] == [(BROKEN,)]


async def test_who_stops_answers_nobody_any_more() -> None:
    """Neither those who wait, nor those whose last query is being answered or has just been."""
    desk = Desk(open_=False)
    for number in (1, 2):
        desk.queries.take(type_query(number, 7))
        desk.queries.take(type_query(10 + number, 8))
        await asyncio.sleep(0)
    await desk.queries.stop()
    desk.free.set()
    async with asyncio.timeout(60):
        await desk.queries.settled()
    assert (desk.began, desk.count()[0]) == ([1], 0)
    desk.queries.take(type_query(99, 9))
    await until(lambda: desk.began == [1, 99])
