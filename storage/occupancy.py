"""Whether a process runs a shop, seen from beside it: nothing is opened, locked or disturbed by the question."""

from __future__ import annotations

import os
import re
from pathlib import Path

_SQLITE = "sqlite:///"
_LOCKS = Path("/proc/locks")
"""All locks of the machine, as proc_locks(5) says: a line each, with the file's device and number."""


def is_in_use(url: str) -> bool | None:
    """Whether some process has the database open for itself; None where that cannot be told from here."""
    if not url.startswith(_SQLITE):
        return None
    try:
        number = os.stat(f"{url.removeprefix(_SQLITE)}.lock").st_ino  # noqa: PTH116 -- of a name, not of a path to be joined
        locks = _LOCKS.read_text(encoding="ascii")
    except FileNotFoundError:
        return False if _LOCKS.exists() else None
    return re.search(rf"FLOCK +\w+ +WRITE +\d+ +\w+:\w+:{number} ", locks) is not None


def is_made(url: str) -> bool | None:
    """Whether there is a database yet; None where that cannot be told from here."""
    return Path(url.removeprefix(_SQLITE)).exists() if url.startswith(_SQLITE) else None
