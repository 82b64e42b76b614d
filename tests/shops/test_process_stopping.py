"""A stop in the middle of the work of many shops; and a signal at their start that asks for none."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from bot.playground.world import Person
from tests.journeys.program import PATIENCE_SECONDS, Program
from tests.journeys.test_process_stopping import until_it_listens
from tests.shops.agency import Agency, open_agency
from tests.shops.files import compose_token

SHOPS = 20
PEOPLE = 3


def press_start(agency: Agency, name: str) -> list[Person]:
    """Some people come to a shop at once."""
    world = agency.telegrams[name].world
    people = [world.add_person(f"Guest {number}") for number in range(PEOPLE)]
    for person in people:
        world.press_start(person)
    return people


def count_greetings(agency: Agency, name: str, person: Person) -> int:
    """How often somebody has been greeted."""
    messages = agency.telegrams[name].world.open_chat(person).list_messages()
    return sum(message.text.startswith(f"Hi {person.first_name}") for message in messages)


@pytest.mark.long
async def test_twenty_busy_shops_stop_in_time_and_lose_nobody(tmp_path: Path) -> None:
    """None of them is left where it stands; whoever had come by then is greeted once, before the stop or after the start."""
    names = [f"shop-{number}" for number in range(SHOPS)]
    async with open_agency(tmp_path, *names) as agency:
        async with agency.home.running() as program:
            await agency.until_at_work(*names)
            people = {name: press_start(agency, name) for name in names}
            assert await program.stop() == 0
            log = program.read_errors()
            assert all(f" {name}: Stopped" in log for name in names)
            assert "is left" not in log
            assert "Traceback" not in log
        async with agency.home.running() as program:
            for name, telegram in agency.telegrams.items():
                for person in people[name]:
                    await telegram.until_message(
                        person, lambda each: "?start=" in each.text, timeout_seconds=PATIENCE_SECONDS
                    )
                await telegram.until_confirmed()
            assert await program.stop() == 0
        counts = {count_greetings(agency, name, person) for name in names for person in people[name]}
        assert counts == {1}


async def hang_up_again_and_again(program: Program) -> None:
    """From the moment on in which it listens to signals, while it imports and opens what it needs."""
    await until_it_listens(program)
    for _ in range(15):
        program.send(signal.SIGHUP)
        await asyncio.sleep(0.1)


@pytest.mark.long
async def test_a_hangup_in_the_first_moments_ends_nothing(tmp_path: Path) -> None:
    """Whoever writes files while the program starts says so by it; neither the bots nor the doors take it for a stop."""
    async with open_agency(tmp_path, "bakery", LISTEN="127.0.0.1:0") as agency:
        home = replace(agency.home, forks=False)
        async with home.running() as bots, home.running("web") as web:
            await asyncio.gather(*map(hang_up_again_and_again, (bots, web)))
            await agency.until_at_work("bakery")
            await web.until_says("The web side is served")
            assert [await bots.stop(), await web.stop()] == [0, 0]
        assert "Traceback" not in home.read_everything()


@pytest.mark.long
async def test_a_hangup_in_the_first_moments_of_one_shop_is_a_stop(tmp_path: Path) -> None:
    """Its terminal is gone; what waited until that was known is not forgotten."""
    async with open_agency(tmp_path, "bakery") as agency:
        home = replace(agency.home, forks=False)
        alone = {"SHOPS": "", "BOT_TOKEN": compose_token(41), "DATABASE_URL": f"sqlite:///{tmp_path}/own.db"}
        async with home.running(**alone) as program:
            await until_it_listens(program)
            assert await program.stop(signal.SIGHUP) == 0
