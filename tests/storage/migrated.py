"""A SQLite database that is migrated and empty: made once in a process and copied, since the making takes most of a second."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.storage.server import migrate


@cache
def find_migrated() -> Path:
    """The one that is copied; it is gone with this process."""
    folder = Path(tempfile.mkdtemp(prefix="passalong-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


def lay_migrated(path: Path) -> str:
    """Put one there, unless there is one already; returns its URL."""
    if not path.exists():
        shutil.copy(find_migrated(), path)
    return f"sqlite:///{path}"
