"""A bounded pool of threads, each with its own connection to PostgreSQL."""

from __future__ import annotations

import itertools
import random
import threading
import time
from contextlib import suppress

import psycopg

from storage.clock import Clock
from storage.engines.jobs import Job
from storage.engines.postgres_connection import Connection, connect, explain
from storage.engines.postgres_lock import join_fence
from storage.engines.postgres_session import PostgresSession
from storage.errors import StoreUnavailable

ATTEMPTS = 5
LONGEST_PAUSE_SECONDS = 0.05

WRITING = b"BEGIN"
READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Two transactions in each other's way: the server undid one of them.
_CONFLICTS = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


class PostgresPool:
    """Runs jobs on whatever thread calls, each on that thread's connection."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._local = threading.local()
        self._connections: set[Connection] = set()

    def run(self, job: Job, begin: bytes) -> None:
        """Run a job in one transaction and note its outcome; again after a conflict or a broken connection."""
        for attempt in itertools.count(1):
            try:
                self._attempt(job, begin)
            except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
                job.fail(explain(error, self._url))
                if attempt < ATTEMPTS and self._is_worth_another(error):
                    time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS) * attempt)  # noqa: S311  # not a secret
                    continue
            return

    def close(self) -> None:
        """Close the connections, once no job runs any more."""
        for connection in self._connections:
            connection.close()

    def _attempt(self, job: Job, begin: bytes) -> None:
        connection = self._get_connection()
        connection.execute(begin)
        try:
            job.run(PostgresSession(connection), self._clock)
        except BaseException:
            self._roll_back(connection)
            raise
        self._commit(connection)

    def _commit(self, connection: Connection) -> None:
        try:
            done = connection.execute(b"COMMIT").statusmessage
        except psycopg.OperationalError as error:
            if isinstance(error, _CONFLICTS):
                raise
            raise StoreUnavailable("The database broke off during a commit: whether it counts is not known.") from None
        if done != "COMMIT":
            raise StoreUnavailable("A unit of work hid an error of the database, which then undid the unit.")

    def _roll_back(self, connection: Connection) -> None:
        # A connection that cannot even do this is broken, and replaced when its thread works next.
        with suppress(psycopg.Error):
            connection.execute(b"ROLLBACK")

    def _is_worth_another(self, error: BaseException) -> bool:
        """Whether the unit surely changed nothing and may fare better: never after a doubtful commit."""
        if isinstance(error, _CONFLICTS):
            return True
        connection: Connection | None = getattr(self._local, "connection", None)
        return isinstance(error, psycopg.OperationalError) and (connection is None or connection.closed)

    def _get_connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and not connection.closed:
            return connection
        if connection is not None:
            self._connections.discard(connection)
            self._local.connection = None
        connection = connect(self._url)
        try:
            join_fence(connection)
        except BaseException:
            connection.close()
            raise
        self._connections.add(connection)
        self._local.connection = connection
        return connection
