from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, LargeBinary, Text, delete, select, text, update

from bot.campaign_file import SHIPPED, load_campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import credit
from storage import StoreBusy, StoreMoved, StoreUnavailable, Tx, open_store
from storage.beside import run_beside
from storage.checks import list_faults
from storage.engines.postgres_connection import connect as connect_plainly
from storage.errors import MoveRefused
from storage.migrations import Version, compose_arriving, find_gone
from storage.moving import move
from storage.moving.postgres_side import reading
from storage.moving.shapes import compare, list_shapes
from storage.records import PersonId
from storage.schema.everything import metadata
from storage.schema.people import profile
from storage.schema.sharing import visit
from storage.tables import clicks, directory, due_jobs, inbox, people, visits
from storage.tx import Row
from tests.services.test_forgetting import live
from tests.storage.cast import add_member, add_members, run
from tests.storage.test_migrations import connect
from tests.telegram import PATIENCE_SECONDS

NASTY = "tab\t back\\slash \\N line\nreturn\r 小\U0001f600 \b\v\f 'quote\" ﷽"
EVERYTHING = [
    (shape, select(*shape.table.columns).order_by(*shape.table.primary_key.columns)) for shape in list_shapes()
]


def hush(_words: str) -> None:
    """Nobody reads along."""


def fill(tx: Tx) -> None:
    """A shop in which much has happened, in all ways of writing."""
    open_shop(tx, Source(campaign=load_campaign(SHIPPED).campaign), announce_chat="@news")
    first, *rest = add_members(tx, 12)
    for each in rest:
        credit(tx, first, each, source="qr")
    clicks.add(tx, first.id, NASTY)
    inbox.add_batch(tx, [(70, 1, bytes(range(256)))])
    add_member(tx, 40, NASTY)
    live(tx)


def read_all(tx: Tx) -> dict[str, set[Row]]:
    """Every row of every table."""
    return {shape.name: set(map(_plain, tx.rows(statement))) for shape, statement in EVERYTHING}


def _plain(row: Row) -> Row:
    return tuple(bytes(each) if isinstance(each, memoryview) else each for each in row)


async def look(url: str) -> dict[str, set[Row]]:
    """Everything a database holds, whose books must be in order."""
    async with open_store(url) as store:
        assert await list_faults(store) == []
        return await store.read(read_all)


def test_a_row_is_one_line_whatever_is_in_it() -> None:
    """For each table: what is written is read back, and differs from every other value."""
    for shape in list_shapes():
        row = [_make_up(column.type) for column in shape.table.columns]
        as_bytes = [each.encode() if isinstance(each, str) else each for each in row]
        line = shape.encode(as_bytes)
        assert (line.count(b"\n"), shape.decode(line)) == (1, tuple(row))
        assert shape.decode(shape.encode([None] * len(row))) == (None,) * len(row)


def _make_up(sort: Any) -> object:
    if isinstance(sort, Text):
        return NASTY
    if isinstance(sort, LargeBinary):
        return bytes(range(256))
    return 1 if isinstance(sort, Boolean) else -(2**63)


@pytest.mark.postgres
async def test_a_shop_moves_there_and_back(sqlite_url: str, empty_postgres_url: str, tmp_path: Path) -> None:
    """Every row of every table is the same, the books are in order, and numbers go on where they were."""
    back = f"sqlite:///{tmp_path}/back.db"
    schema = f"{empty_postgres_url}{'&' if '?' in empty_postgres_url else '?'}schema=mina-1"
    async with open_store(sqlite_url) as store:
        await store.write(fill)
        last = await store.write(add_member, 50)
        await store.write(
            run, metadata.tables["profile"].delete().where(metadata.tables["profile"].c.person_id == last.id)
        )
    before = await look(sqlite_url)
    for here, there in ((sqlite_url, schema), (schema, back)):
        moved = await asyncio.to_thread(move, here, there, hush)
        assert (moved.tables, moved.rows) == (len(metadata.tables), sum(map(len, before.values())))
        assert await look(there) == before
        with pytest.raises(StoreMoved, match="moved from"):
            await look(here)
        with pytest.raises(StoreMoved):
            await asyncio.to_thread(run_beside, here, directory.count_members)
    async with open_store(back) as store:
        assert (await store.write(add_member, 60)).id == last.id + 1


@pytest.mark.postgres
async def test_a_shop_moves_while_people_come(sqlite_url: str, empty_postgres_url: str) -> None:
    """The bot goes on until it is asked to leave; what it wrote until it left is there, and it may finish what it began."""
    moving: asyncio.Task[object] | None = None
    async with open_store(sqlite_url) as store:
        await store.write(fill)
        leaving = asyncio.create_task(store.wait_lost())
        number = 100
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not leaving.done():
                await store.write(be_busy, number)
                await asyncio.sleep(0.01)  # a hundred a second: nobody else would get at the processor
                moving = moving or asyncio.create_task(asyncio.to_thread(move, sqlite_url, empty_postgres_url, hush))
                assert not moving.done()
                number += 1
        with pytest.raises(StoreMoved, match="is being moved"):
            await leaving
        assert not store.is_lost
        await store.write(be_busy, number)
        before = await store.read(read_all)
    assert moving is not None
    await moving
    assert await look(empty_postgres_url) == before
    with pytest.raises(StoreMoved, match="moved from"):
        await look(sqlite_url)


def be_busy(tx: Tx, number: int) -> None:
    """Somebody comes, two trade what only one can have, something is written anew, something ends."""
    first, others = people.get(tx, PersonId(1)), [people.get(tx, PersonId(each)).profile.telegram_id for each in (2, 3)]
    credit(tx, first, add_member(tx, number), source="qr")
    for person_id, telegram_id in ((3, -1), (2, others[1]), (3, others[0])):
        run(tx, update(profile).where(profile.c.person_id == person_id).values(telegram_id=telegram_id))
    due_jobs.set_due(tx, due_jobs.DueJob(name="nudging", due_at=tx.now))
    run(tx, delete(visit))
    visits.add(tx, f"visitor{number}", first.code, number)


STOPS = """
import os, signal, sys
from storage.moving import move

said = []

def say(words):
    said.append(words)
    if len(said) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

move(sys.argv[1], sys.argv[2], say)
"""


@pytest.mark.long
@pytest.mark.postgres
async def test_a_move_that_is_killed_changes_nothing(sqlite_url: str, empty_postgres_url: str) -> None:
    """The old database is in force and as it was; the next start tidies up, and the move can be begun again."""
    async with open_store(sqlite_url) as store:
        await store.write(fill)
    before = await look(sqlite_url)
    for stop in ("2", "3"):
        command = [sys.executable, "-c", STOPS, sqlite_url, empty_postgres_url, stop]
        assert (await asyncio.to_thread(subprocess.run, command, check=False)).returncode == -signal.SIGKILL
    path = sqlite_url.removeprefix("sqlite:///")
    assert list_objects(path)
    assert await look(sqlite_url) == before
    assert not list_objects(path)
    await asyncio.to_thread(move, sqlite_url, empty_postgres_url, hush)
    assert await look(empty_postgres_url) == before


def list_objects(path: str) -> list[str]:
    """What a move has put into a database."""
    with closing(sqlite3.connect(path)) as raw:
        return [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE name LIKE 'moving%'")]


@pytest.mark.postgres
async def test_a_move_that_was_killed_between_its_last_commits_is_finished(
    sqlite_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    """Until then neither database opens; whoever broke off before the old one was left is told to empty the new one."""
    back = f"sqlite:///{tmp_path}/back.db"
    for here, there in ((sqlite_url, empty_postgres_url), (empty_postgres_url, back)):
        before = await look(here)
        await asyncio.to_thread(move, here, there, hush)
        gone = find_gone(Version(read_stored_version(here)))
        assert gone is not None
        write_version(there, compose_arriving(gone[0]))
        with pytest.raises(StoreMoved, match="Run it again"):
            await look(there)
        moved = await asyncio.to_thread(move, here, there, hush)
        assert moved.rows == sum(map(len, before.values()))
        assert await look(there) == before
        with pytest.raises(StoreMoved, match="already"):
            await asyncio.to_thread(move, here, f"{there}2" if "sqlite" in there else f"{there}?schema=other", hush)


def read_stored_version(url: str) -> str:
    """What a database says of its version."""
    with connect(url) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def write_version(url: str, version: str) -> None:
    """Have it say another."""
    with connect(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        connection.commit()


@pytest.mark.postgres
async def test_nobody_writes_into_what_a_shop_has_left(postgres_url: str, tmp_path: Path) -> None:
    """A web side that was let in before, and holds no lease, is refused as if the database were away."""
    async with open_store(postgres_url, guest=True) as web:
        await web.write(add_member, 1)
        await asyncio.to_thread(move, postgres_url, f"sqlite:///{tmp_path}/new.db", hush)
        with pytest.raises(StoreUnavailable, match="moved to another database"):
            await web.write(add_member, 2)
    async with open_store(f"sqlite:///{tmp_path}/new.db") as store:
        assert await store.read(directory.count_members) == 1
    with connect_plainly(postgres_url) as behind:  # whoever lends it lends it again
        behind.execute("DROP FUNCTION refuse_moved CASCADE")


@pytest.mark.postgres
async def test_what_cannot_be_moved_is_refused_in_words(
    sqlite_url: str, postgres_url: str, empty_postgres_url: str, tmp_path: Path
) -> None:
    """Nothing is made, nothing lost, and no password said."""
    refusals: list[tuple[str, str, type[Exception], str]] = [
        (sqlite_url, postgres_url, MoveRefused, "has tables already"),
        (sqlite_url, f"sqlite:///{tmp_path}/other.db", MoveRefused, "between SQLite and PostgreSQL"),
        (postgres_url, empty_postgres_url, MoveRefused, "between SQLite and PostgreSQL"),
        (postgres_url, sqlite_url, MoveRefused, "is there already"),
        (postgres_url, f"sqlite:///{tmp_path}/none/other.db", MoveRefused, "none is not there"),
        (f"sqlite:///{tmp_path}/nothing.db", empty_postgres_url, StoreUnavailable, "no database"),
        (sqlite_url, "postgresql://me:hidden@127.0.0.1:1/shop", StoreUnavailable, "refused"),
    ]
    for here, there, kind, words in refusals:
        with pytest.raises(kind, match=words) as refused:
            await asyncio.to_thread(move, here, there, hush)
        assert "hidden" not in str(refused.value)
    assert not (tmp_path / "nothing.db").exists()
    async with open_store(postgres_url):
        with pytest.raises(StoreBusy):
            await asyncio.to_thread(move, postgres_url, f"sqlite:///{tmp_path}/other.db", hush)
    await look(sqlite_url)


@pytest.mark.postgres
async def test_a_row_that_postgresql_cannot_keep_is_named_by_its_table(
    sqlite_url: str, empty_postgres_url: str
) -> None:
    """Its words are not quoted, and the shop stays where it is."""
    async with open_store(sqlite_url) as store:
        await store.write(add_member, 1, "Secret\0Name")
        with pytest.raises(MoveRefused, match="profile") as refused:
            await asyncio.to_thread(move, sqlite_url, empty_postgres_url, hush)
        assert "Secret" not in str(refused.value)
        assert await store.read(directory.count_members) == 1
    await look(sqlite_url)


def test_rows_that_differ_are_found() -> None:
    """One more, one less, or another value."""
    shape = list_shapes()[0]
    assert compare(shape, [b"1\n", b"2\n"], [b"1\n", b"2\n"]) == 2
    for other in ([b"1\n"], [b"1\n", b"3\n"], [b"1\n", b"2\n", b"3\n"]):
        with pytest.raises(MoveRefused, match=shape.name):
            compare(shape, [b"1\n", b"2\n"], other)


@pytest.mark.postgres
async def test_a_server_that_goes_in_the_middle_is_told_in_words(sqlite_url: str, empty_postgres_url: str) -> None:
    """The shop stays where it is, and moves once the server is back."""
    async with open_store(sqlite_url) as store:
        await store.write(fill)
    before = await look(sqlite_url)

    def cut(words: str) -> None:
        if "Comparing" in words:
            with connect_plainly(empty_postgres_url) as beside:
                beside.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database() AND state = 'idle in transaction'"
                )

    with pytest.raises(StoreUnavailable, match="failed"):
        await asyncio.to_thread(move, sqlite_url, empty_postgres_url, cut)
    assert await look(sqlite_url) == before
    await asyncio.to_thread(move, sqlite_url, empty_postgres_url, hush)
    assert await look(empty_postgres_url) == before


@pytest.mark.postgres
async def test_who_leaves_a_table_in_the_middle_need_not_wait_for_its_end(postgres_url: str) -> None:
    """A difference, a full disk, Ctrl-C: the server stops sending, where it would wait for ever to be read."""
    shape = next(each for each in list_shapes() if each.name == "inbox")
    rows = "SELECT n, convert_to(repeat('x', 2000), 'UTF8'), 0 FROM generate_series(1, 20000) AS n"
    reader = await asyncio.to_thread(connect_plainly, postgres_url)

    def leave() -> None:
        with reader:
            reader.autocommit = False
            reader.execute(f"INSERT INTO inbox (update_id, raw, received_at) {rows}".encode())
            with pytest.raises(MoveRefused, match="inbox"), reading(reader, shape) as lines:
                compare(shape, [b"another"], lines)
            reader.rollback()

    leaving = asyncio.create_task(asyncio.to_thread(leave))
    left, _ = await asyncio.wait([leaving], timeout=PATIENCE_SECONDS)
    if not left:
        with connect_plainly(postgres_url) as beside:
            beside.execute("SELECT pg_terminate_backend(%s)", [reader.info.backend_pid])
    await leaving
    assert left
