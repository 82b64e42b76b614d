"""How much room the database takes, and how much is left where it lies."""

from __future__ import annotations

import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path

from sqlalchemy import func, select

from storage.tx import Tx

_SQLITE = "sqlite:///"
_SIZE = select(func.pg_database_size(func.current_database()))


def measure_disk(url: str) -> tuple[int, int]:
    """Bytes that are free, and all there are, on the disk that a SQLite file lies on; a server's is not ours to see.

    There it is the disk of the folder that the bot was started in: logs and backups need room as well.
    """
    try:
        usage = shutil.disk_usage(_find_folder(url))
    except OSError:
        return 0, 0
    return usage.free, usage.total


@cache
def _find_folder(url: str) -> Path:
    """Found once: a file that is open stays where it is, and each part of a path is asked for."""
    return Path(url.removeprefix(_SQLITE)).resolve().parent if url.startswith(_SQLITE) else Path.cwd()


def measure_database(tx: Tx, url: str) -> int:
    """Bytes of the database, with what is written ahead of it."""
    if not url.startswith(_SQLITE):
        return int(tx.scalar(_SIZE))
    size = 0
    for suffix in ("", "-wal"):
        with suppress(OSError):
            size += Path(f"{url.removeprefix(_SQLITE)}{suffix}").stat().st_size
    return size
