"""A process among others on one PostgreSQL database: it says that it lives, sees who else does, and holds leases."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial

from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import find_schema
from storage.engines.postgres_leases import (
    BEAT,
    Claim,
    dump_names,
    enter_process,
    find_current_schema,
    free_lease,
    leave_process,
    make_schema,
    take_lease,
)
from storage.engines.postgres_line import LEASES
from storage.engines.postgres_server import PostgresServer
from storage.errors import LeaseLost, StoreBusy, StoreError, StoreUnavailable
from storage.leases import DEAD_SECONDS, ELSEWHERE, HEARTBEAT_SECONDS, LIVELY_SECONDS, TRUST_SECONDS, Peer
from storage.process_place import describe_place, is_surely_dead
from storage.tx import Row

logger = logging.getLogger(__name__)

SOONEST_SECONDS = 0.1
"""Between two looks at the others, however much there is to see."""


def tell_seconds() -> float:
    """Seconds by a clock that goes on while the machine sleeps: whoever wakes up late knows it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Trust:
    """Until when this process may believe that nobody has declared it dead."""

    def __init__(self, clock: Callable[[], float] = tell_seconds) -> None:
        self._clock = clock
        self._until = 0.0
        self._changed = asyncio.Event()

    def is_fresh(self) -> bool:
        """Whether it may at this moment; any thread may ask."""
        return self._clock() < self._until

    def renew(self, asked_at: float) -> None:
        """Believe again: the server has written down that we live, as we asked at that second."""
        self._until = max(self._until, asked_at + TRUST_SECONDS)
        self.wake()

    def wake(self) -> None:
        """Have everybody look who waits for it."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_changed(self) -> None:
        """Wait for news, which come with the next renewal as a rule."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._changed.wait()


class PostgresTenure:
    """See `storage.leases.Tenure`."""

    def __init__(self, shop: str, schema: str, epoch: int, trust: Trust) -> None:
        self.shop = shop
        self.schema = schema
        self.epoch = epoch
        self.end: StoreError | None = None
        self._trust = trust
        self._listeners: list[Callable[[StoreError], None]] = []

    def is_held(self) -> bool:
        """Whether nobody else can run the shop at this very moment."""
        return self.end is None and self._trust.is_fresh()

    async def wait_held(self) -> None:
        """See the protocol."""
        while not self.is_held():
            if self.end is not None:
                raise type(self.end)(str(self.end))
            await self._trust.wait_changed()

    def on_end(self, listener: Callable[[StoreError], None]) -> None:
        """See the protocol."""
        self._listeners.append(listener)
        if self.end is not None:
            listener(self.end)

    def finish(self, error: StoreError) -> None:
        """Note that it is over."""
        if self.end is None:
            self.end = error
            self._trust.wake()
            for listener in self._listeners:
                listener(error)


class PostgresKeeper:
    """See `storage.leases.Keeper`. Its watch runs as long as it is open."""

    def __init__(self, server: PostgresServer, url: str, control: str) -> None:
        self._server = server
        self._url = url
        self._control = control
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._place = describe_place()
        self._wanted: frozenset[str] = frozenset()
        self._held: dict[str, PostgresTenure] = {}
        self._listeners: list[Callable[[], None]] = []
        self._soon = asyncio.Event()
        self._trust = Trust()
        self._beats: dict[int, tuple[int, float]] = {}
        """Of each process its last sign of life, and at which of our seconds the server heard of it."""
        self._returned_at = 0.0
        self.id = 0
        self.peers: tuple[Peer, ...] = ()

    async def enter(self) -> None:
        """Begin a life: under a number of its own, since who was declared dead is dead."""
        self.id, asked_at = secrets.randbits(62), tell_seconds()
        self._trust = Trust()
        enter = partial(enter_process, control=self._control, process=self.id, name=self._name, place=self._place)
        await self._server.ask(self._url, enter)
        self._trust.renew(asked_at)

    def set_wanted(self, shops: Iterable[str]) -> None:
        """Say which shops this process would run."""
        self._wanted = frozenset(shops)
        self._soon.set()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have a listener called after every look at the others."""
        self._listeners.append(listener)

    async def take(self, shop: str, url: str) -> PostgresTenure:
        """See the protocol."""
        if shop in self._held:
            raise StoreBusy(f"This process runs the shop {shop} already.")
        schema = find_schema(url) or await self._server.ask(url, find_current_schema)
        claim, trust = self._claim(shop, url, schema), self._trust
        epoch = await self._server.ask(url, partial(take_lease, claim=claim), schema=schema)
        tenure = PostgresTenure(shop, schema, epoch, trust)
        if trust is not self._trust:
            tenure.finish(LeaseLost(ELSEWHERE))
        else:
            self._held[shop] = tenure
            tenure.on_end(lambda _: self._forget(tenure))
        self._soon.set()
        return tenure

    async def free(self, shop: str) -> None:
        """See the protocol."""
        tenure = self._held.pop(shop, None)
        if tenure is None:
            return
        tenure.finish(LeaseLost(f"The shop {shop} was handed over."))
        claim = self._claim(shop, self._url, tenure.schema)
        free = partial(free_lease, claim=claim, epoch=tenure.epoch)
        await self._server.ask(self._url, free, schema=tenure.schema)
        self._soon.set()

    async def watch(self) -> None:
        """Say that this process lives, and look at the others, for ever."""
        while True:
            began = tell_seconds()
            try:
                await self._beat()
            except StoreUnavailable:
                logger.debug("The database cannot be told that this process lives")
            except Exception:
                logger.exception("The watch over leases failed; it goes on")
            await self._rest(began)

    async def leave(self) -> None:
        """Give back what is still held, and strike this process out; where the server is away, others find it dead."""
        for shop in tuple(self._held):
            with suppress(StoreError):
                await self.free(shop)
        with suppress(StoreError):
            await self._server.ask(self._url, partial(leave_process, control=self._control, process=self.id))

    def note_line(self, *, up: bool) -> None:
        """Note that the line broke or is back: who could not be heard of meanwhile is given time to come back as well."""
        if up:
            self._returned_at = tell_seconds()
            self._soon.set()

    def note_leases(self) -> None:
        """Note that leases have changed hands."""
        self._soon.set()

    async def _beat(self) -> None:
        asked_at = tell_seconds()
        statement = SQL(BEAT).format(Identifier(self._control)).as_string()
        held = frozenset(self._held)
        rows = await self._server.line.ask(statement, (dump_names(self._wanted), dump_names(held), self.id))
        answered_at = tell_seconds()
        if not any(row[-1] for row in rows):
            await self._live_again()
            return
        self._trust.renew(asked_at)
        self._see(rows, answered_at)
        for listener in self._listeners:
            listener()

    async def _live_again(self) -> None:
        """Somebody has declared this process dead: what it held is over, and it begins anew."""
        logger.warning("This process was taken for dead by another, and stands by again")
        for tenure in tuple(self._held.values()):
            tenure.finish(LeaseLost(ELSEWHERE))
        self._held.clear()
        self._soon.set()
        await self.enter()

    def _see(self, rows: Iterable[Row], now: float) -> None:
        beats, peers = {}, []
        for number, name, place, beat, age, wanted, held, _ in rows:
            known = self._beats.get(number)
            heard_at = known[1] if known and known[0] == beat else now - age
            beats[number] = (beat, seen_at := max(heard_at, self._returned_at))
            silence = 0.0 if number == self.id else now - seen_at
            if silence < DEAD_SECONDS and (number == self.id or not is_surely_dead(place)):
                names = frozenset[str](json.loads(wanted)), frozenset[str](json.loads(held))
                peers.append(Peer(number, name, *names, is_lively=silence < LIVELY_SECONDS))
        self._beats, self.peers = beats, tuple(peers)

    def _claim(self, shop: str, url: str, schema: str) -> Claim:
        held = frozenset(self._held)
        return Claim(shop, url, schema, self._control, self.id, held=held, alive=self._list_alive())

    def _list_alive(self) -> frozenset[int]:
        now = tell_seconds()
        return frozenset(number for number, (_, seen_at) in self._beats.items() if now - seen_at < DEAD_SECONDS)

    def _forget(self, tenure: PostgresTenure) -> None:
        if self._held.get(tenure.shop) is tenure:
            del self._held[tenure.shop]
            self._soon.set()

    async def _rest(self, began: float) -> None:
        """Until the next renewal is due, somebody may be declared dead, or something has happened."""
        await asyncio.sleep(SOONEST_SECONDS)
        now = tell_seconds()
        deaths = [seen_at + DEAD_SECONDS for number, (_, seen_at) in self._beats.items() if number != self.id]
        until = min([began + HEARTBEAT_SECONDS, *(each for each in deaths if each > now)])
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - now)):
                await self._soon.wait()
        self._soon.clear()


@asynccontextmanager
async def open_keeper(server: PostgresServer, url: str, control: str) -> AsyncIterator[PostgresKeeper]:
    """Let this process live among those that have their rows in the schema `control`."""
    await server.ask(url, partial(make_schema, schema=control))
    keeper = PostgresKeeper(server, url, control)
    await keeper.enter()
    ends = [
        server.line.listen("", lambda kind, _: keeper.note_leases() if kind == LEASES else None),
        server.line.watch(lambda up: keeper.note_line(up=up)),
    ]
    watching = asyncio.create_task(keeper.watch(), name="watching leases")
    try:
        yield keeper
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        for end in ends:
            end()
        await keeper.leave()
