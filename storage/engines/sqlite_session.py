"""Statements on a raw SQLite connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from storage.errors import RuleBroken, StoreUnavailable
from storage.statements import Statement, Statements
from storage.tx import Row, Values

# Named values are handed over as they are; positional ones would have to be put in order for every run.
STATEMENTS = Statements(SQLiteDialect_pysqlite(paramstyle="named"), insert)


class SqliteSession:
    """See `storage.tx.Session`."""

    __slots__ = ("_raw",)

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def fetch(self, statement: Statement, values: Values) -> list[Row]:
        """Run a statement and return all of its rows."""
        return self._raw.execute(*STATEMENTS.render(statement, values)).fetchall()

    def run(self, statement: Statement, values: Values) -> int:
        """Run a statement and return how many rows it changed."""
        return self._raw.execute(*STATEMENTS.render(statement, values)).rowcount

    def fetch_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run a statement once per values, in order, and return the first row of each run."""
        found = (self.fetch(statement, each) for each in values)
        return [rows[0] if rows else None for rows in found]

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a statement without rows once per values, in order."""
        if values:
            rendered = [STATEMENTS.render(statement, each) for each in values]
            self._raw.executemany(rendered[0][0], [each for _, each in rendered])

    def list_corruption(self) -> list[str]:
        """Run SQLite's own checks of the file and of the foreign keys."""
        faults = [str(row[0]) for row in self._raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        orphans = self._raw.execute("PRAGMA foreign_key_check").fetchall()
        return faults + [f"{table} row {row} points to a missing row of {parent}" for table, row, parent, _ in orphans]


def explain(error: BaseException) -> BaseException:
    """Turn the driver's errors into the store's; others pass."""
    explained: BaseException
    if isinstance(error, sqlite3.IntegrityError):
        explained = RuleBroken(str(error))
    elif isinstance(error, sqlite3.OperationalError):
        explained = StoreUnavailable(f"SQLite: {error}")
    else:
        return error
    explained.__cause__ = error
    return explained
