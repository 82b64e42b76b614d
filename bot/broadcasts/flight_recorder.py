"""What a process that was killed had sent: which messages of broadcasts had left it, and which were answered."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from bot.services.broadcasts.delivering import FormerRun, Key
from storage.records import BroadcastId, PersonId
from storage.small_files import find_small_file, open_small_file

logger = logging.getLogger(__name__)

NAME = "flights"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
SLOTS = 1024
"""Far more than are in flight and not yet written down."""

AGAIN_SECONDS = 1.0
"""Between two tries to have a file that the process before still has, as it stops: only a message that leaves is a reason for one."""

_HEADER = struct.Struct("<16s64s32s")
_MAGIC = b"passalong flight"
_SLOT = struct.Struct("<qqqq")
"""Broadcast, person, the message's number, and last of all whether that holds: a write that breaks off says nothing."""

_FREE, _LEFT, _ANSWERED = range(3)


class FlightRecorder:
    """A table in a file that outlives the process, though not the machine: written just before a message leaves.

    Whoever was claimed and is not in it when the process dies was surely not written to, and need not be in doubt. The
    file is believed only by its own machine since the same boot, and only about recipients that the run which wrote it
    has claimed; otherwise nothing is known, as without it.

    Args:
        path: The file; None: nothing is recorded.
        clock: Seconds, monotonic.
    """

    def __init__(self, path: Path | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.run = secrets.token_hex(16)
        """Names this run in the database; another name as soon as the file cannot be trusted."""
        self.former: FormerRun | None = None
        """What the run before has left."""
        self._path = path
        self._handle: int | None = None
        self._slots: dict[Key, int] = {}
        self._unused = iter(range(SLOTS))
        self._free: list[int] = []
        """Used before, and free again."""
        self._clock = clock
        self._again_at: float | None = None
        """From when on a file that was somebody else's is tried again; None where it was not."""

    @classmethod
    def beside(cls, database_url: str) -> FlightRecorder:
        """The one of a database."""
        return cls(find_small_file(database_url, NAME))

    def open(self) -> None:
        """Read what the run before has left, and begin anew; where that cannot be, nothing is recorded, or later."""
        self.former = self._begin()

    def note_left(self, key: Key) -> None:
        """The message is about to leave: from here on it may arrive."""
        if self._again_at is not None and self._clock() >= self._again_at:
            self._begin_late()
        if self._handle is None:
            return
        slot = self._slots.get(key)
        if slot is None:
            slot = self._free.pop() if self._free else next(self._unused, None)
        if slot is None:
            self._give_up("there is no room")
            return
        self._slots[key] = slot
        self._write(slot, key, 0, _LEFT)

    def note_answered(self, key: Key, message_id: int) -> None:
        """It has arrived."""
        slot = self._slots.get(key)
        if slot is not None:
            self._write(slot, key, message_id, _ANSWERED)

    def forget(self, keys: Iterable[Key]) -> None:
        """The database knows how they ended."""
        for key in keys:
            slot = self._slots.pop(key, None)
            if slot is not None:
                self._free.append(slot)
                self._write(slot, key, 0, _FREE)

    def close(self) -> None:
        """Close it; with nothing left in doubt it goes."""
        if self._handle is not None and self._path is not None and not self._slots:
            self._path.unlink(missing_ok=True)
        self._close()

    def _begin(self) -> FormerRun | None:
        """Have the file for this run; returns what the run before has left in it."""
        if self._path is None:
            return None
        was_locked, self._again_at = self._again_at is not None, None
        try:
            boot = BOOT_ID.read_bytes().strip()
            self._handle = open_small_file(self._path)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            former = _read(os.pread(self._handle, _HEADER.size + SLOTS * _SLOT.size, 0), boot)
            blank = _HEADER.pack(_MAGIC, boot, self.run.encode()) + bytes(SLOTS * _SLOT.size)
            os.pwrite(self._handle, blank, 0)
        except BlockingIOError:
            if not was_locked:
                logger.info(
                    "The process before this one still has its record of what leaves: none is kept until it ends"
                )
            self._again_at = self._clock() + AGAIN_SECONDS
            self._close()
        except OSError as error:
            logger.info("What leaves is not recorded in %s: %s", self._path, error)
            self._close()
        else:
            return former
        return None

    def _begin_late(self) -> None:
        """Record from here on, under another name: of what was claimed under the one before, some may have left unrecorded."""
        self.run = secrets.token_hex(16)
        self._begin()

    def _write(self, slot: int, key: Key, message_id: int, state: int) -> None:
        if self._handle is None:
            return
        try:
            os.pwrite(self._handle, _SLOT.pack(*key, message_id, state), _HEADER.size + slot * _SLOT.size)
        except OSError as error:
            self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        """Have no later run believe what is in the file."""
        logger.warning("What leaves cannot be recorded any more: %s", why)
        self.run = secrets.token_hex(16)
        self._slots.clear()
        with suppress(OSError):
            os.ftruncate(self._handle or -1, 0)
        self._close()

    def _close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _read(content: bytes, boot: bytes) -> FormerRun | None:
    """What a run on this machine since the same boot has left; None where that cannot be said."""
    if len(content) != _HEADER.size + SLOTS * _SLOT.size:
        return None
    magic, wrote_at, run = _HEADER.unpack_from(content)
    if magic != _MAGIC or wrote_at.rstrip(b"\0") != boot or not run.strip(b"\0"):
        return None
    left: set[Key] = set()
    answered: dict[Key, int] = {}
    for broadcast_id, person_id, message_id, state in _SLOT.iter_unpack(content[_HEADER.size :]):
        key = BroadcastId(broadcast_id), PersonId(person_id)
        if state == _ANSWERED:
            answered[key] = message_id
        elif state == _LEFT:
            left.add(key)
    return FormerRun(run=run.decode("ascii", "replace"), left=left, answered=answered)
