"""Bringing a SQLite file up to date, under the instance lock."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from storage.engines.file_lock import find_mover
from storage.engines.sqlite_faults import CURE
from storage.engines.sqlite_lane import list_faults
from storage.errors import StoreDamaged, StoreUnavailable
from storage.migrations import HEAD, Version, needs_upgrade, read_stored

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""A start does not wait longer; the daily check has more time."""

NOTES = "moving_note"
"""The table in which a move has the database note what is written meanwhile, and how its triggers' names begin."""

OLDEST_SQLITE = (3, 35, 0)
"""The first SQLite with RETURNING."""


def prepare(raw: sqlite3.Connection, *, path: Path, migrate: bool) -> None:
    """Refuse what this program cannot work with, and migrate what is older than it."""
    refuse_old_library(sqlite3.sqlite_version_info)
    version = read_version(raw)
    if version is None and raw.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall():
        raise StoreUnavailable(
            f"The database {path} is another program's. Look at DATABASE_URL: it names the wrong file."
        )
    if find_mover(path) is None:
        drop_notes(raw)
    if needs_upgrade(version, name=str(path), allowed=migrate):
        _upgrade(raw)
        logger.info(
            "The database %s was brought from version %s to %s.", path, version.revision if version else "none", HEAD
        )


def drop_notes(raw: sqlite3.Connection) -> None:
    """Have changes noted no longer, where a move broke off; in one transaction, or in that which is open."""
    named = raw.execute(f"SELECT type, name FROM sqlite_master WHERE name LIKE '{NOTES}%'").fetchall()  # noqa: S608  # ours
    if not named:
        return
    alone = not raw.in_transaction
    if alone:
        raw.execute("BEGIN IMMEDIATE")
    for sort, name in sorted(((_read(sort), _read(name)) for sort, name in named), reverse=True):  # the table last
        raw.execute(f'DROP {sort} IF EXISTS "{name}"')
    if alone:
        raw.execute("COMMIT")


def _read(text: str | bytes) -> str:
    return text.decode() if isinstance(text, bytes) else text


def check_quickly(raw: sqlite3.Connection, *, path: Path, limit_seconds: float = CHECK_SECONDS) -> None:
    """Look the file over before anything is written to it, for a bounded time.

    Raises:
        StoreDamaged: it is broken.
    """
    faults = list_faults(raw, limit_seconds=limit_seconds)
    if faults:
        raise StoreDamaged(f"The database {path} is broken: {faults[0]}. {CURE}")


def refuse_old_library(version: tuple[int, ...]) -> None:
    """Name an SQLite that is too old, instead of failing over its syntax later."""
    if version < OLDEST_SQLITE:
        have, need = (".".join(map(str, each)) for each in (version, OLDEST_SQLITE))
        raise StoreUnavailable(f"This Python brings SQLite {have}; {need} or newer is needed. Use a newer Python.")


def read_version(raw: sqlite3.Connection) -> Version | None:
    """Return the version the file is at; None for an empty file."""
    if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchall():
        return None
    rows = raw.execute("SELECT * FROM alembic_version").fetchall()  # one column in what older programs made
    return read_stored(*rows[0]) if rows else None


def _upgrade(raw: sqlite3.Connection) -> None:
    # Rebuilding a table must not look like deleting what its children point to; foreign_key_check makes up for it.
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        _run_migrations(raw)
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raw.execute("PRAGMA foreign_keys=ON")


def _run_migrations(raw: sqlite3.Connection) -> None:
    from sqlalchemy import create_engine  # noqa: PLC0415  # only a migration needs an SQLAlchemy connection
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415  # likewise

    from storage.migrations.upgrade import upgrade  # noqa: PLC0415  # imports Alembic, which takes long

    with create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool).connect() as connection:
        # Only now: connecting ends whatever transaction it finds.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
        orphans = raw.execute("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise StoreUnavailable(f"The migration would leave rows that point nowhere: {orphans[:3]}")
        connection.commit()
