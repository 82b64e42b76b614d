from __future__ import annotations

import asyncio
import gzip
import importlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from storage import Store, StoreBusy, StoreTooNew, StoreUnavailable, Tx, open_store
from storage.backups import back_up, restore
from storage.checks import list_faults
from storage.errors import BackupRefused
from storage.records import PersonId, Seq
from storage.tables import clicks, code_keys, directory, inbox, people, scores
from tests.storage.cast import add_member, add_members, refer
from tests.storage.server import Server

RAW = b'{"text": "\\u0000 tab\\t back\\\\slash \xe5\xb0\x8f"}'


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store lives, where there is none yet, and where its backup goes."""

    url: str
    empty_url: str
    file: Path


POSTGRES_LONG = [
    pytest.param(way, marks=[pytest.mark.postgres, pytest.mark.long]) for way in ("postgres", "postgres tools")
]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres), POSTGRES_LONG[1]])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A full and an empty place on each engine in turn, on PostgreSQL without its tools and with them."""
    engine, _, tools = request.param.partition(" ")
    url, empty_url = (request.getfixturevalue(f"{kind}{engine}_url") for kind in ("", "empty_"))
    if engine == "postgres":
        server: Server = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("PATH", f"{server.tools}:/usr/bin:/bin" if tools else str(tmp_path))
    return Place(url, empty_url, tmp_path / "shop.backup")


def fill(tx: Tx, members: int) -> None:
    """Members who came by one another, and what is in the middle of being done."""
    first, *rest = add_members(tx, members)
    for each in rest:
        refer(tx, first, each)
    inbox.add_batch(tx, [(7, 1, RAW)])
    clicks.add(tx, first.id, "we\\b\n")


async def look(store: Store) -> tuple[object, ...]:
    """What a restored store must say like the first one."""
    return (
        await store.read(directory.count_members),
        await store.read(people.get, PersonId(1)),
        await store.read(scores.list_top, 3),
        await store.read(clicks.count_by_source),
        await store.read(inbox.list_open, after=Seq(0), limit=9),
        await store.read(code_keys.get),
    )


async def test_a_backup_is_the_store_at_one_moment(place: Place) -> None:
    """Made while the process works, restored elsewhere: the same facts, sound books, and numbers that go on."""
    async with open_store(place.url) as store:
        await store.write(fill, 20)
        before = await look(store)
        await asyncio.to_thread(back_up, place.url, place.file)
        await store.write(add_member, 21)
    assert place.file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in place.file.parent.glob("*backup*")] == ["shop.backup"]
    await asyncio.to_thread(restore, place.empty_url, place.file)
    async with open_store(place.empty_url) as store:
        assert await look(store) == before
        assert await list_faults(store) == []
        assert (await store.write(add_member, 99)).id == 21


async def test_a_backup_under_load_is_whole(place: Place) -> None:
    """While others write, each transaction is in it or not, and nothing half."""
    async with open_store(place.url) as store:
        await store.write(fill, 2)
        backing_up = asyncio.ensure_future(asyncio.to_thread(back_up, place.url, place.file))
        number = 100
        while not backing_up.done() or number < 130:
            await store.write(join, number)
            number += 1
        await backing_up
    await asyncio.to_thread(restore, place.empty_url, place.file)
    async with open_store(place.empty_url) as store:
        assert await list_faults(store) == []
        assert 2 <= await store.read(directory.count_members) <= 2 + number - 100


def join(tx: Tx, number: int) -> None:
    """Somebody new comes by the first member."""
    refer(tx, people.get(tx, PersonId(1)), add_member(tx, number))


async def test_nothing_is_written_over(place: Place) -> None:
    """Neither a file by a backup, nor a database by a restoring: not even one in which nobody is yet."""
    async with open_store(place.url) as store:
        await store.write(fill, 3)
        await asyncio.to_thread(back_up, place.url, place.file)
        with pytest.raises(BackupRefused, match="exists already"):
            await asyncio.to_thread(back_up, place.url, place.file)
        with pytest.raises((BackupRefused, StoreBusy)):
            await asyncio.to_thread(restore, place.url, place.file)
    with pytest.raises(BackupRefused, match="already"):
        await asyncio.to_thread(restore, place.url, place.file)
    async with open_store(place.url) as store:
        assert await store.read(directory.count_members) == 3


@pytest.mark.parametrize("place", ["sqlite", *POSTGRES_LONG], indirect=True)
async def test_what_is_no_whole_backup_is_refused(place: Place) -> None:
    """Cut off, changed, of something else or empty: the target stays empty, and a sentence says why."""
    async with open_store(place.url) as store:
        await store.write(fill, 200)
    await asyncio.to_thread(back_up, place.url, place.file)
    whole = place.file.read_bytes()
    spoilt = [whole[: len(whole) // 2], whole[:-9], b"", b"hello", gzip.compress(b"{}\n"), bytes(4096)]
    for content in spoilt:
        place.file.write_bytes(content)
        with pytest.raises(BackupRefused):
            await asyncio.to_thread(restore, place.empty_url, place.file)
    with pytest.raises(BackupRefused, match="no file"):
        await asyncio.to_thread(restore, place.empty_url, place.file.with_name("nothing"))
    place.file.write_bytes(whole)
    await asyncio.to_thread(restore, place.empty_url, place.file)


async def test_an_encrypted_backup_needs_its_key(place: Place) -> None:
    """Nothing of it can be read without; with the identity, whatever else is noted beside it, it is like any other."""
    x25519 = importlib.import_module("pyrage").x25519
    identity, other = x25519.Identity.generate(), x25519.Identity.generate()
    key, wrong = place.file.with_name("key.txt"), place.file.with_name("wrong.txt")
    key.write_bytes(b"# la cl\xe9, in Latin-1\n" + f"{identity}\n".encode())
    wrong.write_text(f"{other}\n")
    async with open_store(place.url) as store:
        await store.write(fill, 3)
    await asyncio.to_thread(back_up, place.url, place.file, recipient=str(identity.to_public()))
    assert place.file.read_bytes().startswith(b"age-encryption.org/v1")
    for given in (None, wrong):
        with pytest.raises(BackupRefused):
            await asyncio.to_thread(restore, place.empty_url, place.file, identity=given)
    await asyncio.to_thread(restore, place.empty_url, place.file, identity=key)
    async with open_store(place.empty_url) as store:
        assert await store.read(directory.count_members) == 3


def test_a_key_that_is_none_is_refused_and_not_repeated(sqlite_url: str, tmp_path: Path) -> None:
    """It may be the secret one, pasted into the wrong place."""
    with pytest.raises(BackupRefused) as refused:
        back_up(sqlite_url, tmp_path / "backup", recipient="AGE-SECRET-KEY-1QQQ")
    assert "QQQ" not in str(refused.value)
    assert not (tmp_path / "backup").exists()


def test_a_newer_backup_is_refused(sqlite_url: str, empty_sqlite_url: str, tmp_path: Path) -> None:
    """As a newer database is."""
    back_up(sqlite_url, tmp_path / "backup")
    with sqlite3.connect(tmp_path / "backup") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(StoreTooNew):
        restore(empty_sqlite_url, tmp_path / "backup")


def test_what_is_not_there_cannot_be_backed_up(tmp_path: Path) -> None:
    """And no empty database is made of it."""
    with pytest.raises(StoreUnavailable):
        back_up(f"sqlite:///{tmp_path}/nothing.db", tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("tools", [False, True], ids=["copy", "tools"])
async def test_each_shop_of_a_database_is_backed_up_and_restored_alone(
    tools: bool, postgres_server: Server, empty_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two schemas, one lost: what is restored is that one, with its numbers; the other goes on at work meanwhile."""
    monkeypatch.setenv("PATH", f"{postgres_server.tools}:/usr/bin:/bin" if tools else str(tmp_path))
    lost, other = (compose_schema(empty_postgres_url, name) for name in ("mina-1", "Little_oven"))
    async with open_store(other) as neighbour:
        await neighbour.write(fill, 5)
        async with open_store(lost) as store:
            await store.write(fill, 3)
            before = await look(store)
            for name, url in (("lost", lost), ("other", other)):
                await asyncio.to_thread(back_up, url, tmp_path / name)
        with closing(psycopg.connect(empty_postgres_url, autocommit=True)) as behind:
            behind.execute('DROP SCHEMA "mina-1" CASCADE')
        await asyncio.to_thread(restore, lost, tmp_path / "lost")
        async with open_store(lost) as store:
            assert await look(store) == before
            assert await list_faults(store) == []
            assert (await store.write(add_member, 99)).id == 4
        assert (await neighbour.write(add_member, 99)).id == 6
        assert await list_faults(neighbour) == []
    with pytest.raises(BackupRefused, match="already"):
        await asyncio.to_thread(restore, other, tmp_path / "lost")


def compose_schema(url: str, name: str) -> str:
    """The address of one shop of a database."""
    return f"{url}{'&' if '?' in url else '?'}schema={name}"
