"""Who was at work, instead of looking for their garbage: the objects of a process of tests are many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.shops.garbage import Keep


class CountedKeep(Keep):
    """Sets nothing aside."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def let_go(self) -> None:
        """Only remember it."""
        self.noted.append("all")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Likewise."""
        self.noted.append("start")
        try:
            yield
        finally:
            self.noted.append("end")
