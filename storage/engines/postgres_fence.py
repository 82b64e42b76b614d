"""The fence of a shop: nobody who has lost its lease commits anything behind the back of whoever has it now.

Each unit of work of a holder shares an advisory lock until its transaction ends, and then reads the lease's epoch. Whoever
takes the lease over counts the epoch up, commits that, and waits once for the lock alone: then all units that could have read
the old epoch have ended, and those that come later read the new one.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Literal

from storage.engines.postgres_connection import Connection
from storage.errors import LeaseLost, StoreBusy
from storage.leases import ELSEWHERE

logger = logging.getLogger(__name__)

FENCE_SECONDS = 1.0
"""For how long what a former holder has under way is waited for, before the server is told to end it: units take milliseconds."""

_KEY = "SELECT hashtextextended('passalong fence ' || %s, 0)"
_END = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (classid::bigint << 32) | objid::bigint = %s
"""


def find_fence(connection: Connection, schema: str) -> int:
    """The number of a schema's lock."""
    row = connection.execute(_KEY, (schema,)).fetchone()
    assert row is not None
    return int(row[0])


def compose_sharing(fence: int) -> Composed:
    """What shares a fence until the transaction ends, and then reads the epoch: in that order, in two statements."""
    return SQL("SELECT pg_advisory_xact_lock_shared({}); SELECT epoch FROM passalong_lease").format(Literal(fence))


def demand_epoch(said: psycopg.Cursor[tuple[Any, ...]], epoch: int | None) -> None:
    """Look at what the server has answered, last of all with the lease's epoch.

    Raises:
        LeaseLost: it is another one: the shop is another process's by now.
    """
    while said.nextset():
        pass
    if (row := said.fetchone()) is None or row[0] != epoch:
        raise LeaseLost(ELSEWHERE)


def refuse_stale(connection: Connection, schema: str, epoch: int | None) -> None:
    """Share the fence for as long as the transaction lasts that is open.

    Raises:
        LeaseLost: the lease is of another epoch.
    """
    demand_epoch(connection.execute(compose_sharing(find_fence(connection, schema)), prepare=False), epoch)


def wait_for_fence(connection: Connection, schema: str, what: str) -> None:
    """Wait until nothing of a former holder is under way; after a few seconds it is ended.

    Args:
        connection: At rest.
        schema: The shop's.
        what: The database, for what is said.

    Raises:
        StoreBusy: it goes on all the same.
    """
    key = find_fence(connection, schema)
    for seconds in (FENCE_SECONDS, 1.0):
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{seconds * 1000:.0f}ms'".encode())
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (key,))
        except psycopg.errors.LockNotAvailable:
            logger.warning("A former process still works on the database %s: its connections are ended", what)
            _end_holders(connection, key)
        else:
            return
    raise StoreBusy(f"A former process still works on the database {what}.")


def _end_holders(connection: Connection, key: int) -> None:
    try:
        connection.execute(_END, (key,))
    except psycopg.errors.InsufficientPrivilege:
        logger.warning("They belong to another role, which alone could end them")
