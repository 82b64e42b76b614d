"""An open SQLite file: whether it is still the file that was opened."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from storage.engines.file_lock import LEAVE, find_mover
from storage.engines.sqlite_faults import CURE
from storage.errors import StoreDamaged, StoreLeaving

VERSION = "PRAGMA data_version"
"""Differs, for the connection that asks, once another one has committed something."""

_COUNTED = "SELECT coalesce(sum(seq), 0) FROM sqlite_sequence"
"""Grows with every row of a numbered table, and never shrinks."""

_INDEX = "-shm"
"""Of the write-ahead log. It holds the locks: where it is gone, whoever opens the database next knows of nobody else."""


class DatabaseFiles:
    """The database and its write-ahead log with its index, as they were opened.

    A file that was deleted or replaced goes on working for whoever has it open, and everything written to it is lost with
    the process: SQLite says nothing. `check` is cheap enough to be asked before every commit; `look` reads.
    """

    def __init__(self, path: Path, raw: sqlite3.Connection) -> None:
        self._path = path
        found = {each: each.stat() for each in (path, Path(f"{path}-wal"), Path(f"{path}{_INDEX}")) if each.exists()}
        self._marks = {each: (stat.st_dev, stat.st_ino) for each, stat in found.items()}
        """What tells a file from another of the same name."""
        self._written_paths = [each for each in map(str, found) if not each.endswith(_INDEX)]
        self._written = self._read_written()
        self._counted = self._count()
        self._version: int = raw.execute(VERSION).fetchall()[0][0]
        """As the connection that writes said it last."""
        self.written_beside = False
        """Whether another process has committed something, and nobody was told."""

    def check_commit(self, raw: sqlite3.Connection) -> None:
        """Likewise, and notice what others have committed since the last time; on the writer's thread.

        Raises:
            StoreDamaged: likewise.
        """
        self.check()
        version = raw.execute(VERSION).fetchall()[0][0]
        if version != self._version:
            self._version, self.written_beside = version, True

    def begin_writing(self, raw: sqlite3.Connection) -> None:
        """Remember what a connection says of others before it writes for the first time; on its thread."""
        self._version = raw.execute(VERSION).fetchall()[0][0]

    def check(self) -> None:
        """Compare the files of these names with those that are open.

        Raises:
            StoreDamaged: one is gone, or another stands in its place.
        """
        for path, mark in self._marks.items():
            try:
                now = os.stat(path)  # noqa: PTH116 -- thrice before every commit
            except FileNotFoundError:
                raise StoreDamaged(f"{path} was deleted while the bot was running. {CURE}") from None
            if (now.st_dev, now.st_ino) != mark:
                raise StoreDamaged(f"{path} was replaced by another file while the bot was running. {CURE}")

    def has_changed(self) -> bool:
        """Whether there is a reason to `look`.

        Raises:
            StoreDamaged: as `check`.
            StoreLeaving: whoever moves the shop to another database asks the bot to leave.
            OSError: they cannot be looked at.
        """
        if find_mover(self._path) == LEAVE:
            raise StoreLeaving(
                "The shop is being moved to another database: the bot stops, and is to be started there."
            )
        self.check()
        return self._read_written() != self._written

    def look(self) -> None:
        """Also notice content that was copied over the file: it would be mixed with what is in memory.

        Raises:
            StoreDamaged: as `check`, or what is in the file is older than what was written to it, or broken.
            OSError: they cannot be looked at.
        """
        written = self._read_written()
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
        found = list[os.stat_result]()
        for path in self._written_paths:
            with suppress(FileNotFoundError):
                found.append(os.stat(path))  # noqa: PTH116 -- every few seconds, for each of many shops
        return len(found), max(each.st_mtime_ns for each in found), found[0].st_size

    def _count(self) -> int:
        """Ask on a connection of its own: the others have in memory what the file may not hold any more."""
        with closing(sqlite3.connect(compose_address(self._path, mode="ro"), uri=True, timeout=0.2)) as fresh:
            counted: int = fresh.execute(_COUNTED).fetchone()[0]
            return counted


def compose_address(path: Path, *, mode: str = "rw") -> str:
    """A file as SQLite is to open it; it makes none where there is none."""
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{quoted}?mode={mode}"
