"""`passalong web` with a folder of shops: it follows the folder as `passalong run` does."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from tests.journeys.program import PATIENCE_SECONDS, Program
from tests.shops.agency import Agency, open_agency
from tests.shops.files import compose_token, write_shop
from tests.web.test_at_work import find_free_port

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@asynccontextmanager
async def open_town(folder: Path, url: str, *names: str) -> AsyncIterator[tuple[Agency, Program, Program, str]]:
    """An agency, its bots and their doors in programs of their own, and where the doors are."""
    public = f"http://127.0.0.1:{find_free_port()}"
    async with (
        open_agency(folder, *names, DATABASE_URL=url, PUBLIC_URL=public) as agency,
        agency.home.running(LISTEN=f"127.0.0.1:{find_free_port()}") as bots,
        agency.home.running("web", LISTEN=public.removeprefix("http://")) as web,
    ):
        yield agency, bots, web, public


async def until_status(url: str, status: int, program: Program) -> None:
    """Wait until a door answers so."""
    found = 0
    async with ClientSession() as session:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while found != status:
                    assert program.status is None, program.read_errors()
                    try:
                        async with session.get(url, allow_redirects=False) as answer:
                            found = answer.status
                    except ClientError:
                        found = 0
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{url} answers {found}, not {status}:\n{program.read_errors()}") from None


async def touch_on(path: Path) -> None:
    """Have a file be another at every look."""
    for moment in count(1_600_000_000):
        os.utime(path, (moment, moment))
        await asyncio.sleep(0.01)


async def test_the_doors_follow_the_folder(tmp_path: Path, empty_postgres_url: str) -> None:
    """A file that is new opens its shop's doors, one that changes moves them, one that goes closes them; mistakes change nothing."""
    async with open_town(tmp_path, empty_postgres_url, "bakery", "florist") as (agency, bots, web, url):
        await agency.until_at_work("bakery", "florist")
        for name in ("bakery", "florist"):
            await until_status(f"{url}/{name}/", 200, web)
        await until_status(f"{url}/tailor/", 404, web)
        agency.add("tailor")
        await until_status(f"{url}/tailor/", 200, web)
        token = agency.telegrams["florist"].token
        write_shop(agency.shops, "florist", BOT_TOKEN=token, PUBLIC_URL=f"{url}/roses")
        await until_status(f"{url}/roses/", 200, web)
        await until_status(f"{url}/florist/", 404, web)
        agency.find_file("tailor").unlink()
        await until_status(f"{url}/tailor/", 404, web)
        write_shop(agency.shops, "florist", BOT_TOKEN="?")
        await web.until_says("florist.env: PASSALONG_BOT_TOKEN does not look like")
        for path in ("roses", "bakery"):
            await until_status(f"{url}/{path}/", 200, web)
        assert [await web.stop(), await bots.stop()] == [0, 0]
        assert "Traceback" not in agency.home.read_everything()


async def test_whoever_has_written_all_says_so(tmp_path: Path, empty_postgres_url: str) -> None:
    """SIGHUP ends neither program: both believe what stands there, also in a file that never lies still."""
    async with open_town(tmp_path, empty_postgres_url, "bakery") as (agency, bots, web, url):
        await agency.until_at_work("bakery")
        await until_status(f"{url}/bakery/", 200, web)
        restless = write_shop(agency.shops, "florist", BOT_TOKEN="?")
        touching = asyncio.create_task(touch_on(restless))
        for program in (bots, web):
            program.send(signal.SIGHUP)
            await program.until_says("florist.env: PASSALONG_BOT_TOKEN does not look like")
        touching.cancel()
        await until_status(f"{url}/bakery/", 200, web)
        assert [await web.stop(), await bots.stop()] == [0, 0]


async def test_it_says_whose_doors_are_served_elsewhere(tmp_path: Path, empty_postgres_url: str) -> None:
    """A shop on SQLite among others is left to the program that runs it, in words; asked for by name it is refused."""
    async with open_agency(tmp_path, DATABASE_URL=empty_postgres_url, PUBLIC_URL="https://share.example.org") as agency:
        own = f"sqlite:///{tmp_path}/own.db"
        write_shop(agency.shops, "bakery", BOT_TOKEN=compose_token(41), DATABASE_URL=own)
        async with agency.home.running("web", LISTEN="127.0.0.1:0") as web:
            await web.until_says("bakery is not served here: The database is a SQLite file")
            await web.until_says("The web side is served")
            assert await web.stop() == 0
        refused = await agency.home.run("web", "--shop", "bakery")
        assert (refused.status, "passalong move --to" in refused.read_errors()) == (2, True)
