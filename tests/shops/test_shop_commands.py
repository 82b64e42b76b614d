from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.playground.api.fleet import make_world
from bot.playground.api.server import Server
from tests.shops.agency import ADMIN_ID, Agency, open_agency
from tests.shops.files import compose_token, write_shop


async def test_commands_take_the_shop_that_is_meant(tmp_path: Path) -> None:
    """Without a name they say which there are; a migration and a backup may be everybody's."""
    async with open_agency(tmp_path, "bakery", "florist") as agency:
        home = agency.home
        nobody = await home.run("stats", "--json")
        assert (nobody.status, "bakery, florist" in nobody.read_errors()) == (2, True)
        stranger = await home.run("stats", "--shop", "tailor")
        assert (stranger.status, "bakery, florist" in stranger.read_errors()) == (2, True)
        assert (await home.run("migrate")).read_output().splitlines() == [
            f"{name}: The database is up to date." for name in ("bakery", "florist")
        ]
        assert '"funnel"' in (await home.run("stats", "--json", "--shop", "bakery")).read_output()
        assert (await home.run("coupons", "--shop", "bakery", "import", "x", "gone.csv")).status == 1
        assert (await home.run("webhook", "list", "--shop", "florist")).read_output().strip() == "[]"
        (tmp_path / "kept").mkdir()
        assert (await home.run("backup", str(tmp_path / "kept"))).status == 0
        assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["bakery.backup", "florist.backup"]
        (tmp_path / "databases" / "bakery.db").unlink()
        restored = await home.run("restore", "--shop", "bakery", str(tmp_path / "kept" / "bakery.backup"))
        assert (restored.status, (tmp_path / "databases" / "bakery.db").exists()) == (0, True)
        nowhere = await home.run("stats", "--shop", "bakery", DATABASE_URL=f"sqlite:///{tmp_path}/not/there/")
        assert (nowhere.status, "cannot be made" in nowhere.read_errors()) == (2, True)
        alone = await home.run("stats", "--shop", "bakery", SHOPS="")
        assert (alone.status, "--shop" in alone.read_errors()) == (2, True)


@pytest.mark.parametrize(
    ("command", "takes"),
    [
        *(
            (each, True)
            for each in [
                "run",
                "web",
                "doctor",
                "migrate",
                "backup",
                "restore",
                "move",
                "forget",
                "campaign",
                "shop",
                "coupons",
            ]
        ),
        *((each, True) for each in ["api-key", "receipt-link", "webhook", "stats", "export", "audit"]),
        *((each, False) for each in ["demo", "setup", "draw", "shops"]),
        ("coupons import", True),
        ("webhook add", True),
        ("campaign apply", True),
    ],
)
def test_whatever_reads_a_shops_settings_takes_its_name(
    command: str, takes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before or behind a command's own words; what concerns no shop does not pretend to."""
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    assert ("--shop NAME" in capsys.readouterr().out) == takes


async def test_the_list_says_how_each_shop_stands(tmp_path: Path) -> None:
    """Name, bot, state and database; what cannot be run says why, and no password is shown."""
    async with open_agency(tmp_path, "bakery") as agency:
        agency.add("florist", is_new=True)
        write_shop(agency.shops, "tailor", BOT_TOKEN=compose_token(50), DATABASE_URL="postgresql://me:pw@db/x")
        write_shop(agency.shops, "broken", BOT_TOKEN="?")
        async with agency.home.running("run", "--shop", "bakery"):
            await agency.until_at_work("bakery")
            rows = (await agency.home.run("shops", "list")).read_output().splitlines()
            copied = write_shop(agency.shops, "copied", BOT_TOKEN=compose_token(41))
            crossed = (await agency.home.run("shops", "list")).read_output()
            assert re.search(r"^bakery +- +at work +-$", crossed, re.MULTILINE), "it goes on, and its copy waits"
            assert re.search(r"^copied +- +cannot be run +-$", crossed, re.MULTILINE)
            copied.unlink()
        said = {row.split()[0]: row.split()[1:] for row in rows}
        assert said["shop"] == ["bot", "state", "database"]
        assert said["bakery"][:3] == ["@shop_41_bot", "at", "work"]
        assert said["florist"][:2] == ["42", "new"]
        assert said["tailor"] == ["50", "unknown", "postgresql://me:***@db/x"]
        assert said["broken"][:4] == ["-", "cannot", "be", "run"]
        assert [row for row in rows if "broken.env: PASSALONG_BOT_TOKEN does not look like" in row]
        rows = (await agency.home.run("shops", "list")).read_output().splitlines()
        assert next(row for row in rows if row.startswith("bakery")).split()[2:4] == ["stands", "still"]


def launch(agency: Agency, number: int) -> str:
    """A bot that has no shop yet; its token."""
    token = compose_token(number)
    agency.fleet.add(Server(make_world(token), token))
    return token


async def test_a_shop_is_added_by_one_line(tmp_path: Path) -> None:
    """Its token is asked of Telegram, and nobody but this user can read the file; one that is there is left alone."""
    async with open_agency(tmp_path, "bakery") as agency:
        token, home = launch(agency, 460), agency.home
        added = await home.run("shops", "add", "florist", "--token", token, "--admins", str(ADMIN_ID))
        assert (added.status, "shop_460_bot" in added.read_output()) == (0, True)
        path = agency.shops / "florist.env"
        assert path.read_text() == f"PASSALONG_BOT_TOKEN={token}\nPASSALONG_ADMIN_IDS={ADMIN_ID}\n"
        assert path.stat().st_mode & 0o777 == 0o600
        assert sorted(each.name for each in agency.shops.iterdir()) == ["bakery.env", "florist.env"]
        for name, again, words in (
            ("florist", token, "already"),
            ("tailor", token, "florist's already"),
            ("tailor", "461:unknown_to_telegram_and_long_enough", "Unauthorized"),
            ("tailor", "no token", "no token"),
            ("Tailor", token, "small letters"),
        ):
            refused = await home.run("shops", "add", name, "--token", again, "--admins", str(ADMIN_ID))
            assert refused.status in {1, 2}
            assert words in refused.read_errors()
        assert not (agency.shops / "tailor.env").exists()
        assert (await home.run("shops", "add", "tailor")).status == 1


async def test_all_files_are_checked_before_they_are_run(tmp_path: Path) -> None:
    """Each mistake with its file; the status says whether every shop can be run."""
    async with open_agency(tmp_path, "bakery", "florist") as agency:
        well = await agency.home.run("shops", "check")
        assert (well.status, "All can be run" in well.read_output()) == (0, True)
        write_shop(agency.shops, "tailor", BOT_TOKEN=compose_token(50), METRICS_TOKN="x", STAFF_CHAT="my chat")
        write_shop(agency.shops, "copied", BOT_TOKEN=compose_token(41))
        ill = await agency.home.run("shops", "check")
        assert ill.status == 1
        said = ill.read_output()
        assert "PASSALONG_STAFF_CHAT" in said
        assert "PASSALONG_METRICS_TOKN: is not a setting" in said
        assert said.count("PASSALONG_BOT_TOKEN names the same bot as") == 2
        assert (await agency.home.run("shops", "check", "florist")).status == 0
        assert (await agency.home.run("shops", "check", "nobody")).status == 1
        lost = await agency.home.run("shops", "check", "florist", DATABASE_URL=f"sqlite:///{tmp_path}/not/there/")
        assert (lost.status, "database: cannot be made" in lost.read_output()) == (1, True)
        lost = await agency.home.run("shops", "check", "florist", BACKUP_FOLDER=f"{tmp_path}/not")
        assert (lost.status, "names no folder that is there" in lost.read_output()) == (1, True)
        (tmp_path / "empty").mkdir()
        empty = await agency.home.run("shops", "check", SHOPS=str(tmp_path / "empty"))
        assert (empty.status, "no shop" in empty.read_output()) == (0, True)
        nowhere = await agency.home.run("shops", "list", SHOPS="")
        assert (nowhere.status, "PASSALONG_SHOPS" in nowhere.read_errors()) == (2, True)
        alone = await agency.home.run("setup")
        assert (alone.status, "shops add" in alone.read_errors()) == (2, True)


async def test_the_doctor_looks_at_all_shops_or_at_one(tmp_path: Path) -> None:
    """A line says whose it is."""
    async with open_agency(tmp_path, "bakery", "florist") as agency:
        seen = await agency.home.run("doctor")
        assert seen.status == 0
        assert all(f"ok    {name}: token: belongs to @shop_" in seen.read_output() for name in ("bakery", "florist"))
        one = (await agency.home.run("doctor", "--shop", "florist")).read_output()
        assert ("bakery" in one, "florist: database" in one) == (False, True)
