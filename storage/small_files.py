"""Small files that belong to a database without being in it: what must be known where it cannot be asked."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path

PRIVATE = 0o600
_SQLITE = "sqlite:///"


def find_small_file(url: str, name: str) -> Path:
    """Where a file of this name lies: beside a SQLite database; else in the machine's folder for passing things.

    Nothing may be lost with it: whoever starts the program elsewhere does not find it, and the machine may remove it.
    """
    return list_places(url, name)[0]


def list_places(url: str, name: str) -> list[Path]:
    """Where a file of this name may lie, the best place first: nothing can be written where a disk has failed."""
    beside = [Path(f"{url.removeprefix(_SQLITE)}.{name}")] if url.startswith(_SQLITE) else []
    database = sha256(url.encode()).hexdigest()[:16]
    return [*beside, Path(tempfile.gettempdir()) / f"passalong-{os.geteuid()}-{database}.{name}"]


def open_small_file(path: Path) -> int:
    """Open it for reading and writing, made if need be, for this process's user alone; returns the descriptor.

    Raises:
        OSError: that cannot be, or the file is somebody else's.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
    if os.fstat(handle).st_uid != os.geteuid():
        os.close(handle)
        raise PermissionError(f"{path} belongs to somebody else.")
    return handle
