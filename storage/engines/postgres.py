"""PostgreSQL: a shop in a schema, worked on under its lease by a pool that many shops share."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import psycopg

from storage.engines import Opening
from storage.engines.postgres_connection import describe, explain, find_schema, strip_schema
from storage.engines.postgres_events import parse_events, tell_events
from storage.engines.postgres_fence import find_fence
from storage.engines.postgres_keeper import PostgresKeeper, open_keeper
from storage.engines.postgres_leases import find_current_schema
from storage.engines.postgres_line import EVENTS, SHOP
from storage.engines.postgres_pool import Room, compose_openings
from storage.engines.postgres_server import PostgresServer, open_server
from storage.engines.postgres_upgrade import prepare
from storage.errors import LeaseLost, StoreBusy, StoreLost
from storage.leases import Tenure
from storage.pools import Pools
from storage.records import CommitDoubted, ShopChanged
from storage.tx import Announce, Job, Loss, settle

PATIENCE_SECONDS = 0.5
"""How long a new process tries to have the lease: the machine buries one that was killed within milliseconds."""

PAUSE_SECONDS = 0.05

AWAY_SECONDS = 60.0
"""For how long a database that went is waited for: a server that restarts, or its host, needs no longer."""


class PostgresEngine:
    """See `storage.store.Engine`."""

    tells_beside = False

    def __init__(self, server: PostgresServer, room: Room, loss: Loss, announce: Announce) -> None:
        self._server = server
        self._room = room
        self._announce = announce
        self._away: asyncio.TimerHandle | None = None
        self._running = 0
        self._rest = asyncio.Event()
        self.loss = loss
        self.tenure = room.tenure
        if self.tenure is not None:
            self.tenure.on_end(loss.note)

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""
        self._run(job, writable=True)

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""
        self._run(job, writable=False)

    @staticmethod
    def find_mark() -> object:
        """Of what others write nothing is known here."""
        return object()

    async def drain(self) -> None:
        """Wait until no job is under way."""
        while self._running:
            self._rest.clear()
            await self._rest.wait()

    def hear(self, kind: str, body: object) -> None:
        """Pass on what another process has told of this shop."""
        if kind == SHOP:
            self._announce([ShopChanged()])
        elif kind == EVENTS:
            self._announce(parse_events(body))

    def note_line(self, up: bool) -> None:  # noqa: FBT001 -- a watcher's
        """Give the database a minute to come back; then nobody knows what was not heard meanwhile."""
        self.stop_waiting()
        if up:
            self._announce([ShopChanged(), CommitDoubted()])
        elif self.tenure is not None:
            words = f"The database {describe(self._room.url)} was away for {AWAY_SECONDS:.0f} s."
            self._away = asyncio.get_running_loop().call_later(AWAY_SECONDS, self.loss.note, StoreLost(words))

    def stop_waiting(self) -> None:
        """Whether it comes back matters no more."""
        if self._away is not None:
            self._away.cancel()
            self._away = None

    def _run(self, job: Job, *, writable: bool) -> None:
        self._running += 1
        self._server.submit(job, self._room, partial(self._finish, job), writable=writable)

    def _finish(self, job: Job) -> None:
        self._running -= 1
        settle([job], self._announce)
        if isinstance(job.error, LeaseLost) and self.tenure is not None:
            self.tenure.finish(job.error)
        self.loss.note(job.error)
        if not self._running:
            self._rest.set()


@asynccontextmanager
async def open_postgres(url: str, announce: Announce, opening: Opening) -> AsyncIterator[PostgresEngine]:
    """Open a shop's schema under its lease, or as a guest without, and bring it up to date."""
    async with AsyncExitStack() as stack:
        with _explained(url):
            server = await stack.enter_async_context(_lend_server(url, opening.pools))
            schema = find_schema(url) or await server.ask(url, find_current_schema)
            tenure = opening.tenure
            if tenure is None and not opening.guest:
                tenure = await stack.enter_async_context(_hold(server, url, schema))
            epoch = tenure.epoch if tenure is not None else None
            await server.ask(
                url, partial(prepare, url=url, schema=schema, migrate=opening.migrate, epoch=epoch), schema=schema
            )
            room = await _furnish(server, url, schema, opening, tenure)
        engine = PostgresEngine(server, room, Loss(), announce)
        stack.callback(engine.stop_waiting)
        stack.callback(server.line.listen(schema, engine.hear))
        stack.callback(server.line.watch(engine.note_line))
        stack.push_async_callback(engine.drain)
        yield engine


@contextmanager
def hold_alone(url: str) -> Iterator[None]:
    """Have a shop's schema, which is made if need be, for whatever is done there on connections of one's own; blocks.

    Raises:
        StoreBusy: another process runs the shop.
        StoreUnavailable: the database cannot be reached.
    """
    taken: Future[None] = Future()
    done = threading.Event()

    async def hold() -> None:
        try:
            async with open_alone(url):
                taken.set_result(None)
                await asyncio.to_thread(done.wait)
        except BaseException as error:
            if taken.done():
                raise
            taken.set_exception(error)

    with ThreadPoolExecutor(1, thread_name_prefix="lease") as thread:
        holding = thread.submit(asyncio.run, hold())
        try:
            taken.result()
            yield
        finally:
            done.set()
        holding.result()


@asynccontextmanager
async def open_own_keeper(url: str, control: str, pools: Pools) -> AsyncIterator[PostgresKeeper]:
    """See `storage.leases.open_keeper`."""
    async with AsyncExitStack() as stack:
        with _explained(url):
            server = await stack.enter_async_context(_lend_server(url, pools))
            schema = control or find_schema(url) or await server.ask(url, find_current_schema)
            keeper = await stack.enter_async_context(open_keeper(server, url, schema))
        yield keeper


@asynccontextmanager
async def open_alone(url: str) -> AsyncIterator[Tenure]:
    """Likewise on an event loop."""
    with _explained(url):
        async with _lend_server(url, Pools()) as server:
            schema = find_schema(url) or await server.ask(url, find_current_schema)
            async with _hold(server, url, schema) as tenure:
                yield tenure


def _lend_server(url: str, pools: Pools) -> Any:
    return pools.lend(strip_schema(url), lambda: open_server(url))


@asynccontextmanager
async def _hold(server: PostgresServer, url: str, schema: str) -> AsyncIterator[Tenure]:
    """Hold the lease of a shop for ourselves, without peers to share shops with."""
    async with open_keeper(server, url, schema) as keeper:
        yield await _take_for_a_while(keeper, url, schema)


async def _take_for_a_while(keeper: PostgresKeeper, url: str, schema: str) -> Tenure:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(StoreBusy):
            return await keeper.take(schema, url)
        await asyncio.sleep(PAUSE_SECONDS)
    return await keeper.take(schema, url)


async def _furnish(server: PostgresServer, url: str, schema: str, opening: Opening, tenure: Tenure | None) -> Room:
    fence = await server.ask(url, partial(find_fence, schema=schema), schema=schema) if tenure is not None else None
    writing, reading = compose_openings(schema, fence)
    return Room(
        url=url,
        schema=schema,
        clock=opening.clock,
        writing=writing,
        reading=reading,
        tenure=tenure,
        tell=partial(tell_events, schema=schema, origin=server.line.origin) if tenure is None else None,
    )


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say what hinders a database from being opened, without its password."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(error, url) from None
