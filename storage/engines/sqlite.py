"""SQLite: one connection that writes, a few that read, each on a thread of its own; while there is nothing to do one that reads stays."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import aiosqlite

from storage.engines.file_lock import hold_file_lock
from storage.engines.sqlite_faults import CURE, DAMAGE, find_code
from storage.engines.sqlite_files import DatabaseFiles, compose_address
from storage.engines.sqlite_lane import Lane, SqliteEngine, call_on_thread, connect, read_jobs, write_jobs
from storage.engines.sqlite_upgrade import check_quickly, prepare
from storage.engines.sqlite_watch import Keeper, SqliteWatch
from storage.errors import StoreDamaged, StoreUnavailable
from storage.tx import Announce, Clock, Loss

READERS = 2
JOBS_PER_COMMIT = 64
"""Bounds how long the first of a batch waits for the last."""

JOBS_PER_PICTURE = 16
"""Reads are short, going to a thread and back is what costs; a long one holds up no more than this."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_size_limit=67108864",
)

WRITING_CACHE = (2_000, 8_000)
"""Kilobytes, fewest and most: with a million members the rows of a join lie far apart, and with a few thousand the system has
them all at hand."""

CACHED_PART = 4
"""Of so many pages of the file whoever writes keeps one."""

READING_PRAGMAS = ("PRAGMA cache_size=-2000", "PRAGMA query_only=ON")


@asynccontextmanager
async def open_sqlite(url: str, clock: Clock, announce: Announce, *, migrate: bool) -> AsyncIterator[SqliteEngine]:
    """Open a SQLite file for this process alone, and bring it up to date."""
    path, loss = parse_path(url), Loss()
    async with AsyncExitStack() as stack:
        with _explained(path):
            stack.enter_context(hold_file_lock(path))
            first = await stack.enter_async_context(connect(compose_address(path)))
            keeper, files = await call_on_thread(first, partial(_begin, path=path, migrate=migrate))
        stack.push_async_callback(asyncio.to_thread, keeper.close)
        watch = SqliteWatch(files, keeper, announce, loss)
        run_writes, run_reads = (
            partial(write_jobs, clock=clock, check=files.check_commit),
            partial(read_jobs, clock=clock),
        )
        make_lane = partial(Lane, announce=announce, loss=loss, check_files=files.check)
        writer = make_lane(partial(open_writer, path, files, watch), run_writes, JOBS_PER_COMMIT, connection=first)
        open_reader = partial(_open, path, files, READING_PRAGMAS)
        readers = [make_lane(open_reader, run_reads, JOBS_PER_PICTURE, kept=number == 0) for number in range(READERS)]
        for lane in (writer, *readers):
            stack.push_async_callback(lane.close)
        watch.start(writer, readers)
        stack.callback(watch.stop)
        yield SqliteEngine(writer, readers, loss, watch.find_mark)


def parse_path(url: str) -> Path:
    """Return the file that `sqlite:///relative.db` or `sqlite:////absolute.db` names.

    Raises:
        StoreUnavailable: it names none; a database in memory would forget everything.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path or ":memory:" in path or "?" in path:
        raise StoreUnavailable(f"{url!r} names no file: write sqlite:///file.db or sqlite:////absolute/file.db.")
    return Path(path)


def _begin(raw: sqlite3.Connection, *, path: Path, migrate: bool) -> tuple[Keeper, DatabaseFiles]:
    """Bring the file up to date; the connection goes on as the one that writes."""
    _set_up(raw, compose_writing_pragmas(path))
    check_quickly(raw, path=path)
    prepare(raw, path=path, migrate=migrate)
    keeper = Keeper(path)
    try:
        return keeper, DatabaseFiles(path, raw)
    except BaseException:
        keeper.close()
        raise


def compose_writing_pragmas(path: Path) -> tuple[str]:
    """What holds for the connection that writes, by the size that the file has when it is opened."""
    fewest, most = WRITING_CACHE
    kilobytes = path.stat().st_size // 1024 if path.exists() else 0
    return (f"PRAGMA cache_size=-{min(max(kilobytes // CACHED_PART, fewest), most)}",)


async def open_writer(path: Path, files: DatabaseFiles, watch: SqliteWatch) -> aiosqlite.Connection:
    """What others commit before this connection looks is nothing that it could tell of: the watch does."""
    watch.note_neighbours(writing=False)
    connection = await _open(path, files, compose_writing_pragmas(path), files.begin_writing)
    watch.note_neighbours(writing=False)
    return connection


async def _open(
    path: Path,
    files: DatabaseFiles,
    pragmas: Sequence[str],
    begin: Callable[[sqlite3.Connection], None] = lambda _raw: None,
) -> aiosqlite.Connection:
    """A connection to the file that is open already.

    Raises:
        StoreDamaged: it is not there any more, or another one is.
    """
    files.check()
    connection = await connect(compose_address(path))

    def set_up(raw: sqlite3.Connection) -> None:
        _set_up(raw, pragmas)
        files.check()
        begin(raw)

    try:
        await call_on_thread(connection, set_up)
    except BaseException:
        await connection.close()
        raise
    return connection


def _set_up(raw: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    for pragma in (*PRAGMAS, *pragmas):
        raw.execute(pragma)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say what hinders a database file from being opened."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, sqlite3.Error) and find_code(error) in DAMAGE:
            raise StoreDamaged(f"The database {path} is broken: {error}. {CURE}") from error
        raise StoreUnavailable(f"The database {path} cannot be opened: {error}") from error
