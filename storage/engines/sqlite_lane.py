"""SQLite connections, each on its own thread: statements on it, the lane of jobs that feeds it, and all lanes of a database."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Protocol, TypeVar, cast

import aiosqlite
from sqlalchemy.dialects.sqlite import insert

from storage.engines.sqlite_dialect import SqliteDialect
from storage.engines.sqlite_faults import explain, find_code
from storage.errors import StoreDamaged
from storage.leases import Tenure
from storage.tx import Announce, Clock, Job, Loss, Row, Statement, Statements, Values, settle

# Named values are handed over as they are; positional ones would have to be put in order for every run.
STATEMENTS = Statements(SqliteDialect(paramstyle="named"), insert)


class SqliteSession:
    """See `storage.tx.Session`."""

    __slots__ = ("_raw",)

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def fetch(self, statement: Statement, values: Values) -> list[Row]:
        """Run a statement and return all of its rows."""
        return self._raw.execute(*STATEMENTS.render(statement, values)).fetchall()

    def run(self, statement: Statement, values: Values) -> int:
        """Run a statement and return how many rows it changed."""
        return self._raw.execute(*STATEMENTS.render(statement, values)).rowcount

    def fetch_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run a statement once per values, in order, and return the first row of each run."""
        found = (self.fetch(statement, each) for each in values)
        return [rows[0] if rows else None for rows in found]

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a statement without rows once per values, in order."""
        if values:
            rendered = [STATEMENTS.render(statement, each) for each in values]
            self._raw.executemany(rendered[0][0], [each for _, each in rendered])

    def wait_for_writers(self, table: str) -> None:
        """Nothing to wait for: there is one writer at a time."""

    def take_turn(self, what: str) -> None:
        """Likewise."""

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Run SQLite's quick check of the file, as far as it comes in that time."""
        return list_faults(self._raw, limit_seconds=limit_seconds)

    def list_corruption(self) -> list[str]:
        """Run SQLite's own checks of the file and of the foreign keys."""
        faults = [str(row[0]) for row in self._raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        orphans = self._raw.execute("PRAGMA foreign_key_check").fetchall()
        return faults + [f"{table} row {row} points to a missing row of {parent}" for table, row, parent, _ in orphans]


def list_faults(raw: sqlite3.Connection, *, limit_seconds: float) -> list[str]:
    """SQLite's quick check of the file, as far as it comes in that time."""
    until = time.monotonic() + limit_seconds
    raw.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        return [str(row[0]) for row in raw.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
    except sqlite3.DatabaseError as error:
        if find_code(error) == sqlite3.SQLITE_INTERRUPT:
            return []
        raise
    finally:
        raw.set_progress_handler(None, 0)


T = TypeVar("T")

STATEMENTS_CACHED = 256
"""Prepared statements the driver keeps: more than there are statements in storage/tables."""


SHRINK = "PRAGMA shrink_memory"
"""Lets go of all pages; the schema and the statements stay."""


def connect(path: str) -> aiosqlite.Connection:
    """Return a connection, to a path or a file: address, to be entered with `async with`: its thread is no daemon and would outlive a failed start."""
    # isolation_level=None: the driver begins no transaction by itself.
    return aiosqlite.connect(path, isolation_level=None, cached_statements=STATEMENTS_CACHED, uri=True)


async def call_on_thread(connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function on the connection's own thread, as one call, and give it the raw connection.

    It has the caller's context, so that what it logs says whose shop it is.
    """
    raw = connection._conn  # noqa: SLF001  # the reason for this module
    execute = cast("Any", connection._execute)  # noqa: SLF001  # the reason for this module
    return cast("T", await execute(copy_context().run, function, raw))


class RunJobs(Protocol):
    """Runs jobs on a raw connection, on that connection's thread."""

    def __call__(self, raw: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        """Run them all; each notes its own outcome."""


class Lane:
    """Runs jobs in the order they came, as many as wait (up to `limit`) per call on the thread.

    Its connection is opened for the first job. Where none has come for a while `rest` closes it, or, where it is to be
    `kept`, has it let go of what it has read: to open one is to learn the schema anew, which costs milliseconds.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[aiosqlite.Connection]],
        run: RunJobs,
        limit: int,
        *,
        announce: Announce,
        loss: Loss,
        connection: aiosqlite.Connection | None = None,
        check_files: Callable[[], None] = lambda: None,
        kept: bool = False,
    ) -> None:
        self._connect = connect
        self._connection = connection
        self._run = run
        self._limit = limit
        self._announce = announce
        self._loss = loss
        self._check_files = check_files
        self._kept = kept
        self._rested = False
        self._waiting: deque[Job] = deque()
        self._running: Sequence[Job] = ()
        self._worker: asyncio.Task[None] | None = None
        self._used_at = time.monotonic()

    def __len__(self) -> int:
        """Return how many jobs wait or run."""
        return len(self._waiting) + len(self._running)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection."""
        return self._connection is not None

    def add(self, job: Job) -> None:
        """Queue a job; on the loop."""
        self._waiting.append(job)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    def rest(self, idle_seconds: float) -> bool:
        """Have the connection rest where it had nothing to do for so long, and say whether that was begun; on the loop."""
        idle = self._worker is None and self.is_open and time.monotonic() - self._used_at >= idle_seconds
        if not idle or self._rested:
            return False
        self._rested = self._kept
        self._worker = asyncio.create_task(self._work(self._shrink() if self._kept else self._leave()))
        return True

    async def close(self) -> None:
        """Wait until nothing waits or runs, and close the connection."""
        while self._worker is not None:
            await asyncio.wait((self._worker,))
        await self._leave()

    async def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # nothing of it is needed any more
                await connection.close()

    async def _shrink(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):  # whoever reads next meets it
                await call_on_thread(self._connection, lambda raw: raw.execute(SHRINK).close())

    async def _work(self, first: Awaitable[None] | None = None) -> None:
        try:
            if first is not None:
                await first
            while self._waiting:
                count = min(len(self._waiting), self._limit)
                self._running, self._rested = [self._waiting.popleft() for _ in range(count)], False
                try:  # the thread reports through the jobs; an error here means that it did not run them
                    if self._connection is None:
                        self._connection = await self._connect()
                    await call_on_thread(self._connection, partial(self._run, jobs=self._running))
                except Exception as error:  # noqa: BLE001  # whatever it is, every caller must hear of it
                    for job in self._running:
                        job.fail(explain(error))
                damaged = [job for job in self._running if isinstance(job.error, StoreDamaged)]
                if damaged:
                    self._find_causes(damaged)
                settle(self._running, self._announce)
                for job in self._running:
                    if job.error is not None:
                        self._loss.note(job.error)
        finally:
            self._running, self._used_at = (), time.monotonic()
            self._worker = None

    def _find_causes(self, damaged: Sequence[Job]) -> None:
        """A file that is gone or another is met as a disk that fails: what has happened to it is the better word."""
        try:
            self._check_files()
        except StoreDamaged as cause:
            for job in damaged:
                job.fail(cause)


class SqliteEngine:
    """See `storage.store.Engine`."""

    tenure: Tenure | None = None

    def __init__(self, writer: Lane, readers: Sequence[Lane], loss: Loss, find_mark: Callable[[], object]) -> None:
        self._readers = readers
        self.write = writer.add
        self.find_mark = find_mark
        self.loss = loss

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""
        min(self._readers, key=len).add(job)


Check = Callable[[sqlite3.Connection], None]
"""Asked before each commit; what it raises undoes the transaction."""


class TransactionGoneError(Exception):
    """SQLite rolled the whole transaction back by itself, as it does when the disk is full."""


def _nothing(_raw: sqlite3.Connection) -> None:
    """No check at all."""


def write_jobs(raw: sqlite3.Connection, jobs: Sequence[Job], clock: Clock, check: Check = _nothing) -> None:
    """Run and commit jobs together; where that cannot be, run each again alone, so that only the guilty fail.

    A savepoint keeps a copy of every page that its unit changes, which costs more than most units do: jobs have one each
    only when one of them has failed, and then all of them run a second time.
    """
    together = len(jobs) > 1 and (
        _run_together(raw, jobs, clock, check, _run_bare) or _run_together(raw, jobs, clock, check, _run_in_savepoint)
    )
    for job in () if together else jobs:
        _run_alone(raw, job, clock, check)


def read_jobs(raw: sqlite3.Connection, jobs: Sequence[Job], clock: Clock) -> None:
    """Run jobs that only read, all on one picture of the database, taken after the last of them came; closed at once."""
    try:
        raw.execute("BEGIN")
    except sqlite3.Error as error:
        for job in jobs:
            job.fail(explain(error))
        return
    for job in jobs:
        try:
            job.run(SqliteSession(raw), clock)
        except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
            job.fail(explain(error))
    _roll_back(raw)


def _run_alone(raw: sqlite3.Connection, job: Job, clock: Clock, check: Check) -> None:
    try:
        raw.execute("BEGIN IMMEDIATE")
        job.run(SqliteSession(raw), clock)
        check(raw)
        raw.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
        job.fail(explain(error))
        _roll_back(raw)


RunJob = Callable[[sqlite3.Connection, SqliteSession, Job, Clock], None]
"""Runs one of several jobs in the transaction that is open."""


def _run_together(raw: sqlite3.Connection, jobs: Sequence[Job], clock: Clock, check: Check, run: RunJob) -> bool:
    """Whether all of them are committed; else none is, and each meets its own error again in the next run."""
    try:
        raw.execute("BEGIN IMMEDIATE")
        session = SqliteSession(raw)
        for job in jobs:
            run(raw, session, job, clock)
        check(raw)
        raw.execute("COMMIT")
    except BaseException:  # noqa: BLE001  # whatever it is, it ends nothing but this transaction
        _roll_back(raw)
        return False
    return True


def _run_bare(_raw: sqlite3.Connection, session: SqliteSession, job: Job, clock: Clock) -> None:
    job.run(session, clock)


def _run_in_savepoint(raw: sqlite3.Connection, session: SqliteSession, job: Job, clock: Clock) -> None:
    raw.execute("SAVEPOINT unit")
    try:
        job.run(session, clock)
    except BaseException as error:  # handed to the caller, whatever it is
        job.fail(explain(error))
        if not raw.in_transaction:
            raise TransactionGoneError from error
        raw.execute("ROLLBACK TO unit")
    raw.execute("RELEASE unit")


def _roll_back(raw: sqlite3.Connection) -> None:
    if raw.in_transaction:
        # Where even this fails, the next BEGIN fails too and leads here again.
        with suppress(sqlite3.Error):
            raw.execute("ROLLBACK")
