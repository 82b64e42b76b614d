"""`passalong coupons import` as a shop keeper meets it: with the bot stopped, at work, and killed in the middle."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage import open_store
from storage.checks import list_faults
from storage.tables import coupons
from tests.journeys.program import Home, furnish_forking
from tests.telegram import LocalTelegram, telegram
from tests.thinning import LONG_ON_POSTGRES

__all__ = ["telegram"]


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram, store_url: str) -> Home:
    """A bot's home, its database on each engine in turn."""
    return furnish_forking(tmp_path, telegram, LOG_LEVEL="INFO", DATABASE_URL=store_url)


async def count_ready(url: str, name: str) -> int:
    """How many coupons of a pool nobody has, and that the books agree."""
    async with open_store(url) as store:
        assert await list_faults(store) == []
        found = await store.read(coupons.find_pool, name)
        return found.ready if found is not None else 0


async def test_a_list_is_taken_in_and_its_refused_rows_are_named(home: Home, store_url: str) -> None:
    """One line on standard output, the refused rows with file and line beside it; the second time nothing is new."""
    path = home.folder / "codes.csv"
    path.write_bytes("\ufeffCode;Expires\r\nA-1;2099-12-31\r\n;\r\nA-2;soon\r\n A-1 ;\r\nA-3;2020-01-01\r\n".encode())
    first = await home.run("coupons", "import", "coffee", "codes.csv")
    assert (first.status, first.read_output()) == (0, "1 new, 1 known, 2 refused\n")
    assert first.read_errors().splitlines() == [
        "codes.csv:4: soon: this is no date, or could be two. Write it like 2026-12-31.",
        "codes.csv:6: 2020-01-01: this is over already.",
    ]
    again = await home.run("coupons", "import", "coffee", "codes.csv")
    assert (again.status, again.read_output()) == (0, "0 new, 2 known, 2 refused\n")
    assert await count_ready(store_url, "coffee") == 1


async def test_a_day_is_one_of_the_shops_before_it_was_ever_opened(home: Home, store_url: str) -> None:
    """What the settings say of its zone holds until the bot has started once."""
    (home.folder / "codes.csv").write_text("A-1,2099-12-31")
    run = await home.run("coupons", "import", "coffee", "codes.csv", TIMEZONE="Asia/Jakarta")
    assert run.read_output() == "1 new, 0 known, 0 refused\n"
    async with open_store(store_url) as store:
        (row,) = await store.read(coupons.list_by_code, "a1")
    assert row.expires_at == int(datetime(2100, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")).timestamp()) * 1_000_000


async def test_what_is_no_list_changes_nothing(home: Home) -> None:
    """A pool's name that cannot be, a file that is not there, a spreadsheet: a sentence each, and no zero."""
    (home.folder / "sheet.xlsx").write_bytes(b"PK\x03\x04\x14\x00")
    for arguments, status, said in (
        (("a/b", "sheet.xlsx"), 2, '"a/b" cannot be a pool.'),
        (("coffee", "gone.csv"), 1, "gone.csv cannot be read: No such file"),
        (("coffee", "sheet.xlsx"), 1, "sheet.xlsx: This is a spreadsheet"),
    ):
        run = await home.run("coupons", "import", *arguments)
        assert (run.status, run.read_output()) == (status, "")
        assert said in run.read_errors()


@LONG_ON_POSTGRES
async def test_a_list_is_taken_in_beside_the_bot_and_by_two_at_once(
    home: Home, telegram: LocalTelegram, store_url: str
) -> None:
    """Neither needs the bot to stop, and together they are one."""
    (home.folder / "codes.csv").write_text("\n".join(f"CODE-{number}" for number in range(2500)))
    async with home.running() as program:
        await program.until_polling(telegram)
        runs = await asyncio.gather(*(home.run("coupons", "import", "coffee", "codes.csv") for _ in range(2)))
    counts = [run.read_output().replace(",", "").split() for run in runs]
    assert [run.status for run in runs] == [0, 0], [run.read_errors() for run in runs]
    assert sum(int(new) for new, *_ in counts) == 2500
    assert sum(int(known) for _, _, known, *_ in counts) == 2500
    assert await count_ready(store_url, "coffee") == 2500


@pytest.mark.long
async def test_a_list_that_was_cut_off_by_a_kill_is_finished_by_the_next(home: Home, store_url: str) -> None:
    """What was taken in stays, and is known; what was not is new; no code is there twice."""
    (home.folder / "codes.csv").write_text("\n".join(f"CODE-{number}" for number in range(40_000)))
    program = await home.start("coupons", "import", "coffee", "codes.csv")
    await asyncio.sleep(random.uniform(0.2, 2.0))
    await program.kill()
    run = await home.run("coupons", "import", "coffee", "codes.csv")
    new, known = (int(word) for word in run.read_output().replace(",", "").split()[:3:2])
    assert new + known == 40_000
    assert await count_ready(store_url, "coffee") == 40_000
