"""Backups of SQLite: a copy made by SQLite itself while others write, and moved into place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engines.file_lock import hold_file_lock
from storage.engines.sqlite import parse_path
from storage.engines.sqlite_upgrade import read_version
from storage.errors import BackupRefused, StoreUnavailable
from storage.migrations import Version, needs_upgrade

MAGIC = b"SQLite format 3\x00"
BUSY_SECONDS = 30.0


def dump(url: str, file: Path) -> None:
    """Copy the database as it is at one moment; writers do not wait for it."""
    path = parse_path(url)
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)) as source,
            closing(sqlite3.connect(file)) as copy,
        ):
            source.backup(copy, pages=-1)  # in one step: in several, each commit in between would begin it anew
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
            _check(copy)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be backed up: {error}") from error


def load(url: str, file: Path) -> None:
    """Put a copy in the place of a database that is not there."""
    path = parse_path(url)
    with file.open("rb") as opened:
        if opened.read(len(MAGIC)) != MAGIC:
            raise BackupRefused(f"{file} is no backup of a SQLite database.")
    with hold_file_lock(path):
        if path.exists() and path.stat().st_size:
            raise BackupRefused(f"{path} is there already. Name a database that is not, or move this one away.")
        part = path.with_name(f".{path.name}.part")
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            shutil.copyfile(file, part)
            _look_into(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _look_into(part: Path) -> None:
    try:
        with closing(sqlite3.connect(part)) as copy:
            _check(copy)
            pages, size = (copy.execute(f"PRAGMA page_{name}").fetchone()[0] for name in ("count", "size"))
            version = read_version(copy)
    except sqlite3.Error as error:
        raise BackupRefused(f"The backup is damaged: {error}") from error
    if part.stat().st_size != pages * size:
        raise BackupRefused("The backup is damaged: it was cut off.")
    if version is None:
        raise BackupRefused("The backup holds no database of Passalong.")
    needs_upgrade(Version(version.revision), name="in the backup", allowed=True)


def _check(copy: sqlite3.Connection) -> None:
    said = [row[0] for row in copy.execute("PRAGMA quick_check(3)")]
    if said != ["ok"]:
        raise BackupRefused(f"The database is damaged: {'; '.join(said)}")
