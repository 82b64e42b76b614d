"""Fixtures for every room: a clock that stands still, and an empty store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import Store, open_store

NOON = 1_760_000_000_000_000
"""A moment in UTC microseconds."""


@dataclass
class Clock:
    """A clock that moves only when told to; `now` is UTC microseconds."""

    now: int = NOON

    def __call__(self) -> int:
        """Return the moment."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += int(seconds * 1_000_000)


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/passalong.db"


@pytest.fixture(params=["sqlite"])
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty database on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str, clock: Clock) -> AsyncIterator[Store]:
    """An open, empty store on each engine in turn, living by `clock`."""
    async with open_store(store_url, clock=clock) as opened:
        yield opened
