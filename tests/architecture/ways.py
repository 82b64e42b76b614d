"""Which files and functions of ours a piece of work goes through, by what the interpreter really calls."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Way:
    """The files, in the order in which they are entered first, and the functions of each."""

    functions: dict[str, dict[str, None]] = field(default_factory=dict)
    recording: bool = False
    _aside: threading.local = field(default_factory=threading.local)
    """By thread, the outermost call that belongs to no way."""

    @property
    def files(self) -> list[str]:
        """Paths within the project."""
        return list(self.functions)

    @property
    def function_count(self) -> int:
        """How many functions there are in all; comprehensions and lambdas belong to the one they stand in."""
        return sum(map(len, self.functions.values()))

    def note(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Look at a call: what `sys.setprofile` wants."""
        if self._is_aside(frame, event) or event != "call" or not self.recording:
            return
        code = frame.f_code
        file = OURS.get(code.co_filename, "?")
        if file == "?":
            file = OURS[code.co_filename] = _find_ours(code.co_filename)
        if file and not code.co_name.startswith("<"):
            self.functions.setdefault(file, {})[code.co_qualname] = None

    def _is_aside(self, frame: FrameType, event: str) -> bool:
        """Whether it happens within what runs by itself, and would be on the way by chance."""
        outermost = getattr(self._aside, "frame", None)
        if outermost is not None:
            if event == "return" and outermost is frame:
                self._aside.frame = None
            return True
        if event == "call" and frame.f_code.co_qualname in BY_ITSELF:
            self._aside.frame = frame
            return True
        return False

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Note what is called in between, here and on every thread that was started under `watching`."""
        before = sys.getprofile()
        sys.setprofile(self.note)
        self.functions.clear()
        self.recording = True
        yield
        self.recording = False
        sys.setprofile(before)


BY_ITSELF = {
    *("Snapshots.run", "Snapshots._wait", "Snapshots.refresh", "find_newer"),
    *("SqliteWatch._look", "SqliteWatch._read_anew", "SqliteWatch.note_neighbours", "DatabaseFiles.look"),
    *("HookWorker._run", "HookWorker._wait", "HookWorker._compute_wait", "HookWorker._list_busy", "find_next_parcels"),
    *(
        "HandoutWorker._run",
        "HandoutWorker._wake",
        "HandoutWorker._send",
        "HandoutWorker._settle",
        "HandoutWorker._end",
        "_Flight.note_leave",
    ),
    *("Supervisor.run", "Supervisor._run_job", "Supervisor._wait", "_note_run", "note_job_trouble", "list_owed"),
    *("find_due_cards", "claim_card", "settle_cards", "Workshop.run.<locals>.<lambda>"),
    *("watch_vitals", "VitalSigns.take", "measure_disk"),
    *("OutboxWorker._look_beside", "count_owed"),
}
"""The looks now and then at what another process may have changed, at the files, at what other systems are owed, at what
is due and at how the bot does, and a newcomer's own card, which is drawn and sent behind the notices: nobody who joins waits for them. Their loops,
what they wait in (where a wait that runs out is not seen to come from its loop), and what they have threads do."""

OURS: dict[str, str] = {}
"""Paths within the project by what code objects say; empty for what is not ours."""


def _find_ours(name: str) -> str:
    path = Path(name)
    if not path.is_relative_to(ROOT):
        return ""
    inside = path.relative_to(ROOT)
    if inside == Path("storage/frozen.py"):
        return ""  # the methods of values, which are the interpreter's or the library's where a class is no value
    ours = inside.parts[0] in {"bot", "storage"} and "playground" not in inside.parts
    return str(inside) if ours else ""


@contextmanager
def watching() -> Iterator[Way]:
    """Have all threads looked at that start from now on; `recorded` adds the one it runs on."""
    way = Way()
    threading.setprofile(way.note)
    try:
        yield way
    finally:
        threading.setprofile(None)
