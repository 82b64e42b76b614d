"""One unit of work beside a running bot: a command's, on a connection of its own and without the instance lock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Concatenate, ParamSpec, TypeVar

from storage import open_store
from storage.errors import StoreBusy, StoreOutdated, StoreUnavailable
from storage.migrations import HEAD
from storage.tx import Session, Tx, utc_now

P = ParamSpec("P")
T = TypeVar("T")

WAIT_MILLISECONDS = 10_000
"""How long a command waits for the bot's own writing."""


def run_once(url: str, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a unit in one transaction: alone, with the database brought up to date, or beside the bot that has it open.

    Raises:
        StoreError: the database cannot be opened, or not be written.
    """

    async def run_alone() -> T:
        async with open_store(url) as store:
            return await store.write(unit, *args, **kwargs)

    try:
        return asyncio.run(run_alone())
    except StoreBusy:
        return run_beside(url, unit, *args, **kwargs)


def run_beside(url: str, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a unit in one transaction, and return what it returns once it is committed.

    The running bot hears of it by looking, not by being told.

    Raises:
        StoreOutdated: the bot that runs is of another version than this program.
        StoreUnavailable: the database cannot be reached, or is not to be had for too long.
    """
    open_session = _open_sqlite if url.startswith("sqlite:") else _open_postgres
    with open_session(url) as session:
        tx = Tx(session, utc_now(), writable=True)
        result = unit(tx, *args, **kwargs)
        tx.end()
    return result


@contextmanager
def _open_sqlite(url: str) -> Iterator[Session]:
    from storage.engines.sqlite import parse_path  # noqa: PLC0415 -- only what is used is imported
    from storage.engines.sqlite_lane import SqliteSession, explain  # noqa: PLC0415 -- likewise
    from storage.engines.sqlite_upgrade import read_version  # noqa: PLC0415 -- likewise

    with closing(sqlite3.connect(parse_path(url), isolation_level=None)) as raw:
        try:
            raw.execute(f"PRAGMA busy_timeout={WAIT_MILLISECONDS}")
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("BEGIN IMMEDIATE")
            _check(read_version(raw))
            yield SqliteSession(raw)
            raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise explain(error) from error


@contextmanager
def _open_postgres(url: str) -> Iterator[Session]:
    import psycopg  # noqa: PLC0415 -- likewise

    from storage.engines.postgres_connection import connect, explain  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_session import PostgresSession  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_upgrade import read_version  # noqa: PLC0415 -- likewise

    try:
        with closing(connect(url)) as connection:
            _check(read_version(connection))
            connection.execute(b"BEGIN")
            yield PostgresSession(connection)
            connection.execute(b"COMMIT")
    except psycopg.Error as error:
        raise explain(error, url) from None


def _check(version: str | None) -> None:
    if version is None:
        raise StoreUnavailable("The database has no tables yet: start the bot first, or run: passalong migrate")
    if version != HEAD:
        raise StoreOutdated("The running bot is of another version than this program. Stop it, then try again.")
