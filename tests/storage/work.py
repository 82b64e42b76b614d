"""How much an engine does for a unit of work, counted and not timed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from storage import Tx
from storage.engines.postgres_connection import connect
from storage.engines.postgres_session import PostgresSession
from storage.engines.sqlite_lane import SqliteSession

_TUPLES = b"""
    SELECT sum(pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid))::bigint
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace
"""
"""Rows and entries of indexes that the open transaction has looked at."""


def count_work(url: str, unit: Callable[[Tx], object], *, now: int) -> int:
    """Return how many steps of its machine SQLite takes for a unit, or how many rows and entries PostgreSQL looks at; nothing of it stays."""
    return (_count_steps if url.startswith("sqlite") else _count_rows)(url, unit, now)


def _count_steps(url: str, unit: Callable[[Tx], object], now: int) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as raw:
        raw.execute("BEGIN")
        raw.execute("SELECT 1 FROM person LIMIT 1")  # reads which tables there are, once
        raw.set_progress_handler(count, 1)
        unit(Tx(SqliteSession(raw), now, writable=True))
        raw.set_progress_handler(None, 0)
        raw.execute("ROLLBACK")
    return steps


def _count_rows(url: str, unit: Callable[[Tx], object], now: int) -> int:
    with closing(connect(url)) as connection:
        connection.execute(b"BEGIN")
        unit(Tx(PostgresSession(connection), now, writable=True))
        row = connection.execute(_TUPLES).fetchone()
        connection.execute(b"ROLLBACK")
    return int(row[0]) if row else 0
