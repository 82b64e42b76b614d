"""An idle SQLite file costs no thread, and what another process writes to it is told."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from storage import StoreDamaged, open_store
from storage.beside import run_beside
from storage.engines.sqlite import open_writer
from storage.engines.sqlite_engine import DatabaseFiles
from storage.engines.sqlite_lane import Lane, write_jobs
from storage.engines.sqlite_watch import Keeper, SqliteWatch
from storage.records import Event, WrittenBeside
from storage.tables import directory
from storage.tx import Job, Loss, Tx
from tests.storage.cast import add_member


class Stand:
    """A file with its watch and its writer, and a hand on what makes them look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.told: list[Event] = []
        self.loss = Loss()
        self.keeper = Keeper(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            self.files = DatabaseFiles(path, raw)
        self.watch = SqliteWatch(self.files, self.keeper, self.told.extend, self.loss)
        self.lane = Lane(
            lambda: open_writer(path, self.files, self.watch), lambda raw, jobs: write_jobs(raw, jobs, lambda: 0, self.files.check_commit), 8,
            announce=self.told.extend, loss=self.loss,
        )  # fmt: skip

    async def write(self, unit: Callable[[Tx], object]) -> None:
        """By our own writer."""
        job = Job(unit, writable=True)
        self.lane.add(job)
        await job.wait()

    async def look(self) -> int:
        """Have the watch look as often as it needs; how often it told of others."""
        self.watch.start(self.lane, ())
        self.watch.stop()
        for _ in range(2):
            self.watch.note_neighbours(writing=self.lane.is_open)
            await self.write(lambda _tx: None)
        return sum(isinstance(each, WrittenBeside) for each in self.told)


@pytest_asyncio.fixture
async def stand(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Stand]:
    """A file of its own."""
    stand = Stand(Path(shutil.copy(migrated_sqlite, tmp_path / "idle.db")))
    yield stand
    await stand.lane.close()
    stand.keeper.close()


def write_beside(path: Path, number: int) -> None:
    """As a command does."""
    run_beside(f"sqlite:///{path}", lambda tx: add_member(tx, number))


async def test_a_connection_without_work_is_closed_and_opened_again(stand: Stand) -> None:
    """Its thread ends with it; what comes later finds everything."""
    before = set(threading.enumerate())
    await stand.write(lambda tx: add_member(tx, 1))
    (own,) = set(threading.enumerate()) - before
    stand.lane.rest(60.0)  # what was used a moment ago is kept
    await stand.write(lambda tx: add_member(tx, 3))
    assert own in threading.enumerate()
    stand.lane.rest(0.0)
    await asyncio.to_thread(own.join, 60)
    assert not own.is_alive()
    await stand.write(lambda tx: add_member(tx, 2))
    assert await asyncio.to_thread(run_beside, f"sqlite:///{stand.path}", directory.count_members) == 3


async def test_work_that_comes_while_a_connection_closes_is_done(stand: Stand) -> None:
    """It waits for the end of the one and the beginning of the next."""
    await stand.write(lambda tx: add_member(tx, 1))
    stand.lane.rest(0.0)
    await asyncio.gather(*(stand.write(lambda tx, each=number: add_member(tx, each)) for number in range(2, 12)))  # type: ignore[misc]
    assert await asyncio.to_thread(run_beside, f"sqlite:///{stand.path}", directory.count_members) == 11


async def test_a_file_that_is_gone_when_a_connection_is_opened_again_is_damage(stand: Stand) -> None:
    """No empty file is made in its place."""
    await stand.write(lambda tx: add_member(tx, 1))
    await stand.lane.close()
    stand.path.unlink()
    with pytest.raises(StoreDamaged, match="was deleted"):
        await stand.write(lambda tx: add_member(tx, 2))
    assert not stand.path.exists()


@pytest.mark.parametrize("is_open", [True, False])
async def test_what_others_write_is_told_once(stand: Stand, *, is_open: bool) -> None:
    """Whether our own writer is open or rests."""
    await stand.write(lambda tx: add_member(tx, 1))
    if not is_open:
        await stand.lane.close()
    first = await stand.look()
    write_beside(stand.path, 2)
    assert await stand.look() == first + 1
    assert await stand.look() == first + 1


async def test_what_we_write_ourselves_is_not_told(stand: Stand) -> None:
    """Else a busy shop would look for what it has done."""
    await stand.write(lambda tx: add_member(tx, 1))
    first = await stand.look()
    for number in range(2, 6):
        await stand.write(lambda tx, each=number: add_member(tx, each))  # type: ignore[misc]
        assert await stand.look() == first
    stand.lane.rest(0.0)
    await stand.lane.close()
    assert await stand.look() == first


async def test_what_others_write_before_our_writer_opens_is_told(stand: Stand) -> None:
    """Its connection knows nothing of it: to that one, it has always been so."""
    first = await stand.look()
    await stand.lane.close()
    write_beside(stand.path, 1)
    await stand.write(lambda tx: add_member(tx, 2))
    assert await stand.look() == first + 1


async def test_a_mark_changes_with_every_commit_and_with_nothing_else(sqlite_url: str) -> None:
    """Neither reading nor a unit that changes nothing is a reason to look again; a command beside the bot is one."""
    async with open_store(sqlite_url) as store:
        marks = [store.find_mark()]
        await store.read(directory.count_members)
        await store.write(directory.count_members)
        assert store.find_mark() == marks[0]
        await store.write(add_member, 1)
        marks.append(store.find_mark())
        run = asyncio.to_thread(run_beside, sqlite_url, lambda tx: add_member(tx, 2))
        await run
        marks.append(store.find_mark())
        assert len(set(marks)) == 3


async def test_a_running_store_tells_of_a_command_beside_it(sqlite_url: str) -> None:
    """Within a moment, and without reading for it."""
    heard = asyncio.Event()
    async with open_store(sqlite_url) as store:
        store.subscribe(lambda _: heard.set(), WrittenBeside)
        await asyncio.to_thread(run_beside, sqlite_url, lambda tx: add_member(tx, 1))
        await asyncio.wait_for(heard.wait(), 60)
