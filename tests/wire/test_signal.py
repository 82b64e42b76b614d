"""Waiting for one another inside the process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.wire.signal import MOST_AT_ONCE, Batches, Signal, TaskEnded, Watch, raise_end, wait_set


async def do_nothing() -> None:
    """A part that ends in peace."""


async def wait_for_ever() -> None:
    """One that goes on until it is cancelled."""
    await asyncio.Event().wait()


async def fail() -> None:
    """One that does not."""
    raise ValueError("broken")


async def test_everybody_who_waits_looks_again_and_goes_when_it_is_true() -> None:
    """Who gave up waiting is in nobody's way."""
    signal, count = Signal(), 0
    first = asyncio.create_task(signal.wait_for(lambda: count >= 1))
    second = asyncio.create_task(signal.wait_for(lambda: count >= 2))
    third = asyncio.create_task(signal.wait_for(lambda: False))
    await asyncio.sleep(0)
    third.cancel()
    count = 1
    signal.tell()
    async with asyncio.timeout(60):
        await first
    assert not second.done()
    count = 2
    signal.tell()
    async with asyncio.timeout(60):
        await second
        await signal.wait_for(lambda: True)


async def test_waiting_ends_with_the_event_or_with_the_time() -> None:
    """And says which."""
    event = asyncio.Event()
    assert await wait_set(event, 0.001) is False
    event.set()
    assert await wait_set(event, 60) is True


async def test_a_part_that_ends_by_itself_is_told_by_its_name() -> None:
    """What it failed by passes as it is."""
    for work, ended, words in (
        (do_nothing(), TaskEnded, "introducing has ended by itself"),
        (fail(), ValueError, "br"),
    ):
        part = asyncio.create_task(work, name="introducing")
        await asyncio.wait([part])
        with pytest.raises(ended, match=words):
            raise_end(part)


async def test_a_worker_fails_by_the_first_of_its_tasks() -> None:
    """One that ends in peace is done, unless it was to run for ever; being cancelled is no failure."""
    watch = Watch()
    watch.start(do_nothing())
    cancelled = watch.start(wait_for_ever(), for_ever=True)
    cancelled.cancel()
    failed = asyncio.create_task(watch.wait_failed())
    await asyncio.wait([failed], timeout=0.01)
    assert not failed.done()
    watch.start(do_nothing(), name="sending", for_ever=True)
    async with asyncio.timeout(60):
        with pytest.raises(TaskEnded, match="sending has ended by itself"):
            await failed
    await asyncio.wait([watch.start(fail())])
    with pytest.raises(TaskEnded):
        await watch.wait_failed()


async def test_what_a_task_fails_by_is_raised_to_whoever_waits() -> None:
    """Also where it was to run for ever."""
    for for_ever in (False, True):
        watch = Watch()
        watch.start(fail(), for_ever=for_ever)
        async with asyncio.timeout(60):
            with pytest.raises(ValueError, match="broken"):
                await watch.wait_failed()


class Book:
    """What is written, in which batches; some writes fail."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.written: list[list[int]] = []

    async def write(self, items: Sequence[int]) -> None:
        """Write some, all or none."""
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")
        self.written.append(list(items))
        await asyncio.sleep(0)


async def test_what_gathers_while_a_write_runs_is_the_next_batch() -> None:
    """In order, each once, and never more at once than a transaction takes."""
    book = Book()
    batches = Batches("numbers", book.write)
    for number in range(MOST_AT_ONCE + 3):
        batches.add(number)
    assert len(batches) == MOST_AT_ONCE + 3
    await batches.drain(60)
    assert book.written == [list(range(MOST_AT_ONCE)), [500, 501, 502]]
    assert len(batches) == 0
    batches.add(7)
    await batches.drain(60)
    assert book.written[2:] == [[7]]


async def test_a_write_that_fails_is_tried_again_with_all_of_it(caplog: pytest.LogCaptureFixture) -> None:
    """Until it succeeds: nothing is lost, nothing is written twice; the log says how many of what have to wait."""
    book = Book(fails=2)
    batches = Batches("numbers", book.write, retry_seconds=0.001)
    for number in range(3):
        batches.add(number)
    await batches.drain(60)
    assert book.written == [[0, 1, 2]]
    assert [each.args for each in caplog.records] == [(3, "numbers")] * 2


async def test_draining_gives_up_after_its_time(caplog: pytest.LogCaptureFixture) -> None:
    """How many were not written is said; what is left is not written behind anybody's back."""
    book = Book(fails=10**9)
    batches = Batches("numbers", book.write, retry_seconds=60)
    batches.add(1)
    batches.add(2)
    await batches.drain(0.01)
    assert any("2 numbers" in each.getMessage() for each in caplog.records if each.levelname == "WARNING")
    await asyncio.sleep(0.01)
    assert book.written == []


async def test_draining_nothing_waits_for_nothing() -> None:
    """At a stop there may be nothing at all."""
    book = Book()
    await Batches("numbers", book.write).drain(60)
    assert book.written == []
