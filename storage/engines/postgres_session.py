"""Statements on a PostgreSQL connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.default import DefaultDialect

from storage.engines.postgres_connection import Connection
from storage.tx import InsertInto, Row, Statement, Statements, Values

_DIALECT: DefaultDialect = cast("Any", PGDialect_psycopg)()  # its constructor has no types
_INSERT: InsertInto = cast("Any", insert)  # a class apart from SQLite's, with the same methods
STATEMENTS = Statements(_DIALECT, _INSERT)

LOCK_MILLISECONDS = 2_000
"""How long a table is waited for that somebody else is busy with as a whole."""


class PostgresSession:
    """See `storage.store.Session`."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection: Any = connection  # the driver wants literal SQL; ours is compiled

    def fetch(self, statement: Statement, values: Values) -> list[Row]:
        """Run a statement and return all of its rows."""
        rows: list[Row] = self._connection.execute(*STATEMENTS.render(statement, values)).fetchall()
        return rows

    def run(self, statement: Statement, values: Values) -> int:
        """Run a statement and return how many rows it changed."""
        changed: int = self._connection.execute(*STATEMENTS.render(statement, values)).rowcount
        return changed

    def fetch_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run a statement once per values, in order but in one round trip, and return the first row of each run."""
        rendered = [STATEMENTS.render(statement, each) for each in values]
        found: list[Row | None] = []
        if rendered:
            with self._connection.cursor() as cursor:
                cursor.executemany(rendered[0][0], [each for _, each in rendered], returning=True)
                found.append(cursor.fetchone())
                while cursor.nextset():
                    found.append(cursor.fetchone())
        return found

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a statement without rows once per values, in order but in one round trip."""
        if values:
            rendered = [STATEMENTS.render(statement, each) for each in values]
            with self._connection.cursor() as cursor:
                cursor.executemany(rendered[0][0], [each for _, each in rendered])

    def wait_for_writers(self, table: str) -> None:
        """Take a lock that no writer shares; whoever vacuums is not waited for for long, since all writers would."""
        self._connection.execute(f"SET LOCAL lock_timeout = '{LOCK_MILLISECONDS}ms'")
        self._connection.execute(f'LOCK TABLE "{table}" IN SHARE MODE')

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:  # noqa: ARG002  # as for SQLite
        """Likewise nothing."""
        return []

    def list_corruption(self) -> list[str]:
        """Nothing to ask: PostgreSQL checks pages as it reads them, and holds foreign keys at all times."""
        return []
