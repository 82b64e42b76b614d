"""One unit of work beside a running bot: a command's, on a connection of its own and without the instance lock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from storage import open_store
from storage.errors import StoreBusy, StoreOutdated, StoreUnavailable
from storage.migrations import Version, is_readable, refuse_moved
from storage.records import Event
from storage.steps import Steps, take_steps
from storage.tx import Session, Tx, utc_now

P = ParamSpec("P")
T = TypeVar("T")

_Run = Callable[[bool], AbstractContextManager[None]]
"""Holds a transaction open, for writing or not."""

_Tell = Callable[[Sequence[Event]], None]
"""Says in the open transaction what a unit that writes told."""


def _tell_nobody(_events: Sequence[Event]) -> None:
    """The bot looks by itself."""


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

    The running bot hears of it by looking; on PostgreSQL it is told as well.

    Raises:
        StoreOutdated: the bot that runs is of another version than this program.
        StoreUnavailable: the database cannot be reached, or is not to be had for too long.
    """
    with open_beside(url) as beside:
        return beside.do(lambda tx: unit(tx, *args, **kwargs), writable=True)


class Beside:
    """Units of work one after the other on one connection beside the bot: like a `Store`, without its lock."""

    def __init__(self, session: Session, run: _Run, tell: _Tell = _tell_nobody) -> None:
        self._session = session
        self._run = run
        self._tell = tell

    async def write(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that may change rows."""
        return self.do(lambda tx: unit(tx, *args, **kwargs), writable=True)

    async def read(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit on one picture of the database; nobody who writes waits for it."""
        return self.do(lambda tx: unit(tx, *args, **kwargs), writable=False)

    def do(self, unit: Callable[[Tx], T], *, writable: bool) -> T:
        """Run a unit, and return what it returns once it is committed."""
        with self._run(writable):
            tx = Tx(self._session, utc_now(), writable=writable)
            result = unit(tx)
            told = tx.end()
            if writable:
                self._tell(told)
        return result


def open_beside(url: str) -> AbstractContextManager[Beside]:
    """Open the database of a bot that runs.

    Raises:
        StoreOutdated: the bot that runs is of another version than this program.
        StoreUnavailable: the database cannot be reached, or is not to be had for too long.
    """
    return _open_sqlite(url) if url.startswith("sqlite:") else _open_postgres(url)


def run_steps(url: str, steps: Steps) -> None:
    """Run units one after the other, each in a transaction of its own, likewise alone or beside the bot.

    Raises:
        StoreError: as `run_once`; what was committed before stays.
    """

    async def run_alone() -> None:
        async with open_store(url) as store:
            await take_steps(steps, store.write)

    try:
        asyncio.run(run_alone())
    except StoreBusy:
        with open_beside(url) as beside:
            asyncio.run(take_steps(steps, beside.write))


@contextmanager
def _open_sqlite(url: str) -> Iterator[Beside]:
    from storage.engines.sqlite import parse_path  # noqa: PLC0415 -- only what is used is imported
    from storage.engines.sqlite_faults import explain  # noqa: PLC0415 -- likewise
    from storage.engines.sqlite_lane import SqliteSession  # noqa: PLC0415 -- likewise
    from storage.engines.sqlite_upgrade import read_version  # noqa: PLC0415 -- likewise

    with closing(sqlite3.connect(parse_path(url), isolation_level=None)) as raw:

        @contextmanager
        def run(writable: bool) -> Iterator[None]:  # noqa: FBT001 -- called here alone
            try:
                raw.execute(f"PRAGMA query_only={'OFF' if writable else 'ON'}")
                raw.execute("BEGIN IMMEDIATE" if writable else "BEGIN")
                _check(read_version(raw))
                yield
                raw.execute("COMMIT")
            except sqlite3.Error as error:
                raise explain(error) from error
            finally:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")

        for pragma in (f"busy_timeout={WAIT_MILLISECONDS}", "foreign_keys=ON", "synchronous=FULL"):
            raw.execute(f"PRAGMA {pragma}")
        yield Beside(SqliteSession(raw), run)


@contextmanager
def _open_postgres(url: str) -> Iterator[Beside]:
    import psycopg  # noqa: PLC0415 -- likewise

    from storage.engines.postgres_connection import connect, explain, find_schema  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_events import tell_events  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_leases import find_current_schema  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_pool import READING, WRITING  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_session import PostgresSession  # noqa: PLC0415 -- likewise
    from storage.engines.postgres_upgrade import read_version  # noqa: PLC0415 -- likewise

    try:
        with closing(connect(url)) as connection:

            @contextmanager
            def run(writable: bool) -> Iterator[None]:  # noqa: FBT001 -- called here alone
                try:
                    connection.execute(WRITING if writable else READING)
                    _check(read_version(connection))
                    yield
                    connection.execute(b"COMMIT")
                except psycopg.Error as error:
                    raise explain(error, url) from None
                finally:
                    with suppress(psycopg.Error):  # one that is gone has nothing to take back
                        connection.rollback()

            schema = find_schema(url) or find_current_schema(connection)
            tell = partial(tell_events, connection, schema=schema, origin="beside")
            yield Beside(PostgresSession(connection), run, tell)
    except psycopg.Error as error:
        raise explain(error, url) from None


def _check(version: Version | None) -> None:
    if version is None:
        raise StoreUnavailable("The database has no tables yet: start the bot first, or run: passalong migrate")
    refuse_moved(version, name="of these settings")
    if not is_readable(version):
        raise StoreOutdated("The running bot is of another version than this program. Stop it, then try again.")
