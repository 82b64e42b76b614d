"""Several processes for one shop on PostgreSQL: one works, the others stand by, and a sleeper wakes up to nothing."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.playground.api.fleet import Fleet, serve_fleet
from bot.playground.api.server import Server, make_token
from bot.playground.world import Person, World
from storage.engines.postgres_connection import connect
from tests.chaos.crowd import find_link_codes
from tests.journeys.program import Home, furnish_forking
from tests.storage.server import Server as PostgresServer
from tests.telegram import LocalTelegram

pytestmark = pytest.mark.postgres

STANDS_BY = "standing by"


@dataclass(frozen=True, slots=True)
class Stage:
    """A shop's Telegram with a door for each of two processes."""

    telegram: LocalTelegram
    homes: tuple[Home, Home]
    ports: tuple[int, int]
    url: str

    def count_calls(self, process: int) -> int:
        """How often one of them has asked Telegram for anything."""
        return sum(call.port == self.ports[process] for call in self.telegram.world.journal.calls)

    def gather(self, count: int) -> list[Person]:
        """So many come at once."""
        people = [self.telegram.world.add_person(f"Friend {number}") for number in range(count)]
        for each in people:
            self.telegram.world.press_start(each)
        return people

    async def greet(self, name: str) -> Person:
        """Somebody comes, and is answered."""
        person = self.telegram.world.add_person(name)
        self.telegram.world.press_start(person)
        await self.telegram.until_message(person)
        return person

    async def count_members(self) -> int:
        """How many are in the books."""

        def count() -> int:
            with connect(self.url) as behind:
                row = behind.execute("SELECT count(*) FROM person").fetchone()
                assert row is not None
                return int(row[0])

        return await asyncio.to_thread(count)

    async def read_epoch(self) -> int:
        """How many tenures of the shop there have been."""

        def read() -> int:
            with connect(self.url) as behind:
                row = behind.execute("SELECT epoch FROM passalong_lease").fetchone()
                assert row is not None
                return int(row[0])

        return await asyncio.to_thread(read)

    def count_greetings(self, person: Person) -> int:
        """How many greetings with a link somebody has; the card, which comes behind in its own time, is none."""
        messages = self.telegram.world.open_chat(person).messages.values()
        return sum(bool(find_link_codes(each)) and not each.content.has_media for each in messages)


@pytest.fixture
async def stage(tmp_path: Path, postgres_url: str) -> AsyncIterator[Stage]:
    """Both processes have the same settings but for the door by which they reach Telegram."""
    async with _open(tmp_path, postgres_url) as opened:
        yield opened
        opened.telegram.assert_clean()


@asynccontextmanager
async def _open(folder: Path, url: str) -> AsyncIterator[Stage]:
    world = World()
    server = Server(world, make_token(world.bot.id))
    async with serve_fleet(Fleet([server]), ports=(0, 0)) as fleet:
        telegram = LocalTelegram(server)
        home = furnish_forking(folder, telegram, DATABASE_URL=url, LOG_LEVEL="INFO")
        homes = [replace(home, settings={**home.settings, "BOT_API_URL": each}) for each in fleet.urls]
        yield Stage(telegram, (homes[0], homes[1]), (fleet.ports[0], fleet.ports[1]), url)


async def test_of_two_processes_one_works_and_the_other_takes_over(stage: Stage) -> None:
    """The second says that it stands by and asks Telegram nothing; it works once the first is told to stop, or killed."""
    async with stage.homes[0].running() as first, stage.homes[1].running() as second:
        await stage.greet("Anna")
        working, waiting = (0, 1) if stage.count_calls(0) else (1, 0)
        programs = (first, second)
        await programs[waiting].until_says(STANDS_BY)
        assert stage.count_calls(waiting) == 0
        assert await programs[working].stop() == 0
        await stage.greet("Ben")
        assert stage.count_calls(waiting) > 0
        async with stage.homes[working].running() as third:
            await third.until_says(STANDS_BY)
            programs[waiting].send(signal.SIGKILL)
            before = time.monotonic()
            await stage.greet("Cleo")
            taken_over = time.monotonic() - before
            assert await third.stop() == 0
        assert "Traceback" not in stage.homes[0].read_everything()
    assert await stage.count_members() == 3
    assert taken_over < 60


@pytest.mark.long
async def test_a_process_that_slept_writes_and_sends_nothing_when_it_wakes(stage: Stage) -> None:
    """Stopped for longer than a lease lasts it has lost the shop: it says so once, asks Telegram nothing and stands by."""
    async with stage.homes[0].running() as sleeper:
        await stage.greet("Anna")
        async with stage.homes[1].running() as other:
            await other.until_says(STANDS_BY)
            crowd = stage.gather(60)
            await stage.telegram.until_message(crowd[5])  # the others wait for their turn
            sleeper.send(signal.SIGSTOP)
            await stage.greet("Ben")  # by the other one, which had to wait for it
            slept = stage.count_calls(0)
            sleeper.send(signal.SIGCONT)
            await sleeper.until_says(STANDS_BY)
            for each in crowd:
                await stage.telegram.until_message(each)
            await stage.greet("Cleo")
            assert stage.count_calls(0) == slept
            assert sleeper.status is None
            assert "LeaseLost" not in sleeper.read_errors()  # it is a line in the log, and no trouble
            other.send(signal.SIGKILL)
            await stage.greet("Dora")
            assert stage.count_calls(0) > slept
        assert await sleeper.stop() == 0
    assert await stage.count_members() == 64


async def test_a_restart_of_the_server_costs_nobody_the_shop(stage: Stage, postgres_server: PostgresServer) -> None:
    """Both go on, one of them with the shop: nobody is lost or answered twice, and the log has no traceback."""
    async with stage.homes[0].running() as holder, stage.homes[1].running() as other:
        anna = await stage.greet("Anna")
        epoch, crowd = await stage.read_epoch(), stage.gather(60)
        await stage.telegram.until_message(crowd[5])  # the others wait for their turn
        await asyncio.to_thread(postgres_server.restart, "fast")
        for program in (holder, other):
            await program.until_says("The line to the database is back")
        for each in crowd:
            await stage.telegram.until_message(each)
        await stage.greet("Ben")
        worked = [process for process in (0, 1) if stage.count_calls(process)]
        assert len(worked) == 1 + await stage.read_epoch() - epoch
        assert await stage.count_members() == 62
        assert {stage.count_greetings(each) for each in crowd} == {stage.count_greetings(anna)}
        for program in (holder, other):
            assert await program.stop() == 0
    assert not [home for home in stage.homes if "Traceback" in home.read_everything()]
