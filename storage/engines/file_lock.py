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

    Raises:
        StoreBusy: another process holds it.
    """
    handle = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        _lock(handle, database)
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def _lock(handle: int, database: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode("ascii", "replace").strip() or "unknown"
        raise StoreBusy(f"The database {database} is in use by another process (number {holder}).") from None
