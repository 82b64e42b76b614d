"""Group commit: jobs that wait at the same time share one transaction, each inside a savepoint of its own.

A commit at synchronous=FULL waits for the disk; sharing it is what makes many small units cheap.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress

from storage.clock import Clock
from storage.engines.jobs import Job
from storage.engines.sqlite_session import SqliteSession, explain

Check = Callable[[], None]
"""Asked before each commit; what it raises undoes the transaction."""


class TransactionGoneError(Exception):
    """SQLite rolled the whole transaction back by itself, as it does when the disk is full."""


def _nothing() -> None:
    """No check at all."""


def write_jobs(raw: sqlite3.Connection, jobs: Sequence[Job], clock: Clock, check: Check = _nothing) -> None:
    """Run and commit jobs together; where that cannot be, run each again alone, so that only the guilty fail."""
    if len(jobs) == 1:
        _run_alone(raw, jobs[0], clock, check)
        return
    try:
        _run_together(raw, jobs, clock, check)
    except Exception:  # noqa: BLE001  # each job meets its own error again below, alone
        for job in jobs:
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
        _run_reading(raw, job, clock)
    _roll_back(raw)


def _run_alone(raw: sqlite3.Connection, job: Job, clock: Clock, check: Check) -> None:
    try:
        raw.execute("BEGIN IMMEDIATE")
        job.run(SqliteSession(raw), clock)
        check()
        raw.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
        job.fail(explain(error))
        _roll_back(raw)


def _run_reading(raw: sqlite3.Connection, job: Job, clock: Clock) -> None:
    try:
        job.run(SqliteSession(raw), clock)
    except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
        job.fail(explain(error))


def _run_together(raw: sqlite3.Connection, jobs: Sequence[Job], clock: Clock, check: Check) -> None:
    raw.execute("BEGIN IMMEDIATE")
    try:
        session = SqliteSession(raw)
        for job in jobs:
            _run_in_savepoint(raw, session, job, clock)
        check()
        raw.execute("COMMIT")
    except BaseException:
        _roll_back(raw)
        raise


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
