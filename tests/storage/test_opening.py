from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import StoreBusy, StoreDamaged, StoreOutdated, StoreTooNew, StoreUnavailable, open_store
from storage.engines.sqlite import compose_writing_pragmas
from storage.engines.sqlite_files import compose_address
from storage.engines.sqlite_upgrade import refuse_old_library
from storage.migrations import HEAD
from storage.tables import directory, people
from tests.storage.cast import add_member, run

HOLD = """
import asyncio, sys
from storage import open_store
from storage.records import Profile
from storage.tables import people

async def main() -> None:
    async with open_store(sys.argv[1]) as store:
        await store.write(people.add, Profile(telegram_id=1, first_name="Anna"), "Code000001")
        print("open", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def start_holder(url: str) -> asyncio.subprocess.Process:
    """Start a process that has the database open."""
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, url, stdout=asyncio.subprocess.PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"
    return holder


async def test_a_database_belongs_to_one_process_until_that_is_killed(store_url: str) -> None:
    """A second one is refused; after kill -9 of the first the next one finds everything committed."""
    holder = await start_holder(store_url)
    with pytest.raises(StoreBusy, match="in use by another process"):
        async with open_store(store_url):
            pass
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    async with open_store(store_url) as store:
        assert await store.read(people.find_by_code, "Code000001") is not None


async def test_a_database_is_opened_once_within_a_process(store_url: str) -> None:
    """The lock holds against the same process too, and is free after leaving."""
    async with open_store(store_url):
        with pytest.raises(StoreBusy):
            async with open_store(store_url):
                pass
    async with open_store(store_url) as store:
        assert await store.read(directory.count_members) == 0


async def test_an_empty_database_is_migrated_only_if_allowed(empty_store_url: str) -> None:
    """With migrate=False it is refused in words; afterwards it opens as usual."""
    with pytest.raises(StoreOutdated, match="passalong migrate"):
        async with open_store(empty_store_url, migrate=False):
            pass
    async with open_store(empty_store_url) as store:
        await store.write(add_member, 1)
    async with open_store(empty_store_url, migrate=False) as store:
        assert await store.read(directory.count_members) == 1


async def test_a_newer_database_is_refused_in_words(store_url: str) -> None:
    """What a newer program wrote stays untouched, and the lock is freed."""
    async with open_store(store_url) as store:
        await store.write(run, text("UPDATE alembic_version SET version_num = '9999'"))
    for _ in range(2):
        with pytest.raises(StoreTooNew, match=r"version 9999.*newer Passalong"):
            async with open_store(store_url):
                pass


async def test_the_files_are_private(empty_sqlite_url: str) -> None:
    """Database, journal and lock can be read by their owner alone, whatever the umask."""
    umask = os.umask(0)
    try:
        async with open_store(empty_sqlite_url) as store:
            await store.write(add_member, 1)
            folder = Path(empty_sqlite_url.removeprefix("sqlite:///")).parent
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    finally:
        os.umask(umask)
    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm", "new.db.lock"), 0o600)


async def test_a_relative_url_names_a_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sqlite:///name.db` lies in the folder the process was started in."""
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///shop.db"):
        pass
    assert (tmp_path / "shop.db").exists()


async def test_a_database_survives_its_pragmas(sqlite_url: str) -> None:
    """The file is in WAL mode, and every connection waits for the disk and holds foreign keys."""
    async with open_store(sqlite_url) as store:
        pragmas = "journal_mode", "synchronous", "foreign_keys", "busy_timeout"
        for each in (store.write, store.read):
            values = [await each(lambda tx, name: tx.scalar(text(f"PRAGMA {name}")), name) for name in pragmas]
            assert values == ["wal", 2, 1, 5000]


UNKNOWN = "sqlite:///file.db and postgresql://… are known."
NAMELESS = "names no file: write sqlite:///file.db or sqlite:////absolute/file.db."
UNREADABLE = (
    "Write postgresql://user:password@host:5432/name, with the special characters of the password percent-encoded."
)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://somewhere/db", f"Unknown kind of database 'mysql': {UNKNOWN}"),
        ("passalong.db", f"Unknown kind of database 'passalong.db': {UNKNOWN}"),
        ("sqlite://", f"'sqlite://' {NAMELESS}"),
        ("sqlite:///", f"'sqlite:///' {NAMELESS}"),
        ("sqlite:///:memory:", f"'sqlite:///:memory:' {NAMELESS}"),
        ("sqlite:////nowhere/at/all/x.db", "The database /nowhere/at/all/x.db cannot be opened: "),
        ("sqlite:////tmp", "The database /tmp cannot be opened: "),
        ("postgresql://u:hunter2@localhost:port/db", UNREADABLE),
        ("postgresql://u:hunter2@[::1/db", UNREADABLE),
        ("postgresql://u:hun@ter2@localhost/db", UNREADABLE),
        ("postgresql://u:hunter2/3@localhost/db", UNREADABLE),
        ("postgresql://u:hunter2@127.0.0.1:1/db?connect_timeout=2", "The database db on 127.0.0.1 failed: "),
        ("postgresql://u:hunter2@localhost/db?no_such_option=1", UNREADABLE),
        ("postgresql://u:%zzhunter2@localhost/db", UNREADABLE),
    ],
)
async def test_what_cannot_be_opened_says_so_without_a_password(url: str, said: str) -> None:
    """The error is the store's own, names what is wrong and never shows the password, in its message or in what caused it."""
    with pytest.raises(StoreUnavailable) as caught:
        async with open_store(url):
            pass
    assert said in str(caught.value)
    shown: BaseException | None = caught.value
    while shown is not None:
        assert not any(part in str(shown) for part in ("hunter2", "ter2", "hun@"))
        shown = shown.__cause__


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It stays as it is."""
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear Anna, " * 500)
    with pytest.raises(StoreDamaged, match="not a database"):
        async with open_store(f"sqlite:///{path}"):
            pass
    assert path.read_bytes() == b"Dear Anna, " * 500


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """Whether its tables are in the way or not, it is not migrated into."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipe (id INTEGER)")
    with pytest.raises(StoreUnavailable, match="names the wrong file"):
        async with open_store(f"sqlite:///{path}"):
            pass
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]


def test_an_old_sqlite_is_named() -> None:
    """A Python that brings an SQLite without RETURNING is told what is needed."""
    with pytest.raises(StoreUnavailable, match=r"SQLite 3\.34\.1; 3\.35\.0 or newer"):
        refuse_old_library((3, 34, 1))
    refuse_old_library((3, 35, 0))


def test_who_writes_keeps_a_part_of_the_file(tmp_path: Path) -> None:
    """A quarter of it, but never under two megabytes nor over eight: small shops are most of them."""
    file = tmp_path / "shop.db"
    kept = {}
    for size in (None, 0, 7_000_000, 20_480_000, 4_000_000_000):
        if size is not None:
            with file.open("wb") as opened:
                opened.truncate(size)
        kept[size] = compose_writing_pragmas(file)[0].rpartition("=")[2]

    assert kept == {None: "-2000", 0: "-2000", 7_000_000: "-2000", 20_480_000: "-5000", 4_000_000_000: "-8000"}


async def test_a_file_of_any_name_is_opened_and_what_was_made_of_it_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Signs that mean something in an address are part of the name; the log says from which version to which."""
    caplog.set_level("INFO", "storage")
    path = tmp_path / "50% of #1 'oven'.db"
    assert compose_address(Path("/x/50% of?#1.db"), mode="ro") == "file:/x/50%25 of%3f%231.db?mode=ro"
    for _ in range(2):
        async with open_store(f"sqlite:///{path}") as store:
            assert await store.read(people.find_by_telegram_id, 1) is None
    assert path.is_file()
    (told,) = [each.args for each in caplog.records if each.name == "storage.engines.sqlite_upgrade"]
    assert told == (path, "none", HEAD)
