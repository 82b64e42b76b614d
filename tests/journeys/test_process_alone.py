"""Only one process at a time: on a file, and on a token."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.program import Program, furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

REASON = (
    "Another program fetches this bot's updates, only one can: Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


async def test_a_second_process_on_the_same_file_leaves_with_a_clear_line(
    telegram: LocalTelegram, tmp_path: Path
) -> None:
    """It says why in one line and ends with 1, before the imports that only a running bot needs; the first stays."""
    home = furnish(tmp_path, telegram, LOG_LEVEL="INFO")
    ready_home = replace(home, forks=True)
    async with ready_home.running() as first:
        await first.until_polling(telegram)
        program = await ready_home.run("run")
        assert program.status == 1
        lines = program.read_errors().splitlines()
        assert len(lines) == 1, lines
        assert "in use by another process" in lines[0]
        late = await replace(home, variables={"PYTHONPROFILEIMPORTTIME": "1"}).run("run")
        assert late.status == 1
        assert "storage.engines" in late.read_errors()
        assert not re.search(r"\| +(telegram\.ext|bot\.app|PIL)\n", late.read_errors())
        assert first.status is None
        assert await first.stop() == 0


@pytest.mark.long
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
            await telegram.until_message(nia, "Your link")
            assert await stays.stop() == 0
    polls = telegram.world.journal.list_calls("getUpdates")
    assert len(polls) < 300, "two bots that end each other's polls do not spin"


async def until_one_leaves(first: Program, second: Program) -> tuple[Program, Program]:
    """Return who left, and who did not."""
    ends = {asyncio.ensure_future(each.process.wait()): each for each in (first, second)}
    await asyncio.wait(ends, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    return (first, second) if first.status is not None else (second, first)
