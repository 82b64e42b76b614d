from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.assets import ASSETS
from tests.journeys.program import Program
from tests.shops.agency import Agency, open_agency
from tests.shops.files import write_file
from tests.telegram import LocalTelegram

OTHERS = ("bakery", "florist")


async def serve_others(agency: Agency, program: Program) -> None:
    """The other shops serve their people all the while."""
    for name in OTHERS:
        await agency.serve_join(name)
        assert f" {name}: Stopped" not in program.read_errors()


async def refuse_token(agency: Agency, program: Program, telegram: LocalTelegram) -> None:
    """The bot's token is changed at BotFather, and changed back."""
    token = telegram.server.token
    telegram.server.token = f"{telegram.world.bot.id}:another_secret"
    telegram.world.press_start(telegram.world.add_person("Wake"))
    await program.until_says(" tailor: This shop has stopped and is begun again: Telegram refuses the bot's token")
    await serve_others(agency, program)
    telegram.server.token = token


async def break_campaign(agency: Agency, program: Program, _telegram: LocalTelegram) -> None:
    """A campaign file with a mistake, named in the shop's file; then mended."""
    shipped = (ASSETS / "campaigns" / "welcome.toml").read_text()
    campaign = write_file(agency.shops / "suits.toml", shipped.replace("slug", "slagg", 1))
    text = agency.find_file("tailor").read_text()
    write_file(agency.find_file("tailor"), f"{text}PASSALONG_CAMPAIGN=suits.toml\n")
    program.send(signal.SIGHUP)
    await program.until_says(" tailor: This shop cannot be run until that is corrected")
    assert "suits.toml" in program.read_errors()
    await serve_others(agency, program)
    write_file(campaign, shipped)


async def take_database_away(agency: Agency, program: Program, _telegram: LocalTelegram) -> None:
    """The file of the database is gone, and comes back: no empty one stands in its place meanwhile."""
    database = agency.home.folder / "databases" / "tailor.db"
    away = database.rename(database.with_suffix(".away"))
    await program.until_says(" tailor: This shop has stopped and is begun again: ")
    await program.until_says("is gone, and no other is made in its place")
    await serve_others(agency, program)
    assert not database.exists()
    away.rename(database)


async def break_database(agency: Agency, program: Program, _telegram: LocalTelegram) -> None:
    """What is in the file is no database any more, until it is put back."""
    database = agency.home.folder / "databases" / "tailor.db"
    whole = database.rename(database.with_suffix(".whole"))
    database.write_bytes(b"nonsense" * 1000)
    await program.until_says("tailor.db was replaced by another file")
    await program.until_says("tailor.db is broken: file is not a database")
    await serve_others(agency, program)
    whole.replace(database)


@pytest.mark.long
async def test_what_befalls_one_shop_touches_no_other(tmp_path: Path) -> None:
    """Its token, campaign and database fail one after the other; each time it comes back, and the others never stopped."""
    async with open_agency(tmp_path, *OTHERS, "tailor") as agency, agency.home.running() as program:
        await agency.until_at_work(*OTHERS, "tailor")
        for fault in (take_database_away, break_campaign, refuse_token, break_database):
            telegram = agency.telegrams["tailor"]
            await fault(agency, program, telegram)
            write_shop_anew(agency)
            program.send(signal.SIGHUP)
            await agency.serve_join("tailor")
        assert await program.stop() == 0


def write_shop_anew(agency: Agency) -> None:
    """Whoever has mended something writes the shop's file anew, and need not wait for the end of a pause."""
    path = agency.find_file("tailor")
    write_file(path, path.read_text())
