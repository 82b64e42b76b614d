"""A start that ends early, whatever way, leaves nothing open behind it and says what it has to say once."""

from __future__ import annotations

import asyncio
import signal
import socket
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from bot.playground import faults
from tests.journeys.program import Home, Program, furnish
from tests.shipped import change_shipped
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

WATCHFUL = {"PYTHONASYNCIODEBUG": "1", "PYTHONWARNINGS": "always::ResourceWarning,always::RuntimeWarning"}
LEFT_BEHIND = (
    "Unclosed",
    "ResourceWarning",
    "RuntimeWarning",
    "never awaited",
    "was destroyed",
    "Traceback",
    "ignored in",
)


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram) -> Home:
    """A home whose programs tell of everything that they leave open."""
    return replace(furnish(tmp_path, telegram, LOG_LEVEL="INFO"), variables=WATCHFUL)


def assert_clean(program: Program, status: int, words: str = "") -> None:
    """It ended as it should, said so, and left nothing behind."""
    said = program.read_errors()
    assert program.status == status, said
    assert words in said
    assert not [word for word in LEFT_BEHIND if word in said], said


@pytest.mark.parametrize("status", [401, pytest.param(404, marks=pytest.mark.long)])
async def test_a_refused_token(status: int, home: Home, telegram: LocalTelegram) -> None:
    """By the first word of Telegram's."""
    telegram.faults.order(faults.error(status), times=-1)
    assert_clean(await home.run(), 1, "refuses the bot's token")


@pytest.mark.long
async def test_a_token_that_is_refused_later(home: Home, telegram: LocalTelegram) -> None:
    """By the poll, when everything runs."""
    telegram.faults.order(faults.error(401), "getUpdates", times=-1)
    assert_clean(await home.run(), 1, "token")


@pytest.mark.long
@pytest.mark.parametrize(
    ("settings", "status", "words"),
    [
        ({"BOT_TOKEN": "hello"}, 2, "does not look like a bot token"),
        ({"CAMPAIGN": "wrong.toml"}, 2, "wrong.toml: line 1"),
        ({"CAMPAIGN": "lonely.toml"}, 2, "none is named"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.db"}, 1, "/nowhere/at/all.db"),
        ({"DATABASE_URL": "postgresql://shop@127.0.0.1:9/shop"}, 1, "127.0.0.1"),
        ({"DATABASE_URL": "sqlite:///other.db"}, 1, "other.db"),
    ],
    ids=["token", "campaign", "community", "folder", "server", "no database"],
)
async def test_what_cannot_be_used(settings: dict[str, str], status: int, words: str, home: Home) -> None:
    """A setting, a campaign, a database."""
    (home.folder / "wrong.toml").write_text("= wrong")
    change_shipped(home.folder / "lonely.toml", ("join_community = false", "join_community = true"))
    (home.folder / "other.db").write_bytes(b"not a database at all, but long enough to be looked at" * 99)
    assert_clean(await home.run(**settings), status, words)


@pytest.mark.long
async def test_a_second_one_and_a_taken_port(home: Home, telegram: LocalTelegram) -> None:
    """Neither disturbs the one that runs."""
    async with home.running() as first:
        await first.until_polling(telegram)
        assert_clean(await home.run(), 1, "another")
        assert await first.stop() == 0
    assert_clean(first, 0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert_clean(await home.run(PUBLIC_URL="http://127.0.0.1:8080", LISTEN=place), 1, place.split(":")[1])


@pytest.mark.long
@pytest.mark.parametrize(
    ("proxy", "number"),
    list(product(["", "http://127.0.0.1:9", "socks5://127.0.0.1:9"], [signal.SIGTERM, signal.SIGINT])),
)
async def test_a_stop_while_telegram_is_away(number: signal.Signals, proxy: str, home: Home) -> None:
    """Straight or behind a proxy that is not there: between two tries."""
    async with home.running(BOT_API_URL="http://127.0.0.1:9", PROXY=proxy) as program:
        await program.until_says("does not answer yet")
        await program.stop(number)
    assert_clean(program, 0)


@pytest.mark.long
async def test_a_stop_while_telegram_is_silent(home: Home, telegram: LocalTelegram) -> None:
    """In the middle of the first question, with the connection open."""
    telegram.faults.order(faults.hang(), "getMe", times=-1)
    async with home.running() as program:
        await telegram.until_call("getMe")
        await asyncio.sleep(0.2)
        await program.stop()
    assert_clean(program, 0)


@pytest.mark.long
async def test_a_stop_while_telegram_answers_rubbish(home: Home, telegram: LocalTelegram) -> None:
    """A firewall's page for whatever is asked."""
    telegram.faults.order(faults.html_page(), times=-1)
    async with home.running() as program:
        await program.until_says("does not answer yet")
        await program.stop()
    assert_clean(program, 0)


@pytest.mark.long
async def test_a_stop_of_the_doctor(home: Home, telegram: LocalTelegram) -> None:
    """While it waits for an answer: whoever goes on by its status does not take the bot for well."""
    telegram.faults.order(faults.hang(), "getMe", times=-1)
    async with home.running("doctor") as program:
        await telegram.until_call("getMe")
        await asyncio.sleep(0.2)
        await program.stop()
    assert_clean(program, 128 + signal.SIGTERM, "Broken off")
