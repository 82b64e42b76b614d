"""Poolers between this program and PostgreSQL: those that hand a session to others are refused."""

from __future__ import annotations

import psycopg

from storage.engines.postgres_connection import Connection, connect
from storage.errors import StoreUnavailable

LOOKS = 5

POOLED = (
    "The address of the database leads to a pooler that hands a connection to others after each transaction or statement "
    "(pgbouncer's pool_mode). Give PostgreSQL's own address, or a pool_mode of session."
)


def refuse_pooler(connection: Connection, url: str) -> None:
    """Make sure that this session is ours alone, as long as it lasts: who listens would hear nothing on another's.

    A pooler tells a process of its own at the connection; what shares sessions shows itself as soon as another
    connection is busy.

    Raises:
        StoreUnavailable: it is handed to others after each transaction.
    """
    if _find_process(connection) == connection.info.backend_pid:
        return
    for _ in range(LOOKS):
        before = _find_process(connection)
        try:
            with connect(url) as other, other.transaction():
                shared = before == _find_process(other) or _find_process(connection) != before
        except psycopg.errors.ProtocolViolation:  # it hands out single statements, and takes no transaction at all
            shared = True
        if shared:
            raise StoreUnavailable(POOLED)


def _find_process(connection: Connection) -> int:
    found = connection.execute(b"SELECT pg_backend_pid()").fetchone()
    assert found is not None
    return int(found[0])
