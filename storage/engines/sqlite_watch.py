"""What is done for an open SQLite file once a second: idle connections are let go, neighbours and harm are noticed."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from storage.engines.sqlite_files import VERSION, DatabaseFiles, compose_address
from storage.engines.sqlite_lane import Lane
from storage.errors import StoreDamaged, StoreLeaving
from storage.heap import HEAP, Heap
from storage.records import WrittenBeside
from storage.tx import Announce, Job, Loss

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""A command beside the bot is heard of in this time."""

TOGETHER_SECONDS = 0.25
"""Looks are taken at whole multiples of this, so that a process wakes a few times a second for all of its files."""

LOOKS_PER_INSPECTION = 10
"""So many looks at neighbours come to one at the files."""

IDLE_SECONDS = 5.0
"""A connection costs a thread and a megabyte, and a millisecond to open: one that was not used for so long is closed."""


class Keeper:
    """A connection that never writes and is kept: it holds the write-ahead log open, and knows whether anybody has written.

    It costs a few kilobytes, since it never learns the schema, and is asked on the event loop: the answer lies in memory.
    """

    def __init__(self, path: Path) -> None:
        self._raw = sqlite3.connect(
            compose_address(path), uri=True, timeout=0.0, cached_statements=1, check_same_thread=False
        )

    def find_version(self) -> int | None:
        """A number that is another one after each commit of whomever; None where it cannot be had now."""
        try:
            version: int = self._raw.execute(VERSION).fetchall()[0][0]
        except sqlite3.Error:  # locked for a moment, or broken, which whoever reads will say
            return None
        return version

    def close(self) -> None:
        """Let go. Whoever is last carries the write-ahead log over, which takes its time."""
        self._raw.close()


class SqliteWatch:
    """Looks after an open file; on the event loop.

    Commits of another process are told as `WrittenBeside`: the keeper says that somebody has committed, and the writer,
    asked on its own thread, whether that was somebody else.
    """

    def __init__(self, files: DatabaseFiles, keeper: Keeper, announce: Announce, loss: Loss, heap: Heap = HEAP) -> None:
        self._files = files
        self._keeper = keeper
        self._announce = announce
        self._loss = loss
        self.heap = heap
        self._lanes: Sequence[Lane] = ()
        self._writer: Lane | None = None
        self._version: int | None = None
        self._looks = 0
        self._timer: asyncio.TimerHandle | None = None
        self._inspection: asyncio.Task[None] | None = None

    def start(self, writer: Lane, readers: Sequence[Lane]) -> None:
        """Begin to look, once a second."""
        self._writer, self._lanes = writer, (writer, *readers)
        self._look_later()

    def stop(self) -> None:
        """Look no more."""
        for handle in (self._timer, self._inspection):
            if handle is not None:
                handle.cancel()

    def find_mark(self) -> object:
        """What equals an earlier answer only where nothing was written in between."""
        version = self._keeper.find_version()
        return object() if version is None else version

    def note_neighbours(self, *, writing: bool) -> None:
        """Tell what others have committed.

        Args:
            writing: Whether commits since the last look may be our own: then the writer is asked, unless it said so already.
        """
        version = self._keeper.find_version()
        if version is not None and version != self._version:
            self._version = version
            if not writing:
                self._files.written_beside = True
            elif self._writer is not None:
                self._ask(self._writer)
        if self._files.written_beside:
            self._files.written_beside = False
            self._announce([WrittenBeside()])

    @staticmethod
    def _ask(writer: Lane) -> None:
        """Have it asked as before a commit, without anything to commit."""
        job = Job(lambda _tx: None, writable=True)
        writer.add(job)
        job.abandon()

    def _look(self) -> None:
        assert self._writer is not None
        self._look_later()
        self.note_neighbours(writing=self._writer.is_open)
        for lane in self._lanes:
            if lane.rest(IDLE_SECONDS):
                self.heap.note_freed()
        self.heap.tidy()
        self._looks += 1
        if self._looks % LOOKS_PER_INSPECTION == 0 and self._loss.error is None:
            self._inspect()

    def _look_later(self) -> None:
        loop = asyncio.get_running_loop()
        moment = loop.time() + LOOK_SECONDS
        self._timer = loop.call_at(moment - moment % TOGETHER_SECONDS, self._look)

    def _inspect(self) -> None:
        """Look at the files, also while nobody writes; what takes long is done beside the loop."""
        try:
            changed = self._files.has_changed()
        except (StoreDamaged, StoreLeaving) as error:
            self._loss.note(error)
        except OSError as error:
            logger.warning("The files of the database cannot be looked at: %s", error)
        else:
            if changed and (self._inspection is None or self._inspection.done()):
                self._inspection = asyncio.create_task(self._read_anew())

    async def _read_anew(self) -> None:
        try:
            await asyncio.to_thread(self._files.look)
        except StoreDamaged as error:
            self._loss.note(error)
        except OSError as error:
            logger.warning("The files of the database cannot be looked at: %s", error)
