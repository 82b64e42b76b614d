"""The instance lock of a PostgreSQL schema: an advisory lock on a connection of its own.

A second lock, the fence, is shared by every connection that works; who takes the instance lock waits once for the
fence, so that nothing a killed process still had under way can commit behind its successor's back.

Both are locks of a session: a pooler that hands sessions out per transaction breaks them, and is refused.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

import psycopg
from psycopg.pq import ConnStatus
from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import Connection, connect, describe, explain, find_schema
from storage.errors import StoreBusy, StoreError, StoreLost, StoreUnavailable
from storage.records import ShopChanged
from storage.tx import Announce, Loss

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5
"""How long a new process tries: the server frees the lock of a killed one within milliseconds."""

FENCE_SECONDS = 5.0
"""For how long what a former process still has under way is waited for."""

RESTART_SECONDS = 60.0
"""For how long a lock that broke is tried for again: a server that restarts, or its host, needs no longer."""

PAUSE_SECONDS = 0.05
RESTART_PAUSE_SECONDS = 0.5
POOLER_LOOKS = 5

_KEY = "hashtextextended(%s || coalesce(current_schema(), ''), 0)"
_LISTEN = b"LISTEN passalong_shop_changed"
_HELD = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted AND pid = %s"
_END_HOLDER = """
SELECT pg_terminate_backend(pid) FROM (
  SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND granted AND pid = %s
) AS held
"""
_STRANGERS = """
SELECT 1 FROM pg_locks
WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND objsubid = 1 AND pid <> ALL(%s)
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32) | objid::bigint = hashtextextended(%s || coalesce(current_schema(), ''), 0)
"""
INSTANCE = "passalong instance "
FENCE = "passalong fence "

POOLED = (
    "The address of the database leads to a pooler that hands a connection to others after each transaction or statement "
    "(pgbouncer's pool_mode). Give PostgreSQL's own address, or a pool_mode of session."
)


class PostgresLock:
    """The lock, held; watches its connection on the event loop, and takes the lock anew where the server went.

    The server tells on the same connection what other processes change.
    """

    def __init__(
        self,
        connection: Connection,
        url: str,
        loss: Loss,
        announce: Announce,
        *,
        restart_seconds: float = RESTART_SECONDS,
    ) -> None:
        self._url = url
        self._loss = loss
        self._announce = announce
        self._restart_seconds = restart_seconds
        self._retaking: asyncio.Task[None] | None = None
        self._connection = connection
        self._holder: int | None = None
        self._workers: set[int] = set()
        self._acquiring: asyncio.Future[Connection] | None = None
        self._hold(connection)

    def get_holder(self) -> int:
        """The server's process that holds the lock; may be asked on any thread.

        Raises:
            StoreLost: it is lost for good.
            StoreUnavailable: nobody holds it at this moment.
        """
        if self._loss.error is not None:
            raise StoreLost(str(self._loss.error))
        if self._holder is None:
            raise StoreUnavailable(f"The database {describe(self._url)} is away; it is waited for.")
        return self._holder

    def admit(self, connection: Connection) -> None:
        """Let a connection work under this lock; on any thread.

        Raises:
            StoreLost: the lock is lost for good.
            StoreUnavailable: nobody holds it at this moment.
        """
        join_fence(connection, self.get_holder())
        self._workers.add(_find_process(connection))

    async def close(self) -> None:
        """Free the lock."""
        if self._retaking is not None:
            self._retaking.cancel()
            await asyncio.wait({self._retaking})
            await self._close_late()
        elif self._holder is not None:
            asyncio.get_running_loop().remove_reader(self._connection.fileno())
        self._connection.close()

    def _hold(self, connection: Connection) -> None:
        self._connection = connection
        self._holder = _find_process(connection)
        connection.execute(_LISTEN)
        asyncio.get_running_loop().add_reader(connection.fileno(), self._look)

    def _look(self) -> None:
        """Called when the server says something: a goodbye as a rule."""
        descriptor = self._connection.fileno()
        try:
            self._connection.pgconn.consume_input()
        except psycopg.OperationalError:
            pass
        else:
            if self._connection.pgconn.status == ConnStatus.OK:
                self._hear()
                return
        asyncio.get_running_loop().remove_reader(descriptor)
        former, self._holder = self._holder, None
        self._connection.close()
        logger.warning("The connection that holds the database's lock broke; taking the lock again")
        self._retaking = asyncio.create_task(self._retake(former))

    def _hear(self) -> None:
        """Pass on that a shop of this database has changed; whose it is costs a look."""
        told = False
        while self._connection.pgconn.notifies() is not None:
            told = True
        if told:
            self._announce([ShopChanged()])

    async def _retake(self, former: int | None) -> None:
        """Take the lock again, however often the server refuses to talk; only another holder, or time, ends it."""
        deadline = time.monotonic() + self._restart_seconds
        said = ""
        while time.monotonic() < deadline:
            try:
                self._acquiring = asyncio.ensure_future(self._acquire_anew(former))
                connection = await asyncio.shield(self._acquiring)
            except StoreBusy as error:
                self._loss.note(StoreLost(f"The lock of the database was lost: {error}"))
                return
            except (psycopg.Error, StoreError) as error:
                said = str(explain(error, self._url)).strip()
                await asyncio.sleep(RESTART_PAUSE_SECONDS)
            else:
                self._hold(connection)
                self._retaking = None
                self._announce([ShopChanged()])  # nobody listened meanwhile
                logger.warning("The lock of the database is held again")
                return
        self._loss.note(StoreLost(f"The database was away for {self._restart_seconds:.0f} s: {said}"))

    async def _acquire_anew(self, former: int | None) -> Connection:
        return await asyncio.to_thread(acquire, self._url, former=former, ours=list(self._workers))

    async def _close_late(self) -> None:
        """A thread goes on when the one who waits for it is cancelled: what it brings is closed."""
        if self._acquiring is not None:
            await asyncio.wait({self._acquiring})
            if self._acquiring.exception() is None:
                self._acquiring.result().close()


def acquire(url: str, *, former: int | None = None, ours: Sequence[int] = ()) -> Connection:
    """Take the instance lock on a new connection; blocks for a moment at most.

    Args:
        url: The database.
        former: The server's process that held the lock for us; the server may not know yet that we have lost it.
        ours: The server's processes that work for us, and go on.

    Raises:
        StoreBusy: another process holds it.
        StoreUnavailable: through this address no lock can be held.
    """
    connection = connect(url)
    try:
        refuse_pooler(connection, url)
        if schema := find_schema(url):
            connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))
        if former is not None:
            connection.execute(_END_HOLDER.encode(), (former,))
        _try_for_a_while(connection, url)
        _wait_for_strangers(connection, url, ours) if ours else _wait_for_fence(connection, url)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_pooler(connection: Connection, url: str) -> None:
    """Make sure that this session is ours alone, as long as it lasts.

    A pooler tells a process of its own at the connection; what shares sessions shows itself as soon as another
    connection is busy.

    Raises:
        StoreUnavailable: it is handed to others after each transaction.
    """
    if _find_process(connection) == connection.info.backend_pid:
        return
    for _ in range(POOLER_LOOKS):
        before = _find_process(connection)
        try:
            with connect(url) as other, other.transaction():
                shared = before == _find_process(other) or _find_process(connection) != before
        except psycopg.errors.ProtocolViolation:  # it hands out single statements, and takes no transaction at all
            shared = True
        if shared:
            raise StoreUnavailable(POOLED)


def join_fence(connection: Connection, holder: int | None = None) -> None:
    """Let a connection that works be seen by whoever takes the instance lock next.

    Args:
        connection: One that will work.
        holder: The server's process that holds the lock for us.

    Raises:
        StoreUnavailable: somebody is taking the lock at this moment, or `holder` does not hold it any more.
    """
    if not _ask(connection, f"SELECT pg_try_advisory_lock_shared({_KEY})", FENCE):
        raise StoreUnavailable("The lock of the database is being taken anew.")
    if holder is not None and not _ask(connection, _HELD, holder):
        raise StoreUnavailable("The lock of the database broke; it is taken again.")


def _find_process(connection: Connection) -> int:
    found = connection.execute(b"SELECT pg_backend_pid()").fetchone()
    assert found is not None
    return int(found[0])


def _try_for_a_while(connection: Connection, url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not _ask(connection, f"SELECT pg_try_advisory_lock({_KEY})", INSTANCE):
        if time.monotonic() >= until:
            raise StoreBusy(f"The database {describe(url)} is in use by another process.")
        time.sleep(PAUSE_SECONDS)


def _wait_for_fence(connection: Connection, url: str) -> None:
    connection.execute(f"SET lock_timeout = '{FENCE_SECONDS:.0f}s'".encode())
    try:
        _ask(connection, f"SELECT pg_advisory_lock({_KEY})", FENCE)
    except psycopg.errors.LockNotAvailable:
        raise StoreBusy(f"A former process still works on the database {describe(url)}.") from None
    _ask(connection, f"SELECT pg_advisory_unlock({_KEY})", FENCE)


def _wait_for_strangers(connection: Connection, url: str, ours: Sequence[int]) -> None:
    """Likewise, where our own connections are inside the fence: nobody could pass it since they joined."""
    until = time.monotonic() + FENCE_SECONDS
    while connection.execute(_STRANGERS.encode(), (list(ours), FENCE)).fetchone():
        if time.monotonic() >= until:
            raise StoreBusy(f"A former process still works on the database {describe(url)}.")
        time.sleep(PAUSE_SECONDS)


def _ask(connection: Connection, question: str, value: object) -> object:
    row = connection.execute(question.encode(), (value,)).fetchone()
    return row[0] if row else None
