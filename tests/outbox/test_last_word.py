"""What is remembered of telling the admins that the database is lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import cast

import pytest
from aiohttp import web

from bot.outbox import last_word
from bot.outbox.last_word import AGAIN_SECONDS, tell_of_start, watch_store
from bot.wire.telegram_bot import PassalongBot
from storage import Store
from storage.errors import StoreDamaged, StoreError
from tests.logged import list_values
from tests.wire.server import Call, Server, refuse


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of a database, on a machine whose folder for passing things is the test's own."""
    (tmp_path / "passing").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "passing"))
    return f"sqlite:///{tmp_path}/data/shop.db"


async def tell(bot: PassalongBot, url: str, trouble: str = "Page 5 of 9 is broken") -> None:
    """As a start does."""
    await tell_of_start(bot, [7, 8], url, trouble, "en")


def leave(path: Path, text: str) -> None:
    """A file in a folder that is there now."""
    path.parent.mkdir()
    path.write_text(text)


@pytest.mark.parametrize("folder", [True, False])
async def test_a_trouble_is_told_once_a_day(folder: bool, server: Server, bot: PassalongBot, url: str) -> None:
    """To all admins, whatever numbers it names, also where nothing can be written beside the database."""
    if folder:
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    for trouble in ("Page 5 of 9 is broken", "Page 61 of 9 is broken", "It is gone", "It is gone"):
        await tell(bot, url, trouble)
    assert len(server.list_calls("sendMessage")) == 4


async def test_what_reached_nobody_is_told_at_the_next_start(
    server: Server, bot: PassalongBot, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """While Telegram is away nothing counts as told, and the log says of each admin why they do not know."""

    async def fail(_call: Call) -> web.Response:
        return refuse(500, "Internal Server Error")

    server.replies["sendMessage"] = fail
    await tell(bot, url)
    assert ["Internal Server Error" in said for (said,) in list_values(caplog)] == [True, True]
    del server.replies["sendMessage"]
    for _ in range(2):
        await tell(bot, url)
    assert len(server.list_calls("sendMessage")) == 4


class LostStore:
    """A database that may not be written any more, and does not answer."""

    def __init__(self, trouble: str) -> None:
        self._trouble = StoreDamaged(trouble)

    async def wait_lost(self) -> None:
        """At once."""
        raise self._trouble

    async def read(self, *_question: object) -> None:
        """Nothing."""
        raise self._trouble


async def test_a_loss_is_told_once_a_day_by_what_it_is(server: Server, bot: PassalongBot, url: str) -> None:
    """Another one on the same day is another trouble."""
    for trouble in ("Page 5 is broken", "Page 6 is broken", "It is gone"):
        with pytest.raises(StoreError, match=trouble):
            await watch_store(cast("Store", LostStore(trouble)), bot, [7], url=url, language="en")
    assert len(server.list_calls("sendMessage")) == 2


@pytest.mark.parametrize("left", ["", "rubbish", "[1]", '{"a": []}', "[" * 5000, '{"0": 1e999}'])
async def test_whatever_lies_there_is_no_hindrance(left: str, server: Server, bot: PassalongBot, url: str) -> None:
    """The file is anybody's to break."""
    leave(Path(url.removeprefix("sqlite:///") + ".told"), left)
    for _ in range(2):
        await tell(bot, url)
    assert len(server.list_calls("sendMessage")) == 2


@pytest.mark.parametrize("ago", [AGAIN_SECONDS + 60, -3600.0])
async def test_after_a_day_it_is_told_again(
    ago: float, server: Server, bot: PassalongBot, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where the clock was ahead when it was told."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now - ago)
    await tell(bot, url)
    monkeypatch.undo()
    await tell(bot, url)
    assert len(server.list_calls("sendMessage")) >= 2


async def test_where_nothing_can_be_remembered_nothing_is_told(
    server: Server, bot: PassalongBot, url: str, tmp_path: Path
) -> None:
    """A supervisor would have it told again and again."""
    (tmp_path / "passing").rmdir()
    await tell(bot, url)
    assert not server.list_calls("sendMessage")


async def test_nobody_waits_long_for_the_last_word(
    server: Server, bot: PassalongBot, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Telegram does not answer the process ends all the same, and tells it at the next start."""
    monkeypatch.setattr(last_word, "LAST_WORD_SECONDS", 0.05)
    for_ever = asyncio.Event()

    async def keep_silent(_call: Call) -> web.Response:
        await for_ever.wait()
        return refuse(500, "Internal Server Error")

    server.replies["sendMessage"] = keep_silent
    async with asyncio.timeout(60):
        await tell(bot, url)
    for_ever.set()
    del server.replies["sendMessage"]
    told = len(server.list_calls("sendMessage"))
    await tell(bot, url)
    assert len(server.list_calls("sendMessage")) == told + 2
