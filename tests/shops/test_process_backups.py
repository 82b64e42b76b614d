"""Backups of one shop among others: made by themselves, and put back while the others work."""

from __future__ import annotations

import asyncio
import importlib
import signal
from pathlib import Path

import psycopg
import pytest

from bot.playground.world import Person
from tests.journeys.program import PATIENCE_SECONDS, Program
from tests.journeys.shop_at_work import find_link
from tests.shops.agency import Agency, open_agency


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What DATABASE_URL says for all shops."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/databases/"
    return str(request.getfixturevalue("empty_postgres_url"))


async def find_own_link(agency: Agency, name: str, person: Person) -> str:
    """The link that somebody is greeted with, now."""
    telegram = agency.telegrams[name]
    return find_link(await telegram.until_reply(telegram.world.press_start(person), timeout_seconds=PATIENCE_SECONDS))


def list_backups(folder: Path) -> list[Path]:
    """Those that are whole; one that is being written has another name."""
    return sorted(folder.glob("passalong-*"))


async def find_backup(folder: Path) -> Path:
    """The one backup of a folder."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := list_backups(folder)):  # noqa: ASYNC110  # a folder tells nobody
            await asyncio.sleep(0.02)
    return found[0]


async def put_aside(agency: Agency, program: Program, name: str, database: str) -> Path:
    """Take the shop's file away, and its database once it has stopped; where the file lies now."""
    aside = agency.find_file(name).rename(agency.home.folder / "aside")
    program.send(signal.SIGHUP)
    await program.until_says(f" {name}: Stopped")
    if database.startswith("sqlite"):
        for file in (agency.home.folder / "databases").glob(f"{name}.db*"):
            file.unlink()
    else:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE'.encode())
    return aside


@pytest.mark.long
async def test_one_shops_backup_is_put_back_while_the_others_work(tmp_path: Path, database: str) -> None:
    """Each shop's go into a folder of its own, encrypted; what was before is there again, and no other shop has noticed."""
    identity = importlib.import_module("pyrage").x25519.Identity.generate()
    key, backups = tmp_path / "key.txt", tmp_path / "backups"
    key.write_text(f"{identity}\n")
    backups.mkdir()
    async with open_agency(tmp_path, "bakery", "florist", DATABASE_URL=database) as agency:
        home, anna = agency.home, agency.telegrams["bakery"].world.add_person("Anna")
        async with home.running() as program:
            link = await find_own_link(agency, "bakery", anna)
            assert await program.stop() == 0
        made = {"BACKUP_FOLDER": str(backups), "BACKUP_RECIPIENT": str(identity.to_public())}
        async with home.running(**made) as program:
            await agency.until_at_work("bakery", "florist")
            file = await find_backup(backups / "bakery")
            assert await find_backup(backups / "florist") != file
            assert {each.name for each in backups.iterdir()} == {"bakery", "florist"}
            restoring = ("restore", "--shop", "bakery", str(file), "--identity", str(key))
            refused = await home.run(*restoring)
            assert refused.status == 1
            assert "another process" in refused.read_errors()
            aside = await put_aside(agency, program, "bakery", database)
            restored = await home.run(*restoring)
            assert restored.status == 0, restored.read_errors()
            assert f"There is no {agency.find_file('bakery')} now" in restored.read_errors()
            await agency.serve_join("florist")
            aside.rename(agency.find_file("bakery"))
            program.send(signal.SIGHUP)
            assert await find_own_link(agency, "bakery", anna) == link
            assert await program.stop() == 0
            log = program.read_errors()
            assert log.count(" florist: Stopped") == 1
            assert "Traceback" not in log
