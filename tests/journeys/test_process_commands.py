"""The command line as somebody meets it: what it says and how it ends."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.version import __version__
from storage import open_store
from storage.records import Profile
from storage.tables import people
from tests.journeys.program import Home, Program, furnish_new
from tests.shipped import SHIPPED, change_shipped
from tests.storage.migrated import lay_migrated
from tests.telegram import LocalTelegram, telegram
from tests.thinning import thin

__all__ = ["telegram"]

WRONG_SETTING = 2

MISTAKES = {
    "no token": ({"BOT_TOKEN": ""}, "PASSALONG_BOT_TOKEN is missing"),
    "pace": ({"SEND_RATE": "fast"}, "PASSALONG_SEND_RATE is no rate (4 characters)"),
    "admin": ({"ADMIN_IDS": "@anna"}, "PASSALONG_ADMIN_IDS holds what is no id (5 characters)"),
    "address": ({"BOT_API_URL": "telegram"}, "PASSALONG_BOT_API_URL is no web address (8 characters)"),
    "database": (
        {"DATABASE_URL": "mysql://shop"},
        "PASSALONG_DATABASE_URL is no address of a database (12 characters, beginning with 'my')",
    ),
    "campaign": (
        {"CAMPAIGN": "nowhere.toml"},
        "PASSALONG_CAMPAIGN names no file that is there (12 characters, beginning with 'no')",
    ),
    "level": ({"LOG_LEVEL": "loud"}, "PASSALONG_LOG_LEVEL is none of what can be chosen (4 characters)"),
}


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram) -> Home:
    """A bot's home."""
    return furnish_new(tmp_path, telegram, LOG_LEVEL="WARNING")


@pytest.fixture
def ready_home(home: Home) -> Home:
    """One whose programs have their imports behind them and a database before them, where that is not what it is about."""
    lay_migrated(home.folder / "passalong.db")
    return replace(home, forks=True)


async def test_version_is_one_line(home: Home) -> None:
    """What a report of a fault begins with."""
    program = await home.run("--version")
    assert program.status == 0
    assert program.read_output() == f"passalong {__version__}\n"


@pytest.mark.long
async def test_whoever_reads_along_may_leave(home: Home) -> None:
    """As `head` does after the first line: that is no fault, and no traceback follows."""
    cut_short = replace(home, wrapper=("sh", "-c", '{ "$@"; echo "ended with $?" >&2; } | head -n 1', "sh"))
    program = await cut_short.run("doctor", BOT_API_URL="http://127.0.0.1:9")
    assert program.read_output().count("\n") == 1
    assert program.read_errors() == "ended with 1\n"


@pytest.mark.parametrize("name", thin(MISTAKES, step=4))
async def test_a_wrong_setting_stops_the_start_with_one_line(name: str, home: Home) -> None:
    """One line on standard error says which setting, and why; the status is 2 and nothing was made."""
    changes, words = MISTAKES[name]
    program = await home.run("run", **changes)
    assert program.status == WRONG_SETTING
    assert_one_line(program, words)
    assert not list(home.folder.glob("*.db*"))


async def test_a_mistake_in_the_campaign_is_named_by_line_and_field(ready_home: Home) -> None:
    """The file, the line and the field, in one line and without a traceback."""
    line = 1 + SHIPPED[: SHIPPED.index("inviter = ")].count("\n")
    change_shipped(ready_home.folder / "mine.toml", ("inviter = ", "inviter = -"))
    program = await ready_home.run("run", CAMPAIGN="mine.toml")
    assert program.status == WRONG_SETTING
    assert_one_line(program, f"mine.toml: line {line}, points.inviter")


@pytest.mark.parametrize(
    ("options", "words"),
    thin(
        [
            (("--campaign", "nowhere.toml"), "The campaign nowhere.toml cannot be read: No such file or directory."),
            (("--campaign", "."), "The campaign . cannot be read: Is a directory."),
            (("--campaign", "mine.toml"), "mine.toml: line 1"),
            (("--port", "70000"), "There is no port 70000"),
        ],
        2,
        step=4,
    ),
)
async def test_the_demo_refuses_in_a_sentence_what_it_cannot_use(
    options: tuple[str, str], words: str, ready_home: Home
) -> None:
    """A campaign that is not there or not right and a port that does not exist, before anything is opened."""
    (ready_home.folder / "mine.toml").write_text("= wrong")
    program = await ready_home.run("demo", "--no-browser", *options)
    assert program.status == WRONG_SETTING
    assert program.read_errors().startswith(f"passalong: {words}")
    assert "Traceback" not in program.read_errors()
    assert not program.read_output()


async def test_run_in_an_empty_folder_migrates_by_itself(home: Home, telegram: LocalTelegram) -> None:
    """Without a database and without a word about one, `run` makes passalong.db in its folder and works."""
    async with home.running(DATABASE_URL="") as program:
        await program.until_polling(telegram)
        nia = telegram.world.add_person("Nia")
        telegram.world.press_start(nia)
        await telegram.until_message(nia, "Your link")
        assert await program.stop() == 0
    assert (home.folder / "passalong.db").is_file()


async def test_migrate_says_so_and_may_be_repeated(home: Home) -> None:
    """A new database, then a current one: both end with 0 and the same sentence."""
    for _ in range(2):
        program = await replace(home, forks=True).run("migrate")
        assert (program.status, program.read_output()) == (0, "The database is up to date.\n")


async def test_a_database_newer_than_the_program_is_refused_in_words(ready_home: Home) -> None:
    """Neither `run` nor `migrate` touches what a newer Passalong wrote, and both say what to do."""
    with sqlite3.connect(ready_home.folder / "passalong.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for command in ("run", "migrate"):
        program = await ready_home.run(command)
        assert program.status == 1
        assert_one_line(program, "it was written by a newer Passalong")


async def test_doctor_finds_a_house_in_order(ready_home: Home, telegram: LocalTelegram) -> None:
    """All is well: status 0, and every subject the contract names is looked at."""
    program = await ready_home.run("doctor")
    said = program.read_output()
    assert program.status == 0, said
    for subject in ("SQLite", "fonts", "campaign", "database", "token", "inline mode: on", "clock"):
        assert subject in said
    assert "FAIL" not in said
    assert said.endswith("All is well.\n")


@pytest.mark.long
@pytest.mark.parametrize(
    ("zone", "words"),
    [("", "UTC, since PASSALONG_TIMEZONE is not set"), ("Asia/Jakarta", "Asia/Jakarta, by PASSALONG_TIMEZONE")],
)
async def test_doctor_says_by_whose_clock_the_shop_lives(zone: str, words: str, home: Home) -> None:
    """So that nobody finds out by a day that ended too early."""
    program = await home.run("doctor", TIMEZONE=zone)
    (line,) = [line for line in program.read_output().splitlines() if "the shop's time" in line]
    assert line.startswith("ok")
    assert line.endswith(words)


async def test_doctor_says_what_to_do_about_inline_mode(ready_home: Home, telegram: LocalTelegram) -> None:
    """Inline mode off costs taps, not the work: a note with its cure, and status 0."""
    telegram.world.settings.inline_mode = False
    program = await ready_home.run("doctor")
    assert program.status == 0
    assert "note  inline mode: off" in program.read_output()
    assert "/setinline" in program.read_output()


async def test_doctor_finds_a_wrong_token(ready_home: Home) -> None:
    """A token that Telegram refuses is serious: status 1, and whom to ask."""
    program = await ready_home.run("doctor", BOT_TOKEN="123456:nobody")
    assert program.status == 1
    assert "FAIL  token: Unauthorized" in program.read_output()
    assert "@BotFather" in program.read_output()


async def test_doctor_finds_a_wrong_setting_and_no_telegram(ready_home: Home) -> None:
    """Each in the doctor's own words, never as a traceback."""
    for changes, words in (
        ({"SEND_RATE": "0"}, "PASSALONG_SEND_RATE is no rate (1 character)"),
        ({"BOT_API_URL": "http://127.0.0.1:9"}, "FAIL  Telegram: does not answer"),
    ):
        program = await ready_home.run("doctor", **changes)
        assert program.status == 1
        assert words in program.read_output()
        assert "Traceback" not in program.read_errors()


def assert_one_line(program: Program, words: str) -> None:
    """Standard error holds one line, which says this."""
    lines = program.read_errors().splitlines()
    assert len(lines) == 1, lines
    assert words in lines[0]


async def test_audit_says_in_one_line_whether_the_books_are_in_order(ready_home: Home, telegram: LocalTelegram) -> None:
    """Also while the bot runs; the line ends with the head, and status and words say what is wrong."""
    async with ready_home.running() as program:
        await program.until_polling(telegram)
        beside = await ready_home.run("audit")
        await program.stop()
    head = beside.read_output().split()[-1]
    assert (beside.status, beside.read_output()) == (0, f"0 ledger entries: all is in order. Head {head}\n")
    assert (await ready_home.run("audit", "--head", head)).read_output() == beside.read_output()
    other = await ready_home.run("audit", "--head", "ab" * 32)
    assert (other.status, other.read_output().split()[-1]) == (1, head)
    with sqlite3.connect(ready_home.folder / "passalong.db") as database:
        database.execute("UPDATE account SET balance = 7 WHERE id = 1")
    database.close()
    wrong = await ready_home.run("audit")
    assert wrong.status == 1
    assert wrong.read_output() == (
        f"0 ledger entries: 1 accounts are nobody's, or the house's balance is kept. Head {head}\n"
    )


async def test_somebody_who_asks_by_letter_is_forgotten(ready_home: Home) -> None:
    """While the bot is not running: the person is gone, and a number that nobody has is told as such."""
    url = f"sqlite:///{ready_home.folder}/passalong.db"
    async with open_store(url) as store:
        await store.write(people.add, Profile(telegram_id=777_001, first_name="Letty"), "Code000001")
    first, second = await ready_home.run("forget", "777001"), await ready_home.run("forget", "777001")
    assert (first.status, first.read_output()) == (0, "Forgotten.\n")
    assert "Nobody of this number" in second.read_output()
    async with open_store(url) as store:
        assert await store.read(people.find_by_telegram_id, 777_001) is None


async def test_a_webhook_without_an_address_is_refused_in_words(ready_home: Home, telegram: LocalTelegram) -> None:
    """At the start and by doctor alike, before Telegram is asked for anything."""
    for command in ("run", "doctor", "web"):
        program = await ready_home.run(command, WEBHOOK="true")
        said = program.read_output() + program.read_errors()
        assert program.status != 0, command
        assert (
            "PASSALONG_WEBHOOK is true, and there is no address to bring updates to. Set PASSALONG_PUBLIC_URL" in said
        )
    assert telegram.world.calls == []
