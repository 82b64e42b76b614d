"""The line: the one connection of a process on which a database tells it what other processes do."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus

from storage.engines.postgres_connection import (
    CLIENT_NAME,
    GRANT_SECONDS,
    LINE_NAME,
    describe,
    explain,
    parse_address,
)
from storage.errors import StoreUnavailable
from storage.tx import Row

logger = logging.getLogger(__name__)

CHANNEL = "passalong"
_SHOP_CHANNEL = "passalong_shop_changed"
"""A trigger tells there which schema's shop has changed, whoever changed it."""


PAUSE_SECONDS = 0.5
"""Between two tries to have a line that broke again."""

Hear = Callable[[str, Any], None]
"""Called on the event loop with the kind of what was said and its body."""

LEASES = "leases"
SHOP = "shop"
EVENTS = "events"
WRITTEN = "written"
"""What may be said: that leases changed hands, that a shop changed, that a unit of work told something, or told nothing and wrote."""


class Line:
    """Listens, and runs a statement now and then; where it breaks it comes again, and says both."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection[Row] | None = None
        self._turn = asyncio.Lock()
        self._listeners: list[tuple[str, Hear]] = []
        self._watchers: list[Callable[[bool], None]] = []
        self._coming: asyncio.Task[None] | None = None
        self.origin = secrets.token_hex(6)
        """Whoever says something names itself by it, so as not to hear it."""

    @property
    def is_broken(self) -> bool:
        """Whether it is being tried again."""
        return self._coming is not None

    async def open(self) -> None:
        """Have it.

        Raises:
            psycopg.Error: the server cannot be reached or refuses.
        """
        self._take_up(await _connect(self._url))

    async def close(self) -> None:
        """Give it up."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        async with self._turn:
            if (connection := self._leave()) is not None:
                await connection.close()

    def listen(self, schema: str, hear: Hear) -> Callable[[], None]:
        """Have what is said of a schema heard, or with an empty name what is said of leases; returns what ends it."""
        entry = (schema, hear)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry)

    def watch(self, watcher: Callable[[bool], None]) -> Callable[[], None]:
        """Have a function called with False when the line breaks and with True when it is back; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def ask(self, statement: str, values: Sequence[object] = ()) -> list[Row]:
        """Run one short statement in a transaction of its own, ahead of whatever waits for the pool.

        Raises:
            StoreUnavailable: the line is broken.
        """
        async with self._turn:
            connection = self._leave()
            if connection is None:
                raise StoreUnavailable(f"The database {describe(self._url)} is away; it is waited for.")
            try:
                cursor = await connection.execute(cast("Any", statement), values)
                return await cursor.fetchall() if cursor.description else []
            except psycopg.Error as error:
                raise explain(error, self._url) from None
            finally:
                self._connection = connection
                self._attend()

    def _take_up(self, connection: psycopg.AsyncConnection[Row]) -> None:
        # The driver itself hears what comes along with an answer.
        connection.add_notify_handler(lambda said: self.take(said.channel, said.payload))
        self._connection = connection
        self._attend()

    def _leave(self) -> psycopg.AsyncConnection[Row] | None:
        """Stop listening; the driver watches the same socket while it waits for an answer."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.closed:
            asyncio.get_running_loop().remove_reader(connection.fileno())
        return connection

    def _attend(self) -> None:
        connection = self._connection
        if connection is None or connection.closed or connection.pgconn.status != ConnStatus.OK:
            self._face_break()
            return
        asyncio.get_running_loop().add_reader(connection.fileno(), self._look)
        self._hear()  # what came along with an answer

    def _look(self) -> None:
        """Called when the server says something: a goodbye, or what somebody has told."""
        assert self._connection is not None
        try:
            self._connection.pgconn.consume_input()
        except psycopg.OperationalError:
            self._face_break()
            return
        if self._connection.pgconn.status != ConnStatus.OK:
            self._face_break()
            return
        self._hear()

    def _hear(self) -> None:
        assert self._connection is not None
        while (said := self._connection.pgconn.notifies()) is not None:
            self.take(said.relname.decode(), said.extra.decode())

    def take(self, channel: str, payload: str) -> None:
        """Pass on what was said; what cannot be read was said by another version, and is passed over."""
        if channel == _SHOP_CHANNEL:
            self._pass_on(payload, SHOP, None)
            return
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            said = json.loads(payload)
            if said["from"] != self.origin:
                self._pass_on(str(said["schema"]), str(said["kind"]), said.get("body"))

    def _pass_on(self, schema: str, kind: str, body: object) -> None:
        for whose, hear in tuple(self._listeners):
            if whose == schema:
                hear(kind, body)

    def _face_break(self) -> None:
        connection = self._leave()
        if connection is not None:
            connection.pgconn.finish()
        if self._coming is None:
            logger.warning("The line to the database broke; it is tried again")
            self._say(up=False)
            self._coming = asyncio.create_task(self._come_back(), name="the line to the database")

    async def _come_back(self) -> None:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                connection = await _connect(self._url)
            except (psycopg.Error, OSError):
                continue
            async with self._turn:
                self._coming = None
                self._take_up(connection)
            if self._connection is not None:
                logger.warning("The line to the database is back")
                self._say(up=True)
            return

    def _say(self, *, up: bool) -> None:
        for watcher in tuple(self._watchers):
            watcher(up)


def compose_telling(schema: str, kind: str, origin: str, body: object = None) -> str:
    """What one process says to the others: to be sent with pg_notify, which takes less than 8,000 bytes."""
    return json.dumps({"schema": schema, "kind": kind, "from": origin, "body": body}, separators=(",", ":"))


def _name(options: dict[str, Any]) -> dict[str, Any]:
    """Say on the server which connection it is, unless the URL says something else."""
    return options | {"application_name": LINE_NAME} if options["application_name"] == CLIENT_NAME else options


async def _connect(url: str) -> psycopg.AsyncConnection[Row]:
    """A connection that listens and says of itself that it is quiet.

    Raises:
        psycopg.Error: the server cannot be reached, refuses, or does not answer in time.
    """
    connection: psycopg.AsyncConnection[Row] = await psycopg.AsyncConnection.connect(
        make_conninfo("", **_name(parse_address(url))), autocommit=True
    )
    try:
        async with asyncio.timeout(GRANT_SECONDS):
            # A heartbeat need not survive a crash of the server: nobody is declared dead for what was lost in one.
            await connection.execute(b"SET idle_session_timeout = 0")
            await connection.execute(b"SET synchronous_commit = off")
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            await connection.execute(f"LISTEN {_SHOP_CHANNEL}".encode())
    except BaseException as error:
        connection.pgconn.finish()
        if isinstance(error, TimeoutError):
            words = f"too many connections: none was granted in {GRANT_SECONDS:g} s"
            raise psycopg.errors.TooManyConnections(words) from None
        raise
    return connection
