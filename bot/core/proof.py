"""Whether the rows of a log are those of which a head was noted: rows in, faults out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from bot.core.merkle import HASH_LENGTH, Frontier

_encode = json.JSONEncoder(separators=(",", ":"), default=repr).encode


class Noted(Protocol):
    """What was noted of a log at a time."""

    @property
    def size(self) -> int:
        """How many rows it had."""

    @property
    def last_id(self) -> int:
        """The id of the last of them."""

    @property
    def root(self) -> str:
        """Its head, hexadecimal."""

    @property
    def peaks(self) -> str:
        """What the next rows are hashed onto, hexadecimal."""


def compose_entry(log: str, row: Sequence[Any]) -> bytes:
    """A row as it is hashed: a JSON array without spaces, in ASCII, of the log's name and the row's columns in order."""
    return _encode([log, *row]).encode()


def open_frontier(noted: Noted | None) -> Frontier:
    """What a log grows on from.

    Raises:
        ValueError: what was noted cannot have been.
    """
    if noted is None:
        return Frontier()
    peaks = bytes.fromhex(noted.peaks)
    return Frontier(noted.size, [peaks[at : at + HASH_LENGTH] for at in range(0, len(peaks), HASH_LENGTH)])


def show_peaks(frontier: Frontier) -> str:
    """What `open_frontier` reads."""
    return b"".join(frontier.peaks).hex()


class Follower:
    """Goes along a log from its first row, and holds it against what was noted.

    Args:
        log: Its name.
        noted: What was noted, the oldest first.
        head: An earlier head that is to be found on the way, hexadecimal; None for none.
    """

    def __init__(self, log: str, noted: Sequence[Noted], *, head: str | None = None) -> None:
        self._log = log
        self._noted = sorted(noted, key=lambda each: each.size)
        self._place = 0
        self._sought = head
        self.frontier = Frontier()
        self.last_id = 0
        self.faults: list[str] = []
        self._look()

    @property
    def head(self) -> str:
        """The head up to here, hexadecimal."""
        return self.frontier.compute_root().hex()

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Go on; the first column is the id."""
        for row in rows:
            self.frontier.append(compose_entry(self._log, row))
            self.last_id = row[0]
            if self._sought is not None or self._is_noted_here():
                self._look()

    def end(self) -> list[str]:
        """What was found, once there are no more rows."""
        for noted in self._noted[self._place :]:
            self.faults.append(
                f"{self._log} once had more rows than it has: {noted.size}, and now {self.frontier.size}"
            )
        if self._sought is not None:
            self.faults.append(f"no beginning of {self._log} has the head {self._sought[:80]}")
        return self.faults

    def _is_noted_here(self) -> bool:
        return self._place < len(self._noted) and self._noted[self._place].size == self.frontier.size

    def _look(self) -> None:
        head = self.head
        if head == self._sought:
            self._sought = None
        while self._is_noted_here():
            self._compare(self._noted[self._place], head)
            self._place += 1

    def _compare(self, noted: Noted, head: str) -> None:
        if (noted.root, noted.last_id, noted.peaks) != (head, self.last_id, show_peaks(self.frontier)):
            self.faults.append(f"the first {noted.size} rows of {self._log} are not what they were")
