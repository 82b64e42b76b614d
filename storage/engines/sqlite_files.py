"""Whether the files of a SQLite database are still the ones that were opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.engines.sqlite_session import CURE
from storage.errors import StoreDamaged

_COUNTED = "SELECT coalesce(sum(seq), 0) FROM sqlite_sequence"
"""Grows with every row of a numbered table, and never shrinks."""


class DatabaseFiles:
    """The database and its write-ahead log, as they were opened.

    A file that was deleted or replaced goes on working for whoever has it open, and everything written to it is lost with
    the process: SQLite says nothing. `check` is cheap enough to be asked before every commit; `look` reads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = {each: each.stat() for each in (path, Path(f"{path}-wal")) if each.exists()}
        self._marks = {each: (stat.st_dev, stat.st_ino) for each, stat in found.items()}
        """What tells a file from another of the same name."""
        self._written = self._read_written()
        self._counted = self._count()

    def check(self) -> None:
        """Compare the files of these names with those that are open.

        Raises:
            StoreDamaged: one is gone, or another stands in its place.
        """
        for path, mark in self._marks.items():
            try:
                now = path.stat()
            except FileNotFoundError:
                raise StoreDamaged(f"{path} was deleted while the bot was running. {CURE}") from None
            if (now.st_dev, now.st_ino) != mark:
                raise StoreDamaged(f"{path} was replaced by another file while the bot was running. {CURE}")

    def look(self) -> None:
        """Also notice content that was copied over the file: it would be mixed with what is in memory.

        Raises:
            StoreDamaged: as `check`, or what is in the file is older than what was written to it, or broken.
        """
        self.check()
        written = self._read_written()
        if written == self._written:
            return
        try:
            counted = self._count()
        except sqlite3.OperationalError:  # locked for a moment: look again later
            return
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(f"{self._path} is broken: {error}. {CURE}") from error
        if counted < self._counted:
            raise StoreDamaged(f"{self._path} was overwritten with older content while the bot was running. {CURE}")
        self._written, self._counted = written, counted

    def _read_written(self) -> tuple[int, int, int]:
        """What changes whenever anything is written; checkpoints of our own are among it."""
        found = [path.stat() for path in self._marks if path.exists()]
        return len(found), max(each.st_mtime_ns for each in found), found[0].st_size

    def _count(self) -> int:
        """Ask on a connection of its own: the others have in memory what the file may not hold any more."""
        with closing(sqlite3.connect(f"file:{quote_path(self._path)}?mode=ro", uri=True, timeout=0.2)) as fresh:
            counted: int = fresh.execute(_COUNTED).fetchone()[0]
            return counted


def quote_path(path: Path) -> str:
    """A path as part of a URI."""
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
