"""Statements on a raw SQLite connection."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from storage.errors import RuleBroken, StoreDamaged, StoreUnavailable
from storage.statements import Statement, Statements
from storage.tx import Row, Values

# Named values are handed over as they are; positional ones would have to be put in order for every run.
STATEMENTS = Statements(SQLiteDialect_pysqlite(paramstyle="named"), insert)


DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
"""After these nothing that the file says can be trusted. A full disk is not among them."""

CURE = "Stop the bot, look at the disk, and restore the latest backup: passalong restore."


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

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Run SQLite's quick check of the file, as far as it comes in that time."""
        return list_faults(self._raw, limit_seconds=limit_seconds)

    def list_corruption(self) -> list[str]:
        """Run SQLite's own checks of the file and of the foreign keys."""
        faults = [str(row[0]) for row in self._raw.execute("PRAGMA integrity_check") if row[0] != "ok"]
        orphans = self._raw.execute("PRAGMA foreign_key_check").fetchall()
        return faults + [f"{table} row {row} points to a missing row of {parent}" for table, row, parent, _ in orphans]


def list_faults(raw: sqlite3.Connection, *, limit_seconds: float) -> list[str]:
    """SQLite's quick check of the file, as far as it comes in that time."""
    until = time.monotonic() + limit_seconds
    raw.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        return [str(row[0]) for row in raw.execute("PRAGMA quick_check(3)") if row[0] != "ok"]
    except sqlite3.DatabaseError as error:
        if _find_code(error) == sqlite3.SQLITE_INTERRUPT:
            return []
        raise
    finally:
        raw.set_progress_handler(None, 0)


def _find_code(error: sqlite3.Error) -> int:
    """SQLite's own number, without what it says more exactly; 0 where the driver speaks for itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def explain(error: BaseException) -> BaseException:
    """Turn the driver's errors into the store's; others pass."""
    explained: BaseException
    if isinstance(error, sqlite3.IntegrityError):
        explained = RuleBroken(str(error))
    elif isinstance(error, sqlite3.DatabaseError) and _find_code(error) in DAMAGE:
        explained = StoreDamaged(f"SQLite: {error}. {CURE}")
    elif isinstance(error, sqlite3.OperationalError):
        explained = StoreUnavailable(f"SQLite: {error}")
    else:
        return error
    explained.__cause__ = error
    return explained
