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
from storage.engines.postgres_connection import explain, find_schema, strip_schema
from storage.engines.postgres_events import tell_events
from storage.engines.postgres_fence import find_fence
from storage.engines.postgres_keeper import PostgresKeeper, open_keeper
from storage.engines.postgres_leases import find_current_schema
from storage.engines.postgres_pool import Room, compose_openings
from storage.engines.postgres_server import PostgresServer, open_server
from storage.engines.postgres_upgrade import prepare
from storage.engines.postgres_watch import PostgresWatch
from storage.errors import LeaseLost, StoreBusy
from storage.leases import Tenure
from storage.pools import Pools
from storage.tx import Announce, Job, Loss, settle

PATIENCE_SECONDS = 0.5
"""How long a new process tries to have the lease: the machine buries one that was killed within milliseconds."""

PAUSE_SECONDS = 0.05


class PostgresEngine:
    """See `storage.store.Engine`."""

    def __init__(self, server: PostgresServer, room: Room, announce: Announce) -> None:
        self._server = server
        self._room = room
        self._announce = announce
        self._running = 0
        self._rest = asyncio.Event()
        self.loss = loss = Loss()
        self.tenure = room.tenure
        self.watch = PostgresWatch(room.url, announce, loss, room.tenure, deaf=server.line.is_broken)
        self.find_mark = self.watch.find_mark
        if self.tenure is not None:
            self.tenure.on_end(loss.note)

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""
        self._run(job, writable=True)

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""
        self._run(job, writable=False)

    async def drain(self) -> None:
        """Wait until no job is under way."""
        while self._running:
            self._rest.clear()
            await self._rest.wait()

    def _run(self, job: Job, *, writable: bool) -> None:
        self._running += 1
        if writable:
            self.watch.begin_writing()
        self._server.submit(job, self._room, partial(self._finish, job, writable=writable), writable=writable)

    def _finish(self, job: Job, *, writable: bool) -> None:
        self._running -= 1
        if writable:
            self.watch.end_writing()
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
        engine = PostgresEngine(server, room, announce)
        stack.callback(engine.watch.stop)
        stack.callback(server.line.listen(schema, engine.watch.hear))
        stack.callback(server.line.watch(engine.watch.note_line))
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
