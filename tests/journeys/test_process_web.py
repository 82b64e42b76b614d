"""`passalong web` as a program of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from storage.migrations.upgrade import compose_config
from tests.journeys.program import Home, Program, furnish, furnish_forking
from tests.shops.test_process_guests import until_status
from tests.storage.test_migrations import connect
from tests.storage.test_roll_out import upgrade_by
from tests.telegram import LocalTelegram, telegram
from tests.web.test_at_work import find_free_port

__all__ = ["telegram"]


async def test_beside_a_sqlite_file_it_says_what_to_do(tmp_path: Path, telegram: LocalTelegram) -> None:
    """One process has such a file; without an address there is nothing to serve at all."""
    home = furnish(tmp_path, telegram)
    program = await home.start("web", PUBLIC_URL="https://share.example.org")
    assert await program.wait() == 2
    assert "passalong move --to" in program.read_errors()
    program = await home.start("web", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert await program.wait() == 2
    assert "PASSALONG_PUBLIC_URL is not set" in program.read_errors()


async def test_one_program_serves_the_door_of_a_shop_on_sqlite(tmp_path: Path, telegram: LocalTelegram) -> None:
    """Where Telegram brings updates `passalong run` needs nobody beside it, and never asks for any."""
    public = f"http://127.0.0.1:{find_free_port()}"
    settings = {"PUBLIC_URL": public, "LISTEN": public.removeprefix("http://"), "WEBHOOK": "true"}
    async with furnish_forking(tmp_path, telegram, **settings).running() as bot:
        await telegram.until_call("setWebhook")
        await telegram.until_reply(telegram.world.press_start(telegram.world.add_person("Rina")))
        assert telegram.world.webhook.url == f"{public}/telegram"
        assert await bot.stop() == 0
    assert telegram.world.journal.list_calls("getUpdates") == []


@pytest.mark.postgres
async def test_it_waits_for_the_bot_and_stops_when_it_is_told_to(
    tmp_path: Path, telegram: LocalTelegram, postgres_url: str
) -> None:
    """Before the bot has run once visitors are asked to come again; then all is served, and Telegram is never asked for anything."""
    port = find_free_port()
    public = f"http://127.0.0.1:{port}"
    home: Home = furnish_forking(tmp_path, telegram, DATABASE_URL=postgres_url, PUBLIC_URL=public, LOG_LEVEL="INFO")
    web = await home.start("web", LISTEN=f"127.0.0.1:{port}")
    await web.until_says("The web side is served")
    async with aiohttp.ClientSession() as session:

        async def ask(path: str) -> int:
            async with session.get(f"{public}{path}", allow_redirects=False) as answer:
                return answer.status

        assert (await ask("/"), await ask("/healthz"), await ask("/telegram")) == (503, 503, 503)
        assert not telegram.world.journal.calls
        bot = await home.start(LISTEN=f"127.0.0.1:{find_free_port()}")
        await bot.until_polling(telegram)
        async with asyncio.timeout(60):
            while await ask("/") != 200:  # noqa: ASYNC110 -- nobody tells
                await asyncio.sleep(0.1)
        assert (await ask("/healthz"), await ask("/telegram")) == (200, 405)
    assert [await web.stop(), await bot.stop()] == [0, 0], web.read_errors() + bot.read_errors()
    assert "Traceback" not in web.read_errors()


@pytest.mark.long
@pytest.mark.postgres
async def test_it_waits_until_the_bot_has_brought_an_older_database_up_to_date(
    tmp_path: Path, telegram: LocalTelegram, empty_postgres_url: str
) -> None:
    """A guest changes no tables: it says what is to be done, asks visitors to come again, and opens when it is done."""
    await asyncio.to_thread(upgrade_by, compose_config(), empty_postgres_url, "0059")
    async with serving(tmp_path, telegram, empty_postgres_url) as (home, web, public):
        await web.until_says("is older than this program. Run: passalong migrate")
        await until_status(f"{public}/", 503, web)
        async with home.running(LISTEN=f"127.0.0.1:{find_free_port()}"):
            await until_status(f"{public}/", 200, web)
        assert await web.stop() == 0


@pytest.mark.postgres
async def test_it_says_that_a_database_is_newer_than_the_program(
    tmp_path: Path, telegram: LocalTelegram, postgres_url: str
) -> None:
    """In the middle of a roll-out it may be met: visitors are asked to come again, and nothing is touched."""
    with connect(postgres_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9001', readable_since = '9001'"))
        connection.commit()
    async with serving(tmp_path, telegram, postgres_url) as (_, web, public):
        await web.until_says("newer")
        await until_status(f"{public}/", 503, web)
        assert await web.stop() == 0
        assert "Traceback" not in web.read_errors()


@asynccontextmanager
async def serving(folder: Path, telegram: LocalTelegram, url: str) -> AsyncIterator[tuple[Home, Program, str]]:
    """A home, the doors as a program, and where they are."""
    public = f"http://127.0.0.1:{find_free_port()}"
    home = furnish_forking(folder, telegram, DATABASE_URL=url, PUBLIC_URL=public, LOG_LEVEL="INFO")
    async with home.running("web", LISTEN=public.removeprefix("http://")) as web:
        await web.until_says("The web side is served")
        yield home, web, public
