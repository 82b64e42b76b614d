from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from telegram.error import InvalidToken, NetworkError

from bot.updates import hello
from bot.updates.intake import PollerStuck, TokenRefused
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


async def test_whoever_asks_rests_as_long_as_telegram_says(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And a second more, so that a start does not ask without end; the log says what Telegram says."""
    rested = list[float]()

    async def rest(_: asyncio.Event, seconds: float) -> bool:
        rested.append(seconds)
        return False

    monkeypatch.setattr(hello, "wait_set", rest)
    application = Application(NetworkError("no route"), Flooded(7))
    async with asyncio.timeout(60):
        await hello.say_hello(cast("Any", application), asyncio.Event())
    assert (application.asked, rested) == (3, [1.0, 8.0])
    assert [each.args for each in caplog.records] == [
        ("unknown", "no route"),
        ("flood", "Flood control exceeded. Retry in 7 seconds"),
    ]


async def test_a_start_is_given_up_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once where the token is wrong; where Telegram says nothing of use, after a while."""
    for error, ended, words in (
        (InvalidToken("Unauthorized"), TokenRefused, "token: Unauthorized"),
        (NetworkError("no route"), PollerStuck, "answer: no route"),
    ):
        monkeypatch.setattr(hello, "HELLO_SECONDS", -1.0)
        application = Application(error)
        async with asyncio.timeout(60):
            with pytest.raises(ended, match=words):
                await hello.say_hello(cast("Any", application), asyncio.Event())
        assert application.asked == 1


async def test_whoever_is_stopped_waits_for_no_answer() -> None:
    """A silent Telegram may take its time; who is stopped already asks nothing at all."""
    stop, silent = asyncio.Event(), Application()
    silent.initialize = asyncio.Event().wait  # type: ignore[assignment, method-assign]
    asking = asyncio.create_task(hello.say_hello(cast("Any", silent), stop))
    await asyncio.sleep(0)
    stop.set()
    async with asyncio.timeout(60):
        await asking
    application = Application()
    await hello.say_hello(cast("Any", application), stop)
    assert application.asked == 0
