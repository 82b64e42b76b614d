"""Only one process at a time: on a database, and on a token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path

import pytest

from bot.playground.world.journal import SECOND
from tests.journeys.program import Program, furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

REASON = (
    "Another program fetches this bot's updates, only one can: Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)

LEAVE_SECONDS = 2.0
"""Within this a second process has to be gone; what a loaded machine adds is measured beside it."""


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_second_process_on_the_same_database_leaves_with_a_clear_line(
    engine: str, telegram: LocalTelegram, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It says why in one line and ends with 1, before the imports that only a running bot needs; the first stays."""
    url = request.getfixturevalue(f"empty_{engine}_url")
    home = furnish(tmp_path, telegram, DATABASE_URL=url, LOG_LEVEL="INFO")
    async with home.running() as first:
        await first.until_polling(telegram)
        bare = await measure_seconds(home.run("--version"))
        program = await home.start("run")
        taken = await measure_seconds(program.wait())
        assert program.status == 1
        lines = program.read_errors().splitlines()
        assert len(lines) == 1, lines
        assert "in use by another process" in lines[0]
        assert taken < LEAVE_SECONDS + 8 * bare, f"took {taken:.2f} s, the interpreter alone {bare:.2f} s"
        assert first.status is None
        assert await first.stop() == 0


async def test_of_two_bots_on_one_token_one_hears_of_it_and_leaves(telegram: LocalTelegram, tmp_path: Path) -> None:
    """On different databases only Telegram's 409 can tell: one of the two leaves with the reason, the other works on."""
    home = furnish(tmp_path, telegram, LOG_LEVEL="INFO")
    async with home.running() as first:
        await first.until_polling(telegram)
        async with home.running(DATABASE_URL=f"sqlite:///{tmp_path}/another.db") as second:
            left, stays = await until_one_leaves(first, second)
            assert left.status == 1
            assert left.read_errors().splitlines()[-1] == f"passalong: {REASON}"
            nia = telegram.world.add_person("Nia")
            telegram.world.press_start(nia)
            await telegram.until_message(nia, "Your link", timeout_seconds=20)
            assert await stays.stop() == 0
    polls = telegram.world.journal.list_calls("getUpdates")
    seconds = (polls[-1].at - polls[0].at) / SECOND
    assert len(polls) <= 2 * seconds + 4, "two bots together asked more than twice a second"


async def until_one_leaves(first: Program, second: Program) -> tuple[Program, Program]:
    """Return who left, and who did not."""
    ends = {asyncio.ensure_future(each.process.wait()): each for each in (first, second)}
    await asyncio.wait(ends, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    return (first, second) if first.status is not None else (second, first)


async def measure_seconds(waiting: Awaitable[object]) -> float:
    """Return how long something takes."""
    began = time.monotonic()
    await waiting
    return time.monotonic() - began
