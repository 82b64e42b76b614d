"""A stop in the middle of the work of many shops."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.playground.world import Person
from tests.journeys.program import PATIENCE_SECONDS
from tests.shops.agency import Agency, open_agency

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


async def test_twenty_busy_shops_stop_in_time_and_lose_nobody(tmp_path: Path, migrated_sqlite: Path) -> None:
    """None of them is left where it stands; whoever had come by then is greeted once, before the stop or after the start."""
    names = [f"shop-{number}" for number in range(SHOPS)]
    (tmp_path / "databases").mkdir()
    for name in names:
        shutil.copy(migrated_sqlite, tmp_path / "databases" / f"{name}.db")
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
