from __future__ import annotations

import asyncio
import threading

import psycopg
import pytest
from sqlalchemy import text

from storage import LeaseLost, Pools, Store, StoreBusy, StoreUnavailable, Tx, open_store
from storage.engines.postgres_connection import connect
from storage.engines.postgres_keeper import PostgresTenure, Trust
from storage.leases import open_keeper
from storage.tables import directory
from tests.storage.cast import add_member, add_members
from tests.storage.test_postgres import TAKE_LEASE, open_and_count

pytestmark = pytest.mark.postgres

SHARE = "SELECT pg_advisory_lock_shared(hashtextextended('passalong fence ' || current_schema(), 0))"
STALE = "UPDATE passalong_lease SET epoch = epoch + 1"


def in_schema(url: str, schema: str) -> str:
    """The URL of a shop in a schema of its own."""
    return f"{url}{'&' if '?' in url else '?'}schema={schema}"


def find_schema_of(tx: Tx) -> tuple[str, int]:
    """Where a unit finds itself, and how many members there are."""
    return str(tx.scalar(text("SELECT current_schema()"))), directory.count_members(tx)


async def test_units_of_two_shops_on_one_connection_see_their_own(empty_postgres_url: str) -> None:
    """Turn by turn, after successes, failures and reads alike: nothing of a unit's schema outlives its transaction."""
    pools = Pools()

    async def stumble(store: Store) -> None:
        def fall(tx: Tx) -> None:
            add_member(tx, 99)
            raise ValueError("stumbled")

        with pytest.raises(ValueError, match="stumbled"):
            await store.write(fall)

    urls = [in_schema(empty_postgres_url, each) for each in ("north", "South side")]
    async with open_store(urls[0], pools=pools) as north, open_store(urls[1], pools=pools) as south:
        await north.write(add_members, 3)
        await south.write(add_members, 1)
        for _ in range(5):
            for store, expected in ((north, ("north", 3)), (south, ("South side", 1))):
                assert await store.read(find_schema_of) == expected
                await stumble(store)
                assert await store.write(find_schema_of) == expected
        both = await asyncio.gather(*(each.read(find_schema_of) for each in (north, south) * 30))
    assert both == [("north", 3), ("South side", 1)] * 30


async def test_a_connection_at_rest_holds_nothing(postgres_url: str) -> None:
    """No lock of a fence either: the pool could lend it to anybody."""
    async with open_store(postgres_url) as store:
        await store.write(add_members, 1)
        with connect(postgres_url) as behind:
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            assert behind.execute(held.encode()).fetchone() == (0,)


async def test_a_unit_of_another_epoch_changes_nothing(postgres_url: str) -> None:
    """Whoever slept while the lease went on wakes up to an error, and what it wrote is not there."""
    async with open_store(postgres_url) as store:
        await store.write(add_members, 1)
        with connect(postgres_url) as behind:
            behind.execute(STALE)
            with pytest.raises(LeaseLost, match="Another process runs"):
                await store.write(add_member, 2)
            assert behind.execute("SELECT count(*) FROM person").fetchone() == (1,)
        assert store.is_lost
        assert await store.read(directory.count_members) == 1


async def test_who_takes_over_waits_for_a_unit_under_way(postgres_url: str) -> None:
    """It ends, and counts; what begins after it does not."""
    begun, may_end = threading.Event(), threading.Event()

    def dawdle(tx: Tx) -> None:
        add_member(tx, 1)
        begun.set()
        may_end.wait(20)

    async with open_store(postgres_url) as store:
        slow = asyncio.create_task(store.write(dawdle))
        await asyncio.to_thread(begun.wait, 20)
        with connect(postgres_url) as behind:
            behind.execute(TAKE_LEASE)
        taking = asyncio.create_task(open_and_count(postgres_url))
        await asyncio.sleep(0.3)
        assert not taking.done()
        may_end.set()
        await slow
        assert await taking == 1
        with pytest.raises(LeaseLost):
            await store.write(add_member, 2)


async def test_what_a_former_holder_never_ends_is_ended_for_it(postgres_url: str) -> None:
    """A process that is paused in the middle of a transaction holds its successor up for seconds, and no longer."""
    with connect(postgres_url) as former:
        former.execute(SHARE)
        assert await open_and_count(postgres_url) == 0
        with pytest.raises(psycopg.OperationalError):
            former.execute("SELECT 1")


async def test_a_tenure_is_doubted_in_time() -> None:
    """It is believed for less than others wait before they take over, by a clock that runs through sleep."""
    seconds = [100.0]
    trust = Trust(clock=lambda: seconds[0])
    tenure = PostgresTenure("oven", "public", 1, trust)
    assert not tenure.is_held()
    trust.renew(100.0)
    seconds[0] = 104.9
    assert tenure.is_held()
    seconds[0] = 105.0
    assert not tenure.is_held()
    trust.renew(103.0)
    await tenure.wait_held()
    tenure.finish(LeaseLost("gone"))
    with pytest.raises(LeaseLost, match="gone"):
        await tenure.wait_held()


async def test_a_store_under_a_tenure_that_is_over_is_not_opened_for_writing(postgres_url: str) -> None:
    """Also where nobody has told it yet: migrating and the first unit look at the epoch."""
    tenure = PostgresTenure("public", "public", 41, Trust())
    async with open_store(postgres_url):
        pass
    async with open_store(postgres_url, tenure=tenure) as store:
        with pytest.raises(LeaseLost):
            await store.write(add_member, 1)


async def test_a_guest_writes_beside_the_holder_and_is_heard(postgres_url: str) -> None:
    """It needs no lease; it brings nothing up to date; SQLite has no guests."""
    async with open_store(postgres_url) as holder, open_store(postgres_url, guest=True) as guest:
        await guest.write(add_member, 1)
        assert await holder.read(directory.count_members) == 1
        assert guest.tenure is None
        with pytest.raises(StoreBusy):
            await open_and_count(postgres_url)
    with pytest.raises(StoreUnavailable, match="belongs to one process"):
        async with open_store("sqlite:///oven.db", guest=True):
            pass


async def test_a_process_hears_what_the_others_would_run(empty_postgres_url: str) -> None:
    """With its next look at them, after which whoever asked to be is called."""
    first, second = (open_keeper(empty_postgres_url, control="control", pools=Pools()) for _ in range(2))
    async with first as one, second as two, asyncio.timeout(60):
        looked = asyncio.Event()
        one.on_change(looked.set)
        two.set_wanted(["north", "south"])
        while [each.wanted for each in one.peers if each.id == two.id] != [frozenset({"north", "south"})]:
            looked.clear()
            await looked.wait()
