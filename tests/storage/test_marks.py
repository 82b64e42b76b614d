"""Whether anything was written since, as the store says without asking the database: alike on both engines."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from storage import Store, Tx, open_store
from storage.beside import open_beside, run_beside
from storage.engines.postgres_connection import connect
from storage.engines.postgres_line import CHANNEL, WRITTEN
from storage.engines.postgres_watch import PostgresWatch
from storage.errors import StoreError
from storage.records import Event, HandoutOwed, WrittenBeside
from storage.tables import directory
from storage.tx import Loss
from tests.storage.cast import add_member
from tests.storage.test_postgres import END_LINE, TAKE_LEASE


class Held:
    """A tenure that is believed or not, as a test says."""

    shop, epoch, end = "oven", 1, None

    def __init__(self) -> None:
        self.held = True

    def is_held(self) -> bool:
        """As it was said."""
        return self.held

    async def wait_held(self) -> None:
        """Nobody waits here."""

    def on_end(self, listener: Callable[[StoreError], None]) -> None:
        """It never is."""

    def finish(self, error: StoreError) -> None:
        """Likewise."""


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process has done."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- whatever it is
            await asyncio.sleep(0.01)


async def find_rest(store: Store) -> object:
    """The mark, once it stands still."""
    async with asyncio.timeout(60):
        while (mark := store.find_mark()) != store.find_mark():  # noqa: ASYNC110 -- likewise
            await asyncio.sleep(0.01)
    return mark


async def test_a_mark_changes_with_every_commit_and_with_no_reading(store: Store, store_url: str) -> None:
    """A command beside the bot is a reason to look again as well, and told as one."""
    told = list[Event]()
    store.subscribe(told.extend, WrittenBeside)
    marks = [await find_rest(store)]
    await store.read(directory.count_members)
    assert await find_rest(store) == marks[0]
    await store.write(add_member, 1)
    marks.append(await find_rest(store))
    await asyncio.to_thread(run_beside, store_url, add_member, 2)
    await until(lambda: store.find_mark() != marks[-1])
    marks.append(await find_rest(store))
    assert len(set(marks)) == 3
    await until(lambda: bool(told))


async def test_what_changes_nothing_is_no_reason_to_look(store: Store, store_url: str) -> None:
    """Neither a command that only looks, nor one whose work was undone."""

    def stumble(tx: Tx) -> None:
        add_member(tx, 7)
        raise ValueError("stumbled")

    before = await find_rest(store)
    with open_beside(store_url) as beside:
        await beside.read(directory.count_members)
        await beside.write(directory.count_members)
        with pytest.raises(ValueError, match="stumbled"):
            await beside.write(stumble)
        assert await find_rest(store) == before
        await beside.write(add_member, 1)
    await until(lambda: store.find_mark() != before)


@pytest.mark.postgres
async def test_what_a_guest_writes_is_known(postgres_url: str) -> None:
    """Also where it told nothing; it knows nothing itself, for who runs the shop says nothing on the line."""
    async with open_store(postgres_url) as holder, open_store(postgres_url, guest=True) as guest:
        told = list[Event]()
        holder.subscribe(told.extend)
        before = await find_rest(holder)
        assert guest.find_mark() != guest.find_mark()
        await guest.write(add_member, 1)
        await until(lambda: holder.find_mark() != before)
        await until(lambda: told == [WrittenBeside()])
        before = await find_rest(holder)
        await guest.write(lambda tx: tx.tell(HandoutOwed()))
        await until(lambda: holder.find_mark() != before)
        assert HandoutOwed() in told


@pytest.mark.postgres
async def test_who_writes_says_so_once(postgres_url: str) -> None:
    """A word more for each unit would be a commit of the server's that all others wait for."""
    async with open_store(postgres_url), open_store(postgres_url, guest=True) as guest:
        with connect(postgres_url) as listening:
            listening.execute(f"LISTEN {CHANNEL}".encode())
            await guest.write(directory.count_members)
            await guest.write(add_member, 1)
            await guest.write(lambda tx: tx.tell(HandoutOwed()))
            said = [each.payload for each in listening.notifies(timeout=5, stop_after=2)]
    shops = [each for each in said if '"kind":"leases"' not in each]
    assert [f'"{WRITTEN}"' in each for each in shops] == [True, False]


@pytest.mark.postgres
async def test_a_broken_line_is_not_mistaken_for_quiet(postgres_url: str) -> None:
    """While there is none nobody knows, and what was written meanwhile is looked for when it is back."""
    async with open_store(postgres_url) as store:
        before = await find_rest(store)
        with connect(postgres_url) as behind:
            behind.execute(END_LINE)
            await until(lambda: store.find_mark() != store.find_mark())
        assert await find_rest(store) != before


@pytest.mark.postgres
async def test_a_unit_under_way_may_have_written(postgres_url: str) -> None:
    """Its commit is heard of a moment after it counts."""
    begun, may_end = threading.Event(), threading.Event()

    def dawdle(_tx: Tx) -> None:
        begun.set()
        may_end.wait(20)

    async with open_store(postgres_url) as store:
        before = await find_rest(store)
        slow = asyncio.create_task(store.write(dawdle))
        await asyncio.to_thread(begun.wait, 20)
        assert store.find_mark() != store.find_mark()
        may_end.set()
        await slow
        assert await find_rest(store) != before


@pytest.mark.postgres
async def test_whoever_lost_the_lease_knows_of_no_quiet(postgres_url: str) -> None:
    """What the next holder writes is said to nobody."""
    async with open_store(postgres_url) as store:
        await find_rest(store)
        with connect(postgres_url) as behind:
            behind.execute(TAKE_LEASE)
        await until(lambda: store.find_mark() != store.find_mark())
        with pytest.raises(StoreError):
            async with asyncio.timeout(60):
                await store.wait_lost()
        assert store.find_mark() != store.find_mark()


async def test_a_lease_in_doubt_is_no_quiet() -> None:
    """A process that slept has heard nothing meanwhile, whatever it believes."""
    tenure = Held()
    watch = PostgresWatch("postgresql:///db", lambda _: None, Loss(), tenure, deaf=False)
    assert watch.find_mark() == watch.find_mark()
    tenure.held = False
    assert watch.find_mark() != watch.find_mark()
    watch.stop()
    deaf = PostgresWatch("postgresql:///db", lambda _: None, Loss(), Held(), deaf=True)
    assert deaf.find_mark() != deaf.find_mark()
    deaf.stop()


async def test_what_nobody_says_is_looked_for_all_the_same() -> None:
    """Somebody with a client of the database's own, again and again."""
    told = list[Event]()
    watch = PostgresWatch("postgresql:///db", told.extend, Loss(), Held(), deaf=False, untold_seconds=0.01)
    await until(lambda: len(told) >= 2)
    assert set(told) == {WrittenBeside()}
    watch.stop()
