"""An idle SQLite file costs no thread, and what another process writes to it is told."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import aiosqlite
import pytest
import pytest_asyncio

from storage import StoreDamaged, open_store
from storage.beside import run_beside
from storage.engines import sqlite_watch
from storage.engines.sqlite import open_writer
from storage.engines.sqlite_files import DatabaseFiles
from storage.engines.sqlite_lane import SHRINK, Lane, connect, read_jobs, write_jobs
from storage.engines.sqlite_watch import Keeper, SqliteWatch
from storage.heap import HEAP, LATER_SECONDS, Heap
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
        self.given_back = asyncio.Event()
        self.seconds = 0.0
        self.heap = Heap(partial(self._give_back, asyncio.get_running_loop()), clock=lambda: self.seconds)
        self.watch = SqliteWatch(self.files, self.keeper, self.told.extend, self.loss, self.heap)
        self.lane = Lane(
            lambda: open_writer(path, self.files, self.watch), lambda raw, jobs: write_jobs(raw, jobs, lambda: 0, self.files.check_commit), 8,
            announce=self.told.extend, loss=self.loss,
        )  # fmt: skip

    def _give_back(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(self.given_back.set)

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


async def test_what_a_closed_connection_took_is_given_back_a_while_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for all that has closed by then, and not where nothing has."""
    monkeypatch.setattr(sqlite_watch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(sqlite_watch, "IDLE_SECONDS", 0.0)
    await stand.write(lambda tx: add_member(tx, 1))
    stand.watch.start(stand.lane, ())
    async with asyncio.timeout(60):
        while stand.lane.is_open:  # noqa: ASYNC110 -- a lane tells nobody
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert not stand.given_back.is_set()
        stand.seconds = LATER_SECONDS
        await stand.given_back.wait()
    stand.given_back.clear()
    stand.seconds *= 3
    await asyncio.sleep(0.05)
    assert not stand.given_back.is_set()
    stand.watch.stop()


async def test_a_process_has_one_heap(stand: Stand) -> None:
    """What one shop frees lies among what others keep."""
    watches = [SqliteWatch(stand.files, stand.keeper, stand.told.extend, stand.loss) for _ in range(2)]
    assert [each.heap for each in watches] == [HEAP, HEAP]


async def test_a_connection_that_is_kept_lets_go_of_its_pages_once(stand: Stand) -> None:
    """Whoever reads next finds the schema learned; only then there are pages again."""
    ran = list[str]()

    async def open_it() -> aiosqlite.Connection:
        connection = await connect(str(stand.path))
        await connection.set_trace_callback(ran.append)
        return connection

    def run(raw: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        read_jobs(raw, jobs, lambda: 0)

    async def read() -> None:
        job = Job(directory.count_members, writable=False)
        lane.add(job)
        await job.wait()

    lane = Lane(open_it, run, 8, announce=stand.told.extend, loss=stand.loss, kept=True)
    for rests in (1, 2):
        await read()
        await read()
        assert [lane.rest(60.0), lane.rest(0.0)] == [False, True]
        async with asyncio.timeout(60):
            while ran.count(SHRINK) < rests:  # noqa: ASYNC110 -- a list tells nobody
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert lane.is_open
        assert not lane.rest(0.0)
    await lane.close()
    assert not lane.is_open


async def test_of_an_idle_store_one_connection_stays_with_its_thread(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked for twice a minute would else open one each time."""
    monkeypatch.setattr(sqlite_watch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(sqlite_watch, "IDLE_SECONDS", 1_000.0)
    before = set(threading.enumerate())

    def list_own() -> list[threading.Thread]:
        return [each for each in set(threading.enumerate()) - before if not each.name.startswith("asyncio")]

    async with open_store(sqlite_url) as store:
        await asyncio.gather(*(store.read(directory.count_members) for _ in range(8)), store.write(add_member, 1))
        assert len(list_own()) == 3
        monkeypatch.setattr(sqlite_watch, "IDLE_SECONDS", 0.0)
        async with asyncio.timeout(60):
            while len(list_own()) > 1:  # noqa: ASYNC110 -- threads tell nobody
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        (kept,) = list_own()
        assert await store.read(directory.count_members) == 1
        assert kept.is_alive()


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


async def test_what_a_look_at_the_whole_file_finds_ends_the_store(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason; a file that cannot be looked at now is no damage."""
    found: list[Exception] = [OSError("the disk is busy"), StoreDamaged("page 7 is not what it was")]

    def look() -> None:
        raise found.pop(0)

    monkeypatch.setattr(stand.files, "look", look)
    await stand.watch._read_anew()
    assert not stand.loss.error
    assert "the disk is busy" in caplog.text
    await stand.watch._read_anew()
    assert str(stand.loss.error) == "page 7 is not what it was"
