"""The restore drill: back up under load, lose the machine, restore elsewhere, go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.world import Person
from storage import open_store
from storage.checks import list_faults
from storage.records import Seq
from storage.tables import directory, inbox
from tests.journeys.program import Home, furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

CROWD = 60


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A database that is lost, and one that takes its place, on each engine in turn."""
    lost: str = request.getfixturevalue(f"{request.param}_url")
    new: str = request.getfixturevalue(f"empty_{request.param}_url")
    return lost, new


def arrive(telegram: LocalTelegram, first: int) -> list[Person]:
    """A crowd presses START at once."""
    crowd = [telegram.world.add_person(f"Guest{first + number}") for number in range(CROWD)]
    for person in crowd:
        telegram.world.press_start(person)
    return crowd


async def test_a_restored_database_goes_on(urls: tuple[str, str], telegram: LocalTelegram, tmp_path: Path) -> None:
    """Backed up while people arrive, killed, restored elsewhere: the books balance, and what waited is handled."""
    lost, new = urls
    home, file = furnish(tmp_path / "home", telegram, SEND_RATE="200", DATABASE_URL=lost), tmp_path / "shop.backup"
    async with home.running() as program:
        await program.until_polling(telegram)
        first = arrive(telegram, 0)
        await telegram.until_message(first[CROWD // 3], "Your link")
        backup = await home.run("backup", str(file))
        assert backup.status == 0, backup.read_errors()
        await program.kill()
    restored = await home.run("restore", str(file), DATABASE_URL=new)
    assert restored.status == 0, restored.read_errors()
    assert "is up to date" in restored.read_output()
    await go_on(home, telegram, new)
    again = await home.run("restore", str(file), DATABASE_URL=new)
    assert (again.status, "already" in again.read_errors()) == (1, True)


async def go_on(home: Home, telegram: LocalTelegram, url: str) -> None:
    """The bot works on the restored database: newcomers are greeted, nothing stays open, nothing is wrong."""
    async with home.running(DATABASE_URL=url) as program:
        await program.until_polling(telegram)
        newcomers = arrive(telegram, CROWD)
        for newcomer in newcomers:
            await telegram.until_message(newcomer, "Your link")
        assert await program.stop() == 0
    async with open_store(url) as store:
        assert await list_faults(store) == []
        assert await store.read(inbox.list_open, after=Seq(0), limit=9) == []
        assert await store.read(directory.count_members) >= CROWD
