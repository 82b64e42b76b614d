"""The real process bears a Telegram that misbehaves: it recovers, or leaves and says why, and never hammers."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from bot.playground import faults
from bot.playground.faults import Fault
from bot.playground.world.journal import SECOND, Call
from tests.journeys.program import furnish_forking
from tests.telegram import LocalTelegram, local_telegram, telegram

__all__ = ["telegram"]

HUNDRED = 100

PASSING: dict[str, tuple[Fault, int]] = {
    "500": (faults.error(500), 3),
    "409": (faults.error(409), 2),
    "429": (faults.too_many_requests(2), 2),
    "not ok": (faults.not_ok(), 3),
    "html": (faults.html_page(), 3),
    "html with 200": (faults.html_page(200), 2),
    "truncated": (faults.truncated(), 2),
    "dropped": (faults.drop(after_effect=False), 3),
    "hang": (faults.hang(), 1),
}
"""What may pass, with how often in a row it happens here; a hanging poll alone takes 25 seconds to notice."""

FATAL = {
    "401": (faults.error(401), "Telegram refuses the bot's token: Unauthorized"),
    "404": (faults.error(404), "Telegram refuses the bot's token: Not Found"),
}


@pytest.mark.long
async def test_the_poller_recovers_from_what_may_pass_and_never_hammers(tmp_path: Path) -> None:
    """Whatever comes instead of updates: at most a request a second meanwhile, then all is as before."""
    async with asyncio.TaskGroup() as tasks:
        for name in PASSING:
            tasks.create_task(recover(tmp_path / name, name))


@pytest.mark.parametrize("name", FATAL)
async def test_a_refused_token_ends_the_process_with_the_reason(
    name: str, tmp_path: Path, telegram: LocalTelegram
) -> None:
    """A poller that lives on without polling is a zombie: it leaves with 1 and one clear last line."""
    fault, reason = FATAL[name]
    home = furnish_forking(tmp_path, telegram, LOG_LEVEL="INFO")
    async with home.running() as program:
        await program.until_polling(telegram)
        telegram.faults.order(fault, "getUpdates", times=-1)
        telegram.world.press_start(telegram.world.add_person("Nia"))
        assert await program.wait(30) == 1
        assert program.read_errors().splitlines()[-1] == f"passalong: {reason}"
    assert len(list_faulty(telegram)) == 1


async def test_one_poison_update_among_a_hundred_harms_no_other(tmp_path: Path, telegram: LocalTelegram) -> None:
    """What no library can read is put aside and told in the log; the other ninety-nine are handled."""
    world = telegram.world
    crowd = [world.add_person(f"Guest{number}") for number in range(HUNDRED - 1)]
    for number, person in enumerate(crowd):
        world.press_start(person)
        if number == HUNDRED // 2:
            poison = world.push_raw("message", {"message_id": "poison", "date": {}, "chat": []})
    home = furnish_forking(tmp_path, telegram, LOG_LEVEL="INFO", SEND_RATE="1000")
    async with home.running() as program:
        await program.until_polling(telegram)
        for person in crowd:
            await telegram.until_message(person, "Your link")
        await telegram.until_confirmed(timeout_seconds=30)
        assert f"Update {poison} is unreadable and given up" in program.read_errors()
        assert await program.stop() == 0
    assert len(world.journal.list_calls("getUpdates")) < 10


async def recover(folder: Path, name: str) -> None:
    """Let some polls go wrong while somebody waits to be greeted."""
    fault, times = PASSING[name]
    async with local_telegram() as telegram:
        home = furnish_forking(folder, telegram, LOG_LEVEL="INFO")
        telegram.faults.order(fault, "getUpdates", times=times)
        async with home.running() as program:
            await program.until_polling(telegram)
            nia = telegram.world.add_person("Nia")
            telegram.world.press_start(nia)
            await telegram.until_message(nia, "Your link")
            assert await program.stop() == 0, name
        assert_patient(telegram, name, times)
        telegram.assert_clean()


def list_faulty(telegram: LocalTelegram) -> list[Call]:
    """Return the polls that went wrong."""
    return [call for call in telegram.world.journal.list_calls("getUpdates") if call.fault]


def assert_patient(telegram: LocalTelegram, name: str, times: int) -> None:
    """All ordered faults were met, and after each of them a second went by before the next poll."""
    polls = telegram.world.journal.list_calls("getUpdates")
    assert len(list_faulty(telegram)) == times, name
    for call, following in pairwise(polls):
        if call.fault:
            assert following.at - call.at >= 0.95 * SECOND, f"{name}: asked again at once"
