"""Whether a process runs a shop, seen from beside it: nothing is made, locked or disturbed by the question."""

from __future__ import annotations

import os
import re
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from storage.leases import DEAD_SECONDS

_SQLITE = "sqlite:///"
_LOCKS = Path("/proc/locks")
"""All locks of the machine, as proc_locks(5) says: a line each, with the file's device and number."""

_HOLDER = "SELECT holder, control FROM {}.passalong_lease"
_HEARD = "SELECT extract(epoch FROM clock_timestamp() - seen_at)::float8 FROM {}.passalong_process WHERE id = %s"


class Occupancy(StrEnum):
    """How a shop's database stands."""

    NEW = "new"
    """There is none yet."""
    STILL = "stands still"
    AT_WORK = "at work"
    UNKNOWN = "unknown"
    """It cannot be told from here."""


def find_occupancy(url: str) -> Occupancy:
    """How the database of a shop stands; whatever cannot be asked is unknown."""
    return _look_at_file(Path(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else _ask_server(url)


def _look_at_file(path: Path) -> Occupancy:
    if not path.exists():
        return Occupancy.NEW
    try:
        number = os.stat(f"{path}.lock").st_ino  # noqa: PTH116 -- of a name, not of a path to be joined
        locks = _LOCKS.read_text(encoding="ascii")
    except OSError:
        return Occupancy.STILL if _LOCKS.exists() else Occupancy.UNKNOWN
    held = re.search(rf"FLOCK +\w+ +WRITE +-?\d+ +\w+:\w+:{number} ", locks)
    return Occupancy.AT_WORK if held else Occupancy.STILL


def _ask_server(url: str) -> Occupancy:
    import psycopg  # noqa: PLC0415 -- only what is used is imported
    from psycopg.sql import SQL, Identifier  # noqa: PLC0415 -- likewise

    from storage.engines.postgres_connection import connect, find_schema  # noqa: PLC0415 -- likewise

    try:
        with closing(connect(url)) as connection:
            try:
                schema = Identifier(find_schema(url) or "public")
                holder, control = connection.execute(SQL(_HOLDER).format(schema)).fetchone() or (None, None)
                if holder is None:
                    return Occupancy.STILL
                heard = connection.execute(SQL(_HEARD).format(Identifier(control)), (holder,)).fetchone()
            except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
                return Occupancy.NEW
    except psycopg.Error:
        return Occupancy.UNKNOWN
    return Occupancy.AT_WORK if heard and heard[0] < DEAD_SECONDS else Occupancy.STILL
