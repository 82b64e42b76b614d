"""The instance lock of a PostgreSQL database: an advisory lock on a connection of its own.

A second lock, the fence, is shared by every connection that works; who takes the instance lock waits once for the
fence, so that nothing a killed process still had under way can commit behind its successor's back.

Both are locks of a session: a pooler that hands sessions out per transaction (pgbouncer in that mode) breaks them.
"""

from __future__ import annotations

import asyncio
import time

import psycopg
from psycopg.pq import ConnStatus

from storage.engines.postgres_connection import Connection, connect, describe
from storage.errors import StoreBusy, StoreLost

PATIENCE_SECONDS = 0.5
"""How long a new process tries: the server frees the lock of a killed one within milliseconds."""

PAUSE_SECONDS = 0.05

_KEY = "hashtextextended(%s || coalesce(current_schema(), ''), 0)"
INSTANCE = "passalong instance "
FENCE = "passalong fence "


class PostgresLock:
    """The lock, held; watches its connection on the event loop."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lost = asyncio.Event()
        asyncio.get_running_loop().add_reader(connection.fileno(), self._look)

    @property
    def is_lost(self) -> bool:
        """Whether the connection broke, and the lock with it."""
        return self._lost.is_set()

    async def wait_lost(self) -> None:
        """Return when the lock is lost."""
        await self._lost.wait()

    def close(self) -> None:
        """Free the lock."""
        if not self.is_lost:
            asyncio.get_running_loop().remove_reader(self._connection.fileno())
        self._connection.close()

    def _look(self) -> None:
        """Called when the server says something: a goodbye as a rule."""
        descriptor = self._connection.fileno()
        try:
            self._connection.pgconn.consume_input()
        except psycopg.OperationalError:
            pass
        else:
            if self._connection.pgconn.status == ConnStatus.OK:
                return
        asyncio.get_running_loop().remove_reader(descriptor)
        self._lost.set()


def acquire(url: str) -> Connection:
    """Take the instance lock on a new connection; blocks for a moment at most.

    Raises:
        StoreBusy: another process holds it.
    """
    connection = connect(url)
    try:
        _try_for_a_while(connection, url)
        _wait_for_fence(connection, url)
    except BaseException:
        connection.close()
        raise
    return connection


def join_fence(connection: Connection) -> None:
    """Let a connection that works be seen by whoever takes the instance lock next.

    Raises:
        StoreLost: somebody else is taking it at this moment.
    """
    if not _ask(connection, f"SELECT pg_try_advisory_lock_shared({_KEY})", FENCE):
        raise StoreLost("Another process is taking over the database.")


def _try_for_a_while(connection: Connection, url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not _ask(connection, f"SELECT pg_try_advisory_lock({_KEY})", INSTANCE):
        if time.monotonic() >= until:
            raise StoreBusy(f"The database {describe(url)} is in use by another process.")
        time.sleep(PAUSE_SECONDS)


def _wait_for_fence(connection: Connection, url: str) -> None:
    connection.execute("SET lock_timeout = '5s'")
    try:
        _ask(connection, f"SELECT pg_advisory_lock({_KEY})", FENCE)
    except psycopg.errors.LockNotAvailable:
        raise StoreBusy(f"A former process still works on the database {describe(url)}.") from None
    _ask(connection, f"SELECT pg_advisory_unlock({_KEY})", FENCE)


def _ask(connection: Connection, question: str, name: str) -> object:
    row = connection.execute(question.encode(), (name,)).fetchone()
    return row[0] if row else None
