"""SQLite: one connection that writes, a few that read, each on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from functools import partial
from pathlib import Path

import aiosqlite

from storage.engines.file_lock import hold_file_lock
from storage.engines.sqlite_lane import CURE, DAMAGE, Lane, call_on_thread, connect, find_code, read_jobs, write_jobs
from storage.engines.sqlite_upgrade import check_quickly, prepare
from storage.errors import StoreDamaged, StoreUnavailable
from storage.tx import Announce, Clock, Job, Loss

_COUNTED = "SELECT coalesce(sum(seq), 0) FROM sqlite_sequence"
"""Grows with every row of a numbered table, and never shrinks."""


_INDEX = "-shm"
"""Of the write-ahead log. It holds the locks: where it is gone, whoever opens the database next knows of nobody else."""


class DatabaseFiles:
    """The database and its write-ahead log with its index, as they were opened.

    A file that was deleted or replaced goes on working for whoever has it open, and everything written to it is lost with
    the process: SQLite says nothing. `check` is cheap enough to be asked before every commit; `look` reads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = {each: each.stat() for each in (path, Path(f"{path}-wal"), Path(f"{path}{_INDEX}")) if each.exists()}
        self._marks = {each: (stat.st_dev, stat.st_ino) for each, stat in found.items()}
        """What tells a file from another of the same name."""
        self._written = self._read_written()
        self._counted = self._count()

    def check(self) -> None:
        """Compare the files of these names with those that are open.

        Raises:
            StoreDamaged: one is gone, or another stands in its place.
        """
        for path, mark in self._marks.items():
            try:
                now = os.stat(path)  # noqa: PTH116 -- thrice before every commit
            except FileNotFoundError:
                raise StoreDamaged(f"{path} was deleted while the bot was running. {CURE}") from None
            if (now.st_dev, now.st_ino) != mark:
                raise StoreDamaged(f"{path} was replaced by another file while the bot was running. {CURE}")

    def look(self) -> None:
        """Also notice content that was copied over the file: it would be mixed with what is in memory.

        Raises:
            StoreDamaged: as `check`, or what is in the file is older than what was written to it, or broken.
        """
        self.check()
        written = self._read_written()
        if written == self._written:
            return
        try:
            counted = self._count()
        except sqlite3.OperationalError:  # locked for a moment: look again later
            return
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{self._path} is broken: {error}. {CURE}") from error
        if counted < self._counted:
            raise StoreDamaged(f"{self._path} was overwritten with older content while the bot was running. {CURE}")
        self._written, self._counted = written, counted

    def _read_written(self) -> tuple[int, int, int]:
        """What changes whenever anything is written; checkpoints of our own are among it."""
        found = [path.stat() for path in self._marks if not path.name.endswith(_INDEX) and path.exists()]
        return len(found), max(each.st_mtime_ns for each in found), found[0].st_size

    def _count(self) -> int:
        """Ask on a connection of its own: the others have in memory what the file may not hold any more."""
        with closing(sqlite3.connect(f"file:{quote_path(self._path)}?mode=ro", uri=True, timeout=0.2)) as fresh:
            counted: int = fresh.execute(_COUNTED).fetchone()[0]
            return counted


def quote_path(path: Path) -> str:
    """A path as part of a URI."""
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


logger = logging.getLogger(__name__)

READERS = 2
WATCH_SECONDS = 5.0
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

WRITING_PRAGMAS = ("PRAGMA cache_size=-8000",)
"""Eight megabytes: with a million members the rows of a join lie far apart."""

READING_PRAGMAS = ("PRAGMA cache_size=-2000", "PRAGMA query_only=ON")


class SqliteEngine:
    """See `storage.store.Engine`."""

    def __init__(self, writer: Lane, readers: Sequence[Lane], loss: Loss) -> None:
        self._writer = writer
        self._readers = readers
        self.loss = loss

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""
        self._writer.add(job)

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""
        min(self._readers, key=len).add(job)

    async def drain(self) -> None:
        """Wait until no job is under way."""
        for lane in (self._writer, *self._readers):
            await lane.drain()


@asynccontextmanager
async def open_sqlite(url: str, clock: Clock, announce: Announce, *, migrate: bool) -> AsyncIterator[SqliteEngine]:
    """Open a SQLite file for this process alone, and bring it up to date."""
    path, loss = parse_path(url), Loss()
    async with AsyncExitStack() as stack:
        with _explained(path):
            stack.enter_context(hold_file_lock(path))
            writer = await _connect(stack, path, *WRITING_PRAGMAS)
            await call_on_thread(writer, partial(check_quickly, path=path))
            await call_on_thread(writer, partial(prepare, path=path, migrate=migrate))
            readers = [await _connect(stack, path, *READING_PRAGMAS) for _ in range(READERS)]
            files = await call_on_thread(writer, lambda _raw: DatabaseFiles(path))
        run_writes, run_reads = partial(write_jobs, clock=clock, check=files.check), partial(read_jobs, clock=clock)
        engine = SqliteEngine(
            Lane(writer, run_writes, JOBS_PER_COMMIT, announce, loss),
            [Lane(reader, run_reads, JOBS_PER_PICTURE, announce, loss) for reader in readers],
            loss,
        )
        stack.push_async_callback(engine.drain)
        watching = asyncio.create_task(_watch(files, loss))
        stack.callback(watching.cancel)
        yield engine


async def _watch(files: DatabaseFiles, loss: Loss) -> None:
    """Look at the files now and then, also while nobody writes."""
    while loss.error is None:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await asyncio.to_thread(files.look)
        except StoreDamaged as error:
            loss.note(error)
        except OSError as error:
            logger.warning("The files of the database cannot be looked at: %s", error)


def parse_path(url: str) -> Path:
    """Return the file that `sqlite:///relative.db` or `sqlite:////absolute.db` names.

    Raises:
        StoreUnavailable: it names none; a database in memory would forget everything.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path or ":memory:" in path or "?" in path:
        raise StoreUnavailable(f"{url!r} names no file: write sqlite:///file.db or sqlite:////absolute/file.db.")
    return Path(path)


async def _connect(stack: AsyncExitStack, path: Path, *more_pragmas: str) -> aiosqlite.Connection:
    connection = await stack.enter_async_context(connect(str(path)))
    await call_on_thread(connection, partial(_set_up, pragmas=(*PRAGMAS, *more_pragmas)))
    return connection


def _set_up(raw: sqlite3.Connection, *, pragmas: Sequence[str]) -> None:
    for pragma in pragmas:
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
