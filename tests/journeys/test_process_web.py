"""`passalong web` as a program of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.journeys.program import Home, furnish, furnish_forking
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
