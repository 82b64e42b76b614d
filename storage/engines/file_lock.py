"""The instance lock of a SQLite database: a lock of the kernel on a file beside it, freed with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import StoreBusy

PRIVATE = 0o600


@contextmanager
def hold_file_lock(database: Path) -> Iterator[None]:
    """Hold the lock, without waiting for it. The file stays: removing it would let two processes lock two files.

    Should somebody remove it all the same, or know the database by another name, the lock on the database itself holds.
    It is taken second: to close a file that SQLite has open elsewhere in this process would undo SQLite's own locks.

    Raises:
        StoreBusy: another process holds it.
    """
    handle = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        _lock(handle, database)
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        with _hold_itself(database):
            yield
    finally:
        os.close(handle)


@contextmanager
def _hold_itself(database: Path) -> Iterator[None]:
    handle = os.open(database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        _lock(handle, database)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, database: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(handle, 20).decode("ascii", "replace").strip()
        holder = said if said.isdigit() else "unknown"
        raise StoreBusy(f"The database {database} is in use by another process (number {holder}).") from None
