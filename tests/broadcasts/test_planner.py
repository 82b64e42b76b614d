from __future__ import annotations

import asyncio
from typing import cast

import pytest

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

    async def write(self, _unit: object, *, broadcast_id: BroadcastId, limit: int) -> int | None:
        """Another page."""
        assert limit > 0
        self.asked.append(broadcast_id)
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
