"""A SQLite file that is deleted, replaced or broken while the store is open."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from storage import Store, StoreBusy, StoreDamaged, Tx, open_store
from storage.checks import check_quickly, probe_writing
from storage.engines.sqlite_files import DatabaseFiles
from storage.tables import directory
from storage.tx import Session
from tests.storage.cast import add_member, add_members


def find_path(url: str) -> Path:
    """The file of a SQLite URL."""
    return Path(url.removeprefix("sqlite:///"))


def delete(path: Path) -> None:
    """As by `rm`."""
    path.unlink()


def delete_log(path: Path) -> None:
    """The write-ahead log alone: what is written goes nowhere."""
    Path(f"{path}-wal").unlink()


def delete_index(path: Path) -> None:
    """What lets others see that the database is open."""
    Path(f"{path}-shm").unlink()


def replace(path: Path) -> None:
    """By an older copy under the same name."""
    os.replace(f"{path}.old", path)  # noqa: PTH105


@pytest.mark.parametrize("harm", [delete, delete_log, delete_index, replace])
async def test_nothing_is_written_into_a_file_that_is_gone(sqlite_url: str, harm: Callable[[Path], None]) -> None:
    """The first unit after the harm is refused already, and the store is lost in words."""
    path = find_path(sqlite_url)
    async with open_store(sqlite_url) as store:
        await store.write(add_member, 1)
        shutil.copy(path, f"{path}.old")
        harm(path)
        with pytest.raises(StoreDamaged, match="while the bot was running"):
            await store.write(add_member, 2)
        with pytest.raises(StoreDamaged, match="restore the latest backup"):
            await store.wait_lost()
        assert store.is_lost
        with pytest.raises(StoreDamaged):
            await store.write(add_member, 3)


async def test_harm_is_noticed_while_nobody_writes(sqlite_url: str) -> None:
    """Somebody looks, whether there is work or not."""
    async with open_store(sqlite_url) as store:
        find_path(sqlite_url).unlink()
        with pytest.raises(StoreDamaged, match="was deleted"):
            await asyncio.wait_for(store.wait_lost(), 60)


@pytest.mark.long
async def test_older_content_copied_over_the_file_is_noticed(sqlite_url: str) -> None:
    """The file is the same, what is in it is not."""
    path = find_path(sqlite_url)
    async with open_store(sqlite_url) as first:
        await first.write(add_member, 1)
    shutil.copy(path, f"{path}.old")
    async with open_store(sqlite_url) as grown:
        await grown.write(add_members, 50)
    async with open_store(sqlite_url) as store:
        await store.read(directory.count_members)
        shutil.copyfile(f"{path}.old", path)
        with pytest.raises(StoreDamaged, match=r"overwritten|broken"):
            await asyncio.wait_for(store.wait_lost(), 60)


@pytest.mark.long
async def test_a_quiet_and_a_busy_store_are_not_taken_for_damaged(sqlite_url: str) -> None:
    """Checkpoints of our own, and somebody who only reads or backs the file up, are no harm."""
    path = find_path(sqlite_url)
    async with open_store(sqlite_url) as store:
        for number in range(1, 40):
            await store.write(add_member, number)
            if number == 20:
                await asyncio.to_thread(shutil.copyfile, path, f"{path}.copy")
                await asyncio.sleep(5.2)
        await asyncio.sleep(5.2)
        assert not store.is_lost


def break_page(path: Path, page: int) -> None:
    """Overwrite one page with rubbish."""
    with path.open("r+b") as file:
        file.seek(4096 * page)
        file.write(b"\xa5" * 4096)


async def grow(url: str) -> int:
    """Fill a file with some pages, and return how many there are."""
    async with open_store(url) as store:
        await store.write(add_members, 200)
    return find_path(url).stat().st_size // 4096


async def test_a_broken_page_is_refused_at_the_start(sqlite_url: str) -> None:
    """The quick check finds it before anything is written."""
    pages = await grow(sqlite_url)
    for page in range(pages // 2, pages):
        break_page(find_path(sqlite_url), page)
    with pytest.raises(StoreDamaged, match=r"is broken.*backup"):
        async with open_store(sqlite_url):
            pass


async def test_a_page_that_breaks_meanwhile_ends_the_store(sqlite_url: str) -> None:
    """SQLite's word for it is no mistake of whoever asked: the store is lost, and the daily check finds it as well."""
    pages = await grow(sqlite_url)
    async with open_store(sqlite_url) as store:
        for page in range(1, pages):
            break_page(find_path(sqlite_url), page)
        with pytest.raises(StoreDamaged):
            await store.read(check_quickly, 10.0)
        assert store.is_lost


async def test_a_removed_lock_file_lets_nobody_in(sqlite_url: str) -> None:
    """The lock is on the database itself as well."""
    async with open_store(sqlite_url):
        delete(Path(f"{find_path(sqlite_url)}.lock"))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", OPEN, sqlite_url), stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        assert StoreBusy.__name__ in said.decode()


OPEN = """
import asyncio, sys
from storage import open_store

async def main() -> None:
    async with open_store(sys.argv[1]):
        pass

asyncio.run(main())
"""


async def test_a_sound_store_passes_its_checks(store: Store) -> None:
    """On both engines: the daily look, and a row that is really written."""
    await store.read(check_quickly, 10.0)
    await store.write(probe_writing)
    assert not store.is_lost


class Broken:
    """A session on a file of which two things are wrong."""

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """What is found in that time."""
        assert limit_seconds == 2.5
        return ["page 7 is never used", "wrong # of entries"]


def test_what_a_check_finds_first_is_told() -> None:
    """With what to do about it."""
    with pytest.raises(StoreDamaged, match=r"broken: page 7 is never used\. Stop the bot and restore"):
        check_quickly(Tx(cast("Session", Broken()), 0, writable=False), 2.5)


def test_older_content_is_told_by_the_name_of_its_file(tmp_path: Path) -> None:
    """Where rows have been numbered that are not there any more, another time's content lies in the file."""
    path = tmp_path / "oven's.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("CREATE TABLE bread (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        raw.executemany("INSERT INTO bread VALUES (?)", [(1,), (2,)])
        files = DatabaseFiles(path, raw)
        files.look()
        raw.execute("INSERT INTO bread VALUES (3)")
        files.look()
        raw.execute("UPDATE sqlite_sequence SET seq = 2")
        with pytest.raises(StoreDamaged, match=re.escape(f"{path} was overwritten with older content")):
            files.look()
