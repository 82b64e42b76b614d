from __future__ import annotations

import asyncio
from pathlib import Path

from bot.app import House, run_in
from storage import open_store
from tests.journeys.shop_at_work import compose_settings, sqlite_in
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


async def test_a_shop_works_before_it_is_its_turn_to_introduce_itself(telegram: LocalTelegram, tmp_path: Path) -> None:
    """People are answered at once; menu and description follow when the other shops have said theirs."""
    turn, stop, url = asyncio.Event(), asyncio.Event(), sqlite_in(tmp_path)

    async def wait() -> None:
        await turn.wait()

    async with open_store(url) as store:
        settings = compose_settings(telegram, url, PASSALONG_ANNOUNCE_CHAT="")
        running = asyncio.create_task(run_in(store, settings, stop, house=House(wait_to_introduce=wait)))
        await telegram.until_reply(telegram.world.press_start(telegram.world.add_person("Anna")))
        assert telegram.world.journal.list_calls("setMyCommands") == []
        turn.set()
        await telegram.until_call("setMyCommands")
        stop.set()
        await running
