from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

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


@pytest.mark.postgres
async def test_a_bot_introduces_itself_once_its_database_is_back(
    telegram: LocalTelegram, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Not only at its next start: until then nobody would see a menu."""
    stop = asyncio.Event()
    async with open_store(postgres_url) as store:
        with psycopg.connect(postgres_url, autocommit=True) as behind:
            behind.execute("ALTER TABLE command_menu RENAME TO elsewhere")
            settings = compose_settings(telegram, postgres_url, PASSALONG_ANNOUNCE_CHAT="")
            running = asyncio.create_task(run_in(store, settings, stop))
            async with asyncio.timeout(60):
                while "cannot be introduced yet" not in caplog.text:  # noqa: ASYNC110 -- a log tells nobody of a line
                    await asyncio.sleep(0.01)
            assert telegram.world.journal.list_calls("setMyDescription") == []
            behind.execute("ALTER TABLE elsewhere RENAME TO command_menu")
        await telegram.until_call("setMyDescription")
        stop.set()
        await running
    assert "a restart tries again" not in caplog.text
