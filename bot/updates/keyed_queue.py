"""Waiting lines: of each key one item at a time, in order; different keys side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class KeyedQueue(Generic[K, T]):
    """One line per key, forgotten when it is empty.

    A key whose item was taken gives no other until `finish`, `put_back` with `resume`, or never.
    """

    def __init__(self) -> None:
        self._lines: dict[K, deque[T]] = {}
        self._ready: deque[K] = deque()
        self._waiting = 0

    def __len__(self) -> int:
        """How many items wait; those taken are not among them."""
        return self._waiting

    def put(self, key: K, item: T) -> None:
        """Add to the end of the key's line."""
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = deque()
            self._ready.append(key)
        line.append(item)
        self._waiting += 1

    def take(self) -> tuple[K, T] | None:
        """The first item of the line whose turn it is, None if there is none."""
        if not self._ready:
            return None
        key = self._ready.popleft()
        self._waiting -= 1
        return key, self._lines[key].popleft()

    def finish(self, key: K) -> None:
        """The item taken is done with: the next of its line may go, after the lines already waiting."""
        if self._lines[key]:
            self._ready.append(key)
        else:
            del self._lines[key]

    def put_back(self, key: K, item: T) -> None:
        """Return the item taken to the head of its line, which rests until `resume`."""
        self._lines[key].appendleft(item)
        self._waiting += 1

    def resume(self, key: K) -> None:
        """The resting line goes on."""
        self._ready.append(key)
