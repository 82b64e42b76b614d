"""Looks again and again at who has the lease of each shop."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier

from tests.chaos.cluster_verdict import Glance

EACH_SECONDS = 0.1
_HOLDER = "SELECT {name}, holder FROM {shop}.passalong_lease"


class LeaseWatch:
    """Reads past the bot and its store.

    Args:
        url: Of the database.
        shops: Their names, which are their schemas.
    """

    def __init__(self, url: str, shops: Sequence[str]) -> None:
        self._url = url
        self._shops = shops
        self._pids: dict[int, int] = {}
        self.glances: defaultdict[str, list[Glance]] = defaultdict(list)
        """By shop."""

    async def look_on(self) -> None:
        """Look for ever; while the server is away, or before anybody has made a lease, there is nothing to see."""
        while True:
            try:
                async with await AsyncConnection.connect(self._url, autocommit=True) as connection:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(EACH_SECONDS)
            except psycopg.Error:
                await asyncio.sleep(EACH_SECONDS)

    async def _look(self, connection: AsyncConnection) -> None:
        """At those shops that have a lease: each is made by whoever takes it first."""
        there = [name for name in await self._list_schemas(connection, "passalong_lease") if name in self._shops]
        if not there:
            return
        for control in await self._list_schemas(connection, "passalong_process"):
            processes = SQL("SELECT id, name FROM {}.passalong_process").format(Identifier(control))
            for number, name in await (await connection.execute(processes)).fetchall():
                self._pids[number] = int(str(name).rpartition(":")[2])
        holders = SQL(" UNION ALL ").join(SQL(_HOLDER).format(name=name, shop=Identifier(name)) for name in there)
        found = await (await connection.execute(holders)).fetchall()
        now = time.time_ns() // 1000
        for name, holder in found:
            self.glances[name].append(Glance(now, self._pids.get(holder, 0)))

    async def _list_schemas(self, connection: AsyncConnection, table: str) -> list[str]:
        """Return the schemas where there is such a table."""
        found = await connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = %s", (table,))
        return [name for (name,) in await found.fetchall()]
