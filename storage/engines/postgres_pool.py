"""A bounded pool of connections to PostgreSQL, as many as the server grants."""

from __future__ import annotations

import itertools
import logging
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

from storage.engines.postgres_connection import Connection, connect, explain
from storage.engines.postgres_lock import PostgresLock
from storage.engines.postgres_session import PostgresSession
from storage.errors import CommitUnknown, StoreUnavailable
from storage.tx import Clock, Job

logger = logging.getLogger(__name__)

ATTEMPTS = 5
LONGEST_PAUSE_SECONDS = 0.05

WRITING = b"BEGIN"
READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Two transactions in each other's way: the server undid one of them.
_CONFLICTS = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


class PostgresPool:
    """Runs jobs on whatever thread calls, each on a connection that is free.

    Where the server grants fewer connections than `most`, those there are go round: one is enough.
    """

    def __init__(self, url: str, clock: Clock, lock: PostgresLock, *, most: int) -> None:
        self._url = url
        self._clock = clock
        self._lock = lock
        self._most = most
        self._free: list[Connection] = []
        self._opened = 0
        self._opening = False
        """One at a time, so that what is not granted is met once; meanwhile those there are go round."""
        self._changed = threading.Condition()

    def run(self, job: Job, begin: bytes) -> None:
        """Run a job in one transaction and note its outcome; again after a conflict or a broken connection."""
        for attempt in itertools.count(1):
            try:
                with self._lend() as connection:
                    broken = self._attempt(connection, job, begin)
            except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
                broken = error
            if broken is None:
                return
            job.fail(explain(broken, self._url))
            if attempt == ATTEMPTS or not _is_worth_another(broken):
                return
            time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS) * attempt)  # noqa: S311  # not a secret

    def close(self) -> None:
        """Close the connections, once no job runs any more."""
        with self._changed:
            for connection in self._free:
                connection.close()

    def _attempt(self, connection: Connection, job: Job, begin: bytes) -> BaseException | None:
        """Run a job once; what hindered it, if anything. Only a connection at rest may be used again."""
        try:
            connection.execute(begin)
            job.run(PostgresSession(connection), self._clock)
            _commit(connection)
        except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
            _roll_back(connection)
            return error
        return None

    @contextmanager
    def _lend(self) -> Iterator[Connection]:
        connection = self._take()
        try:
            yield connection
        finally:
            with self._changed:
                if connection.closed:
                    self._opened -= 1
                else:
                    self._free.append(connection)
                self._changed.notify()

    def _take(self) -> Connection:
        with self._changed:
            while not self._free and (self._opening or self._opened >= self._most):
                self._changed.wait()
            if self._free:
                return self._free.pop()
            self._opening = True
        try:
            connection = self._open()
        except psycopg.OperationalError as error:
            if not (self._opened and _is_crowded(error)):
                raise
            self._most = self._opened
            logger.warning("The database grants no more connections: going on with %d", self._most)
        else:
            with self._changed:
                self._opened += 1
            return connection
        finally:
            with self._changed:
                self._opening = False
                self._changed.notify_all()
        return self._take()

    def _open(self) -> Connection:
        connection = connect(self._url)
        try:
            self._lock.admit(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _commit(connection: Connection) -> None:
    try:
        done = connection.execute(b"COMMIT").statusmessage
    except psycopg.OperationalError as error:
        if isinstance(error, _CONFLICTS):
            raise
        raise CommitUnknown("The database broke off during a commit: whether it counts is not known.") from None
    if done != "COMMIT":
        raise StoreUnavailable("A unit of work hid an error of the database, which then undid the unit.")


def _roll_back(connection: Connection) -> None:
    """Bring a connection to rest, or close it: what is still in a transaction must not meet the next unit."""
    try:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.execute(b"ROLLBACK")
    except psycopg.Error:
        connection.close()
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.close()


def _is_worth_another(error: BaseException) -> bool:
    """Whether the unit surely changed nothing and may fare better: never after a doubtful commit."""
    if isinstance(error, _CONFLICTS):
        return True
    if not isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return False
    return error.diag.sqlstate in _CUT_OFF


_CUT_OFF = {None, "57P01", "57P02", "57P03", "57P05", "08006", "08003", "25P03"}
"""What a connection ends with when the server or the network goes; None where nobody could say anything any more."""


def _is_crowded(error: psycopg.OperationalError) -> bool:
    said = str(error)
    return error.diag.sqlstate == "53300" or any(
        words in said for words in ("too many clients", "too many connections", "remaining connection slots")
    )
