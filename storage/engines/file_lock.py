"""The instance lock of a SQLite database: a lock of the kernel on a file beside it, freed with the process."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
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


LEAVE = b"leave"
MOVING_SECONDS = 1.0
"""For how long a look at whether a move is under way may be in the way of one."""


@contextmanager
def hold_moving_lock(database: Path) -> Iterator[Callable[[], None]]:
    """Have it known that this process moves the shop elsewhere; yields what asks the bot to leave.

    The kernel frees the lock with the process: whoever finds the file alone knows that the move broke off.

    Raises:
        StoreBusy: another process moves it.
    """
    path = Path(_name_moving(database))
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        _lock_for_moving(handle, database)
        os.truncate(handle, 0)
        yield lambda: _write_at_once(handle, LEAVE)
        path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def find_mover(database: Path) -> bytes | None:
    """What the process says that moves this shop elsewhere: nothing at first, LEAVE in the end; None where there is none."""
    try:
        handle = os.open(_name_moving(database), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(handle, len(LEAVE), 0)
    else:
        return None
    finally:
        os.close(handle)


def _name_moving(database: Path) -> str:
    return f"{database}.moving"


def _lock_for_moving(handle: int, database: Path) -> None:
    until = time.monotonic() + MOVING_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise StoreBusy(f"The shop in {database} is being moved already.") from None
            time.sleep(MOVING_SECONDS / 20)
        else:
            return


def _write_at_once(handle: int, said: bytes) -> None:
    os.pwrite(handle, said, 0)
