"""`passalong export` as a shop keeper meets it: into a file, beside the running bot, and with a wrong name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from storage import open_store
from storage.exports import EXPORTS
from storage.tx import Tx
from tests.journeys.program import Home, furnish_forking
from tests.storage.cast import add_member
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram, store_url: str) -> Home:
    """A bot's home, its database on each engine in turn."""
    return furnish_forking(tmp_path, telegram, DATABASE_URL=store_url)


def _populate(tx: Tx) -> None:
    add_member(tx, 1, name='=HYPERLINK("http://evil.example","Ayu")')
    add_member(tx, 2, name="Ayu, 阿玉")


async def test_a_list_is_written_while_the_bot_has_the_database(home: Home, store_url: str) -> None:
    """Both forms say the same people; a name that a spreadsheet would run is text in CSV, and itself in JSON."""
    async with open_store(store_url) as store:
        await store.write(_populate)
        as_csv = await home.run("export", "members")
        as_json = await home.run("export", "members", "--format", "jsonl", "--output", "members.jsonl")
    assert (as_csv.status, as_json.status, as_json.read_output()) == (0, 0, "")
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout.read_bytes().decode(), newline="")))
    assert [row["first_name"] for row in rows] == ['\'=HYPERLINK("http://evil.example","Ayu")', "Ayu, 阿玉"]
    assert rows[0]["created_at"].endswith("Z")
    assert (rows[0]["anonymous"], rows[0]["blocked_at"]) == ("false", "")
    told = home.folder / "members.jsonl"
    objects = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert [each["first_name"] for each in objects] == ['=HYPERLINK("http://evil.example","Ayu")', "Ayu, 阿玉"]
    assert objects[0].keys() == set(EXPORTS["members"].columns)
    assert told.stat().st_mode & 0o077 == 0
    assert [path.name for path in home.folder.glob(".members*")] == []


async def test_a_wrong_name_is_told_what_there_is(home: Home) -> None:
    """Nothing is written, what was probably meant is named first, and all there is below."""
    run = await home.run("export", "member5", "--output", "out.csv")
    said = run.read_errors()
    assert (run.status, run.read_output()) == (2, "")
    assert "There is no list called member5. Did you mean members?" in said
    assert all(f"\n  {name} " in said for name in EXPORTS)
    assert not (home.folder / "out.csv").exists()


async def test_a_file_that_cannot_be_written_is_told(home: Home) -> None:
    """In one sentence, without a trace; a file that was there stays."""
    run = await home.run("export", "members", "--output", "nowhere/out.csv")
    assert run.status == 1
    assert run.read_errors().splitlines()[-1] == (
        "passalong: nowhere/out.csv cannot be written: No such file or directory."
    )
