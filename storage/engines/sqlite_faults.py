"""What SQLite meets, in the store's words."""

from __future__ import annotations

import sqlite3

from storage.errors import RuleBroken, StoreDamaged, StoreUnavailable

DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
"""After these nothing that the file says can be trusted. A full disk is not among them."""

CURE = "Stop the bot, look at the disk, and restore the latest backup: passalong restore."


def find_code(error: sqlite3.Error) -> int:
    """SQLite's own number, without what it says more exactly; 0 where the driver speaks for itself."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_locked_away(error: BaseException) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and find_code(error) == sqlite3.SQLITE_AUTH


def explain(error: BaseException) -> BaseException:
    """Turn the driver's errors into the store's; others pass."""
    explained: BaseException
    if isinstance(error, sqlite3.IntegrityError):
        explained = RuleBroken(str(error))
    elif isinstance(error, sqlite3.DatabaseError) and find_code(error) in DAMAGE:
        explained = StoreDamaged(f"SQLite: {error}. {CURE}")
    elif isinstance(error, sqlite3.OperationalError | MemoryError) or _is_locked_away(error):
        explained = StoreUnavailable(f"SQLite: {str(error) or 'out of memory'}")
    else:
        return error
    explained.__cause__ = error
    return explained
