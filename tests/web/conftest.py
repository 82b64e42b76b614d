"""A web side for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import open_store
from tests.storage.clock import Clock
from tests.web.house import House, open_house


@pytest.fixture
async def house(sqlite_url: str, clock: Clock) -> AsyncIterator[House]:
    """The web side of an empty shop; its pages speak of https."""
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock) as opened:
        yield opened


@pytest.fixture
async def own_house(sqlite_url: str, clock: Clock) -> AsyncIterator[House]:
    """The web side of an empty shop; its pages speak of where it really is, so that a browser can follow."""
    async with (
        open_store(sqlite_url, clock=clock) as store,
        open_house(store, clock=clock, own_address=True) as opened,
    ):
        yield opened
