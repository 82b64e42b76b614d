"""What the bot says of itself to Telegram is said once, and never before people."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.playground import faults
from tests.journeys.program import furnish_forking
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

ERRANDS = ("setMyCommands", "setMyDescription", "setMyShortDescription")


def count_errands(telegram: LocalTelegram) -> Counter[str]:
    """How often each was called."""
    return Counter({method: telegram.world.journal.counts[method] for method in ERRANDS})


@pytest.mark.long
async def test_a_refused_errand_keeps_nobody_waiting(tmp_path: Path, telegram: LocalTelegram) -> None:
    """A newcomer is greeted while Telegram wants silence about descriptions, in this process and in the next."""
    for method in ERRANDS:
        telegram.faults.order(faults.too_many_requests(300), method, times=-1)
    home = furnish_forking(tmp_path, telegram)
    for name in ("Nia", "Ben"):
        async with home.running() as program:
            await program.until_polling(telegram)
            guest = telegram.world.add_person(name)
            telegram.world.press_start(guest)
            await telegram.until_message(guest, "Your link")
            assert await program.stop() == 0
    first_poll = telegram.world.journal.list_calls("getUpdates")[0]
    assert all(call.number > first_poll.number for call in telegram.world.calls if call.method in ERRANDS)
    assert sum(count_errands(telegram).values()) == 1


async def test_what_telegram_knows_already_is_not_said_again(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Only where something has changed since the last start is anything said."""
    home = furnish_forking(tmp_path, telegram)
    async with home.running() as program:
        await telegram.until_call("setMyShortDescription", 4)
        assert await program.stop() == 0
    said = count_errands(telegram)
    async with home.running() as program:
        await program.until_polling(telegram)
        guest = telegram.world.add_person("Nia")
        telegram.world.press_start(guest)
        await telegram.until_message(guest, "Your link")
        assert await program.stop() == 0
    assert count_errands(telegram) == said
