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
        if event != "call" or not self.recording:
            return
        code = frame.f_code
        file = OURS.get(code.co_filename, "?")
        if file == "?":
            file = OURS[code.co_filename] = _find_ours(code.co_filename)
        if file and not code.co_name.startswith("<"):
            self.functions.setdefault(file, {})[code.co_qualname] = None

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


OURS: dict[str, str] = {}
"""Paths within the project by what code objects say; empty for what is not ours."""


def _find_ours(name: str) -> str:
    path = Path(name)
    if not path.is_relative_to(ROOT):
        return ""
    inside = path.relative_to(ROOT)
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
