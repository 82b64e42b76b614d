"""The token is nowhere to be read, whatever the process says and however it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground import faults
from bot.playground.waiting import Match
from bot.playground.world import Person
from tests.journeys.program import Home, furnish_forking
from tests.telegram import LocalTelegram, local_telegram

CANARY = "Kanarienvogel"
"""A secret that looks like no token, so that nothing but knowing it can hide it."""

TOKEN = f"123456:{CANARY}"

FAILURES = (
    faults.error(500),
    faults.html_page(),
    faults.drop(after_effect=False),
    faults.truncated(),
    faults.not_ok(),
    faults.error(400, "Bad Request: nothing of this kind is known"),
)


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    """A Telegram whose bot has a shapeless token."""
    async with local_telegram(token=TOKEN) as local:
        yield local


@pytest.mark.long
async def test_no_log_line_holds_the_token(tmp_path: Path) -> None:
    """At DEBUG, in either format, every library speaking, and with failures on the way of every kind of call."""
    text, json = await asyncio.gather(*(read_log(tmp_path / name, name) for name in ("text", "json")))
    for said in (text, json):
        assert "DEBUG" in said
        for failed in ("getUpdates failed", "has to be tried again", "did not want the answer"):
            assert failed in said, "nothing failed: this test proves nothing"
        assert CANARY not in said


@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_is_not_quoted(status: int, tmp_path: Path, telegram: LocalTelegram) -> None:
    """The last line says that the token is refused, not which it is; the same where the server is not even there."""
    home = furnish_forking(tmp_path, telegram)
    telegram.faults.order(faults.error(status), times=-1)
    program = await home.run("run")
    assert program.status == 1
    assert "refuses the bot's token" in program.read_errors()
    await assert_silent_about_an_absent_server(home)
    assert CANARY not in home.read_everything()


async def test_doctor_and_a_mistaken_token_do_not_quote_it(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Neither what is wrong with a token nor what is right about it needs its secret."""
    home = furnish_forking(tmp_path, telegram)
    assert (await home.run("doctor")).status == 0
    mistaken = await home.run("run", BOT_TOKEN=f"{CANARY} with a blank")
    assert mistaken.status == 2
    assert "PASSALONG_BOT_TOKEN does not look like a bot token" in mistaken.read_errors()
    password = await home.run("run", DATABASE_URL=f"postgresql://shop:{CANARY}@127.0.0.1:9/shop")
    assert password.status == 1
    assert CANARY not in home.read_everything()


async def read_log(folder: Path, log_format: str) -> str:
    """Return all that a bot says in a life with many failures."""
    async with local_telegram(token=TOKEN) as telegram:
        home = furnish_forking(folder, telegram, LOG_FORMAT=log_format, SEND_RATE="1000", CHAT_RATE="100")
        telegram.faults.order(FAILURES[0], "getUpdates")
        for method in ("setMyCommands", "sendMessage", "sendPhoto"):
            for number, fault in enumerate(FAILURES):
                telegram.faults.order(fault, method, nth=1 + number // 2)
        async with home.running() as program:
            await program.until_polling(telegram)
            await live_through(telegram)
            assert await program.stop() == 0
    return home.read_everything()


async def live_through(telegram: LocalTelegram) -> None:
    """Let somebody use the bot while everything fails now and then."""
    nia = telegram.world.add_person("Nia")
    telegram.world.press_start(nia)
    await telegram.until_message(nia, "Your link")
    await insist(telegram, nia, "/share", lambda message: message.photo is not None)
    await insist(telegram, nia, "/privacy", "What is kept about you")
    await telegram.until_confirmed(timeout_seconds=60)


async def insist(telegram: LocalTelegram, person: Person, command: str, match: Match) -> None:
    """Ask until it is answered: an answer whose fate nobody knows is not sent again by itself."""
    for _ in range(12):
        telegram.world.send_text(person, telegram.world.open_chat(person), command)
        try:
            await telegram.until_message(person, match, timeout_seconds=5)
        except AssertionError:
            continue
        return
    raise AssertionError(f"{command} was never answered")


async def assert_silent_about_an_absent_server(home: Home) -> None:
    """Start where nobody listens, and leave again."""
    async with home.running(BOT_API_URL="http://127.0.0.1:9") as program:
        await program.until_says("does not answer yet")
        assert await program.stop() == 0
