from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest

from bot.shops.leasing import Alone, PostgresLeasing, Share
from storage import LeaseLost, Pools, StoreBusy, open_store
from storage.engines.postgres_connection import connect
from storage.leases import Peer, Tenure
from storage.tables import directory
from tests.storage.cast import add_member
from tests.storage.test_postgres import END_LINE

SHOPS = ("bakery", "cafe", "deli", "florist")


class Process:
    """What one process sees: the shops that are its own, each run by a task that stops when told."""

    def __init__(self, url: str, *, control: str = "passalong") -> None:
        self.leasing = PostgresLeasing(Pools(), control=control)
        self.ours: frozenset[str] = frozenset()
        self.url = url
        self.leasing.subscribe(self._note)
        self._handing: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None

    def _note(self, names: frozenset[str]) -> None:
        gone, self.ours = self.ours - names, names
        for name in gone:  # nothing runs that would have to be stopped first
            task = asyncio.create_task(self.leasing.hand_over(name))
            self._handing.add(task)
            task.add_done_callback(self._handing.discard)

    def want(self, *names: str) -> None:
        """Would run these shops."""
        mark = "&" if "?" in self.url else "?"
        self.leasing.set_wanted({name: f"{self.url}{mark}schema={name}" for name in names})

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self.leasing.run())

    async def stop(self) -> None:
        """End as a process does that is told to."""
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    def get_tenure(self, name: str) -> Tenure:
        """Of a shop that is its own."""
        tenure = self.leasing.get_tenure(name)
        assert tenure is not None
        return tenure


@asynccontextmanager
async def running(url: str, *wanted: str) -> AsyncIterator[Process]:
    """A process that wants shops."""
    process = Process(url)
    process.want(*wanted)
    process.start()
    try:
        yield process
    finally:
        await process.stop()


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for what must come."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 -- whatever it is
            await asyncio.sleep(0.02)


async def test_alone_everything_is_ours() -> None:
    """As it is wanted; no store needs a lease."""
    leasing, heard = Alone(), list[frozenset[str]]()
    leasing.subscribe(heard.append)
    leasing.set_wanted({"bakery": "sqlite:///a.db"})
    leasing.set_wanted({"bakery": "sqlite:///a.db"})
    leasing.set_wanted({"cafe": "sqlite:///b.db"})
    assert heard == [{"bakery"}, {"cafe"}]
    leasing.subscribe(heard.append)
    assert heard[2:] == [{"cafe"}]
    assert leasing.get_tenure("cafe") is None


@pytest.mark.postgres
async def test_shops_on_sqlite_are_ours_beside_those_that_are_shared(empty_postgres_url: str) -> None:
    """One folder may hold both kinds."""
    process = Process(empty_postgres_url)
    process.leasing.set_wanted({"bakery": f"{empty_postgres_url}", "kiosk": "sqlite:///kiosk.db"})
    assert process.ours == {"kiosk"}
    process.start()
    await until(lambda: process.ours == {"bakery", "kiosk"})
    assert process.leasing.get_tenure("kiosk") is None
    await process.stop()


@pytest.mark.postgres
async def test_processes_share_shops_and_each_runs_in_one(empty_postgres_url: str) -> None:
    """Who comes is given its share by hand; who leaves leaves nothing behind; nobody else opens its store."""
    async with running(empty_postgres_url, *SHOPS) as first:
        await until(lambda: first.ours == set(SHOPS))
        tenures = {name: first.get_tenure(name) for name in SHOPS}
        async with running(empty_postgres_url, *SHOPS) as second:
            await until(lambda: len(first.ours) == len(second.ours) == 2)
            assert first.ours | second.ours == set(SHOPS)
            for name in second.ours:
                assert second.get_tenure(name).epoch > tenures[name].epoch
                assert not tenures[name].is_held()
            name = min(second.ours)
            with pytest.raises(StoreBusy):
                await _open(empty_postgres_url, name)
        await until(lambda: first.ours == set(SHOPS))


@pytest.mark.postgres
async def test_a_shop_that_is_not_wanted_any_more_is_free(empty_postgres_url: str) -> None:
    """Its file was removed here; elsewhere it may be run."""
    async with running(empty_postgres_url, "bakery", "cafe") as process:
        await until(lambda: process.ours == {"bakery", "cafe"})
        process.want("cafe")
        assert process.ours == {"cafe"}
        async with asyncio.timeout(30):
            while True:
                with suppress(StoreBusy):
                    await _open(empty_postgres_url, "bakery")
                    break
        process.want("cafe", "bakery")
        await until(lambda: process.ours == {"bakery", "cafe"})


@pytest.mark.postgres
async def test_who_is_declared_dead_loses_all_and_stands_by(postgres_url: str) -> None:
    """Its tenures end, the units of its stores are refused, and it lives again under another number."""
    process = Process(postgres_url)
    process.leasing.set_wanted({"bakery": postgres_url})
    process.start()
    await until(lambda: process.ours == {"bakery"})
    tenure = process.get_tenure("bakery")
    async with open_store(postgres_url, tenure=tenure) as store:
        await store.write(add_member, 1)
        with connect(postgres_url) as behind:
            behind.execute("DELETE FROM passalong.passalong_process")
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(store.wait_lost(), 30)
        assert not tenure.is_held()
    await until(lambda: "bakery" in process.ours and process.get_tenure("bakery") is not tenure)
    async with open_store(postgres_url, tenure=process.get_tenure("bakery")) as store:
        assert await store.read(directory.count_members) == 1
    await process.stop()


@pytest.mark.postgres
async def test_a_lease_outlives_its_line(empty_postgres_url: str) -> None:
    """Nobody else took it: the tenure is the same, however often the connection breaks."""
    async with running(empty_postgres_url, "bakery") as process:
        await until(lambda: process.ours == {"bakery"})
        tenure = process.get_tenure("bakery")
        with psycopg.connect(empty_postgres_url, autocommit=True) as behind:
            for _ in range(2):
                behind.execute(END_LINE)
                await asyncio.sleep(0.8)
        await tenure.wait_held()
        assert process.get_tenure("bakery") is tenure
        assert process.ours == {"bakery"}


class Busy:
    """A keeper that sees another process come while it takes a lease."""

    id = 1

    def __init__(self) -> None:
        self.peers = [Peer(1, "host:1", frozenset({"oven"}), frozenset())]
        self.looks: list[Callable[[], None]] = []

    def set_wanted(self, shops: Iterable[str]) -> None:
        """Of no consequence."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Look at once."""
        self.looks.append(listener)
        listener()

    async def take(self, shop: str, url: str) -> Tenure:
        """Somebody else was faster, whom nobody has seen yet."""
        self.peers.append(Peer(2, "host:2", frozenset({shop}), frozenset({shop})))
        raise StoreBusy(f"{shop} at {url}")

    async def free(self, shop: str) -> None:
        """There is none."""


async def test_who_comes_while_a_lease_is_taken_is_got_to_know() -> None:
    """Between the look at the others and the end of what follows from it there may be more of them."""
    share, keeper = (
        Share("postgresql://host/name", {"oven": "postgresql://host/name?schema=oven"}, lambda: None),
        Busy(),
    )
    working = asyncio.create_task(share.work(keeper))
    await until(lambda: len(keeper.peers) == 2)
    keeper.looks[0]()
    await asyncio.wait([working], timeout=0.05)
    assert not working.done(), working.exception()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


def _mark(url: str) -> str:
    return "&" if "?" in url else "?"


async def _open(url: str, name: str) -> None:
    async with open_store(f"{url}{_mark(url)}schema={name}"):
        pass
