from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from telegram.error import NetworkError

from bot.updates import hello
from bot.wire.errors import Flooded


class Application:
    """It asks Telegram who we are, which fails in these ways first."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.asked = 0

    async def initialize(self) -> None:
        """Ask once."""
        self.asked += 1
        if self._errors:
            raise self._errors.pop(0)


async def test_whoever_asks_rests_as_long_as_telegram_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a second more, so that a start does not ask without end."""
    rested = list[float]()

    async def rest(_: asyncio.Event, seconds: float) -> bool:
        rested.append(seconds)
        return False

    monkeypatch.setattr(hello, "wait_set", rest)
    application = Application(NetworkError("no route"), Flooded(7))
    async with asyncio.timeout(60):
        await hello.say_hello(cast("Any", application), asyncio.Event())
    assert (application.asked, rested) == (3, [1.0, 8.0])
