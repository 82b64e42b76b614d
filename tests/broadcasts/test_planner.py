from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from bot.broadcasts import planner as planner_module
from bot.broadcasts.planner import AudiencePlanner
from bot.telemetry import OWN_PACE
from storage import Store
from storage.errors import StoreUnavailable
from storage.records import BroadcastId


class Book:
    """A store that goes through audiences in these pages, and says who was asked for; what is an error is raised."""

    def __init__(self, *pages: int | Exception | None) -> None:
        self.pages = list(pages)
        self.asked: list[BroadcastId] = []
        self.paces: list[bool] = []
        self.limits: list[int] = []

    async def write(self, _unit: object, *, broadcast_id: BroadcastId, limit: int) -> int | None:
        """Another page."""
        self.asked.append(broadcast_id)
        self.limits.append(limit)
        self.paces.append(OWN_PACE.get())
        page = self.pages.pop(0)
        await asyncio.sleep(0)
        if isinstance(page, Exception):
            raise page
        return page

    @property
    def store(self) -> Store:
        """For whoever plans."""
        return cast("Store", self)


async def test_an_audience_is_planned_at_the_bots_own_pace() -> None:
    """Page after page; whoever writes to the shop meanwhile waits for none of it."""
    book, planned = Book(3, 2, None), asyncio.Event()
    planner = AudiencePlanner(book.store, planned.set, retry_seconds=0.1)
    planner.plan([BroadcastId(1)])
    async with asyncio.timeout(10):
        await planned.wait()
    await planner.stop()
    assert (book.paces, planner.left, OWN_PACE.get()) == ([True] * 3, set(), False)


async def test_a_page_is_as_long_as_the_one_before_was_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first as if all were meant; one that nobody was meant on costs little, one whose commit is slow is worth more."""
    book, planned, now = Book(571, 0, 6_000, None), asyncio.Event(), iter([5.0, 5.0, 7.0, 7.012, 9.0, 9.004, 11.0])
    monkeypatch.setattr(planner_module, "time", SimpleNamespace(monotonic=lambda: next(now)))
    planner = AudiencePlanner(book.store, planned.set, retry_seconds=0.1)
    planner.plan([BroadcastId(1)])
    assert [task.get_name() for task in asyncio.all_tasks() if "planning" in task.get_name()] == ["planning"]
    async with asyncio.timeout(10):
        await planned.wait()
    assert book.limits == [571, 571, 12_000, 1_090]


async def test_one_audience_is_gone_through_at_a_time() -> None:
    """Whatever comes meanwhile is gone through by the same task; with nothing to plan there is none, and later there may be one again."""
    book, told = Book(3, None, None, None), asyncio.Event()
    planner = AudiencePlanner(book.store, told.set, retry_seconds=0.1)
    planner.plan([])
    assert planner._task is None
    for number in (1, 2):
        planner.plan([BroadcastId(number)])
    (task,) = [each for each in asyncio.all_tasks() if each.get_name() == "planning"]
    async with asyncio.timeout(10):
        await task
    assert (book.asked, planner.left, planner._task) == ([1, 1, 2], set(), None)
    told.clear()
    planner.plan([BroadcastId(3)])
    async with asyncio.timeout(10):
        await told.wait()
    assert book.asked[3:] == [3]


async def test_a_page_that_hangs_is_not_waited_for_at_a_stop() -> None:
    """No longer than another try would wait: the rest is planned after the next start."""

    class Hanging(Book):
        async def write(self, _unit: object, *, broadcast_id: BroadcastId, limit: int) -> int | None:
            self.asked.append(broadcast_id)
            await asyncio.Event().wait()
            return limit

    book = Hanging()
    planner = AudiencePlanner(book.store, lambda: None, retry_seconds=0.01)
    planner.plan([BroadcastId(1)])
    await asyncio.sleep(0)
    task = planner._task
    assert task is not None
    async with asyncio.timeout(10):
        await planner.stop()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_page_that_cannot_be_written_is_written_later(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody of the audience is left out; the oldest broadcast is gone through first, and each end is told once."""
    book, told = Book(StoreUnavailable("away"), 3, None, None), list[int]()
    done = asyncio.Event()

    def note() -> None:
        told.append(len(book.asked))
        if len(told) == 2:
            done.set()

    planner = AudiencePlanner(book.store, note, retry_seconds=0.001)
    planner.plan([])
    planner.plan([BroadcastId(7), BroadcastId(5)])
    async with asyncio.timeout(10):
        await done.wait()
    assert (book.asked, told) == ([5, 5, 5, 7], [3, 4])
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    await planner.stop()


async def test_who_stops_plans_no_other_page() -> None:
    """The rest is planned after the next start; nobody is told that this audience is known."""
    book, told = Book(3), list[int]()
    planner = AudiencePlanner(book.store, lambda: told.append(1), retry_seconds=0.1)
    planner.plan([BroadcastId(1)])
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await planner.stop()
    assert (book.asked, told, planner.left) == ([1], [], set())
