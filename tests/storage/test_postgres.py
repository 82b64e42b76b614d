from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from sqlalchemy import Executable, text

from storage import LeaseLost, Store, StoreBusy, StoreUnavailable, Tx, open_store
from storage.checks import list_faults
from storage.errors import CommitUnknown
from storage.records import CommitDoubted, Event, Person
from storage.tables import directory, people
from tests.storage.cast import add_member, add_members
from tests.storage.server import Server

pytestmark = pytest.mark.postgres

CONFLICT = text("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$")
CUT = text("SELECT pg_terminate_backend(pg_backend_pid())")
END_LINE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'passalong line %'
"""
LINE = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'passalong line %'
"""
TAKE_LEASE = """
WITH buried AS (DELETE FROM passalong_process) UPDATE passalong_lease SET epoch = epoch + 1, holder = 1, control = 'other'
"""
CUT_AT_COMMIT = """
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON person DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()
"""


@pytest.fixture
async def pg_store(postgres_url: str) -> AsyncIterator[Store]:
    """An open, empty store on PostgreSQL."""
    async with open_store(postgres_url) as store:
        yield store


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection]:
    """Reach behind the store's back."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


async def test_either_name_of_the_scheme_will_do(postgres_url: str) -> None:
    """Hosts hand out both."""
    async with open_store(postgres_url.replace("postgresql:", "postgres:", 1)) as store:
        assert await store.read(directory.count_members) == 0


class Stumbling:
    """A unit that is tripped by a statement in its first runs, and counts them."""

    def __init__(self, statement: Executable, falls: int) -> None:
        self.runs = 0
        self._statement = statement
        self._falls = falls

    def __call__(self, tx: Tx) -> int:
        """Write a person, then stumble or not."""
        self.runs += 1
        add_member(tx, 1)
        if self.runs <= self._falls:
            tx.run(self._statement)
        return directory.count_members(tx)


@pytest.mark.parametrize("statement", [CONFLICT, CUT], ids=["conflict", "connection lost"])
async def test_a_unit_is_run_again_after_what_is_nobodys_fault(pg_store: Store, statement: Executable) -> None:
    """A conflict or a lost connection undoes the unit, which is then run anew and counts once."""
    unit = Stumbling(statement, falls=2)
    assert await pg_store.write(unit) == 1
    assert unit.runs == 3


async def test_a_unit_is_not_run_for_ever(pg_store: Store) -> None:
    """After five attempts its caller hears of it."""
    unit = Stumbling(CONFLICT, falls=99)
    with pytest.raises(StoreUnavailable, match="conflict"):
        await pg_store.write(unit)
    assert unit.runs == 5
    assert await pg_store.read(directory.count_members) == 0


async def test_a_doubtful_commit_is_not_repeated(pg_store: Store, postgres_url: str) -> None:
    """Where the connection breaks in the commit itself, nobody can know: the caller is told so, and every listener."""
    told: list[Event] = []
    pg_store.subscribe(told.extend)
    with connect(postgres_url) as behind:
        behind.execute(CUT_AT_COMMIT)
        unit = Stumbling(CONFLICT, falls=0)
        with pytest.raises(CommitUnknown, match="not known"):
            await pg_store.write(unit)
        assert told == [CommitDoubted()]
        behind.execute("DROP FUNCTION cut CASCADE")
    assert unit.runs == 1
    assert await pg_store.write(unit) == 1


async def test_a_deadlock_is_resolved(pg_store: Store) -> None:
    """Two units that lock the same people in opposite order both get through, and both count once."""
    anna, ben = await pg_store.write(add_members, 2)
    both_hold_one = threading.Barrier(2)
    met: set[int] = set()

    def touch(tx: Tx, person: Person) -> None:
        tx.run(text(f"UPDATE person SET blocked_at = coalesce(blocked_at, 0) + 1 WHERE id = {person.id}"))

    def cross(tx: Tx, first: Person, second: Person) -> None:
        tx.run(text("SET LOCAL deadlock_timeout = '20ms'"))
        touch(tx, first)
        if first.id not in met:  # only the first runs meet
            met.add(first.id)
            both_hold_one.wait(5)
        touch(tx, second)

    await asyncio.gather(pg_store.write(cross, anna, ben), pg_store.write(cross, ben, anna))
    touched = await pg_store.read(people.list_by_ids, [anna.id, ben.id])
    assert [person.blocked_at for person in touched.values()] == [2, 2]


async def test_a_unit_that_hides_an_error_is_not_taken_for_committed(pg_store: Store) -> None:
    """The server undoes it silently; the store does not keep silent."""

    def hide(tx: Tx) -> None:
        add_member(tx, 1)
        with suppress(psycopg.Error):
            tx.rows(text("SELECT nonsense"))

    with pytest.raises(StoreUnavailable, match="hid an error"):
        await pg_store.write(hide)
    assert await pg_store.read(directory.count_members) == 0


async def test_a_line_that_broke_comes_again(
    pg_store: Store, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody else took the lease meanwhile: writing goes on all the time, and a second process is refused as before."""
    await pg_store.write(add_member, 1)
    with connect(postgres_url) as behind:
        behind.execute(END_LINE)
        await pg_store.write(add_member, 2)
        async with asyncio.timeout(60):
            while "is back" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert len(behind.execute(LINE).fetchall()) == 1
    assert not pg_store.is_lost
    await pg_store.write(add_member, 3)
    assert await pg_store.read(directory.count_members) == 3
    with pytest.raises(StoreBusy):
        await open_and_count(postgres_url)


async def test_a_server_that_ends_idle_sessions_does_not_end_ours(empty_postgres_url: str) -> None:
    """The line may have nothing to say for long."""
    async with open_store(empty_postgres_url):
        pass
    name = empty_postgres_url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    with connect(empty_postgres_url) as behind:
        behind.execute(f"ALTER DATABASE {name} SET idle_session_timeout = '50ms'".encode())
    async with open_store(empty_postgres_url) as store:
        await store.write(add_member, 1)
        with connect(empty_postgres_url) as behind:
            behind.execute("SET idle_session_timeout = 0")
            before = behind.execute(LINE).fetchall()
            await asyncio.sleep(0.3)
            assert behind.execute(LINE).fetchall() == before != []
        await store.write(add_member, 2)


async def test_a_lease_that_another_took_ends_all_writing(pg_store: Store, postgres_url: str) -> None:
    """The store notices by itself, refuses to write from then on, and says what has happened."""
    await pg_store.write(add_member, 1)
    with connect(postgres_url) as behind:
        behind.execute(TAKE_LEASE)
    with pytest.raises(LeaseLost, match="Another process runs"):
        await asyncio.wait_for(pg_store.wait_lost(), 60)
    assert pg_store.is_lost
    assert pg_store.tenure is not None
    assert not pg_store.tenure.is_held()
    with pytest.raises(LeaseLost):
        await pg_store.write(add_member, 2)


async def test_what_was_open_when_a_rollback_failed_is_not_used_again(pg_store: Store) -> None:
    """A connection that is still in a transaction is closed: the next unit must not find itself inside it."""

    def wreck(tx: Tx) -> None:
        add_member(tx, 1)
        tx.run(text("SET LOCAL statement_timeout = '1ms'"))
        tx.rows(text("SELECT pg_sleep(1)"))

    for _ in range(12):
        with pytest.raises(StoreUnavailable):
            await pg_store.write(wreck)
    await pg_store.write(add_member, 1)
    assert await pg_store.read(directory.count_members) == 1


async def test_two_shops_live_in_two_schemas_of_one_database(empty_postgres_url: str) -> None:
    """Each has its own tables and its own lock, and knows nothing of the other."""
    mark = "&" if "?" in empty_postgres_url else "?"
    urls = [f"{empty_postgres_url}{mark}schema={name}" for name in ("north", "South side")]
    async with open_store(urls[0]) as north, open_store(urls[1]) as south:
        await north.write(add_members, 3)
        await south.write(add_members, 1)
        assert (await north.read(directory.count_members), await south.read(directory.count_members)) == (3, 1)
        with pytest.raises(StoreBusy, match="South side"):
            await open_and_count(urls[1])
    assert await open_and_count(urls[0]) == 3
    with connect(empty_postgres_url) as behind:
        assert behind.execute("SELECT to_regclass('public.person')").fetchone() == (None,)


async def test_units_ask_for_few_rows_and_have_no_table_laid_out_for_many(pg_store: Store, postgres_url: str) -> None:
    """Whichever way they ask; the setting ends with the unit, and is nobody else's."""
    show = text("SELECT current_setting('enable_memoize')")

    def ask(tx: Tx) -> str:
        return str(tx.scalar(show))

    assert (await pg_store.read(ask), await pg_store.write(ask)) == ("off", "off")
    with connect(postgres_url) as behind:
        assert behind.execute("SHOW enable_memoize").fetchone() == ("on",)


async def test_plans_of_all_that_a_shop_asks_are_kept(pg_store: Store) -> None:
    """What is asked in turn is not planned anew each time for being more than a hundred questions."""
    questions = [text(f"SELECT {number} + count(*) FROM person") for number in range(150)]

    def ask(tx: Tx) -> None:
        for question in questions:
            tx.scalar(question)

    for _ in range(7):
        await pg_store.read(ask)
    count = text("SELECT count(*) FROM pg_prepared_statements")
    assert await pg_store.read(lambda tx: tx.scalar(count)) >= len(questions)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_that_cannot_hold_all_names_is_refused(encoding: str, postgres_server: Server) -> None:
    """At the start, in a sentence that says what is needed."""
    with (
        postgres_server.lend_empty(encoding) as url,
        pytest.raises(StoreUnavailable, match=f"{encoding}; names need UTF8"),
    ):
        await open_and_count(url)


async def test_what_names_a_missing_row_is_found(pg_store: Store, postgres_url: str) -> None:
    """Whoever owns the database can switch off what holds foreign keys."""
    assert await list_faults(pg_store) == []
    with connect(postgres_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO share (person_id, way, shared_at) VALUES (4711, 'card', 1), (4712, 'qr', 1)")
    assert await list_faults(pg_store) == ["2 rows of share point to a missing row of person"]


async def test_few_connections_are_enough(empty_postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Two will do: one for the line, one that works; what is not granted is said once and waited for."""
    async with open_store(empty_postgres_url):
        pass
    with connect(empty_postgres_url) as behind:
        behind.execute("CREATE ROLE modest LOGIN CONNECTION LIMIT 2")
        behind.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO modest")
        behind.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO modest")
    try:
        modest = empty_postgres_url.replace("postgres:", "modest:", 1)
        assert "modest" in modest
        async with open_store(modest) as store:
            await asyncio.gather(*(store.write(add_member, number) for number in range(1, 30)))
            assert await store.read(directory.count_members) == 29
    finally:
        with connect(empty_postgres_url) as behind:
            behind.execute("DROP OWNED BY modest")
            behind.execute("DROP ROLE modest")
    assert "going on with 1" in caplog.text


async def open_and_count(url: str) -> int:
    """Open a store and count its members."""
    async with open_store(url) as store:
        return await store.read(directory.count_members)


async def test_a_second_process_is_named_no_secrets(pg_store: Store, postgres_url: str) -> None:
    """The refusal names the database."""
    await pg_store.write(add_member, 1)
    with pytest.raises(StoreBusy, match=r"test_\d+"):
        await open_and_count(postgres_url)
