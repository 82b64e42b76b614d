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

_TURN = b"SELECT pg_advisory_xact_lock(hashtextextended('passalong turn ' || %s || ' ' || current_schema(), 0))"

_FOREIGN_KEYS = """
    SELECT child.relname, own.attname, parent.relname, other.attname
    FROM pg_constraint
    JOIN pg_class AS child ON child.oid = conrelid
    JOIN pg_class AS parent ON parent.oid = confrelid
    JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = conkey[1]
    JOIN pg_attribute AS other ON other.attrelid = confrelid AND other.attnum = confkey[1]
    WHERE contype = 'f' AND connamespace = quote_ident(current_schema())::regnamespace AND cardinality(conkey) = 1
    ORDER BY 1, 2
"""
_ORPHANS = """
    SELECT count(*), '{0}', '{2}' FROM "{0}" AS child WHERE child."{1}" IS NOT NULL
    AND NOT EXISTS (SELECT FROM "{2}" AS parent WHERE parent."{3}" = child."{1}") HAVING count(*) > 0
"""
"""Rows of a table that name one of another which is not there."""

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

    def take_turn(self, what: str) -> None:
        """Take a lock of this schema's that lasts until the transaction ends."""
        self._connection.execute(_TURN, (what,))

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:  # noqa: ARG002  # as for SQLite
        """Likewise nothing."""
        return []

    def list_corruption(self) -> list[str]:
        """Look at the foreign keys, which hold only for whoever has not switched them off; pages are checked as they are read."""
        keys = self._connection.execute(_FOREIGN_KEYS).fetchall()
        missing = (
            self._connection.execute(" UNION ALL ".join(_ORPHANS.format(*key) for key in keys)).fetchall()
            if keys
            else []
        )
        return [f"{count} rows of {table} point to a missing row of {parent}" for count, table, parent in missing]
