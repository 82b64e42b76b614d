"""Bringing a PostgreSQL database up to date, under the instance lock."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import CLIENT_NAME, LINE_NAME, Connection, describe
from storage.engines.postgres_fence import refuse_stale
from storage.errors import MigrationHindered, StoreOutdated, StoreUnavailable
from storage.migrations import HEAD, Version, needs_upgrade, read_stored

if TYPE_CHECKING:
    import sqlalchemy

logger = logging.getLogger(__name__)

_WRAPPING = threading.Lock()

LOCK_MILLISECONDS = 2_000
"""How long a migration waits for a table: whoever comes after it waits as well."""

PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0

_OLDER = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE %s AND application_name <> %s
"""

OLDEST_SERVER = 140_000
"""The oldest version the PostgreSQL project still cares for, as the server spells it."""


def prepare(connection: Connection, url: str, schema: str, *, migrate: bool, epoch: int | None) -> None:
    """Migrate what is older than this program, and refuse what is newer.

    Args:
        connection: At rest; closed where it migrated or failed, since it is not as it was any more.
        url: For what is said.
        schema: Where the tables are.
        migrate: Whether they may be brought up to date.
        epoch: Of the lease under which that is done; None where a guest looks.

    Raises:
        LeaseLost: the shop is another process's by now.
    """
    with connection.transaction():
        connection.execute(SQL("SET LOCAL search_path TO {}").format(Identifier(schema)))
        version = read_version(connection)
    if not needs_upgrade(version, name=describe(url), allowed=migrate and epoch is not None):
        return
    with closing(connection):
        connection.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
        connection.autocommit = False
        _migrate(connection, version, name=describe(url), check=partial(refuse_stale, connection, schema, epoch))
    former = version.revision if version is not None else "none"
    logger.info("The database %s was brought from version %s to %s.", describe(url), former, HEAD)


def _migrate(connection: Connection, version: Version | None, *, name: str, check: Callable[[], None]) -> None:
    """Migrate beside whoever works in these tables: wait for none so long that others wait behind, but try again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            run_migrations(connection, first=partial(_begin, connection, version, name, check))
        except MigrationHindered:
            connection.rollback()
            if time.monotonic() >= until:
                raise
            time.sleep(random.uniform(0.5, 1) * PAUSE_SECONDS)  # noqa: S311  # not a secret
        else:
            return


def _begin(connection: Connection, version: Version | None, name: str, check: Callable[[], None]) -> None:
    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_MILLISECONDS}ms'".encode())
    check()
    _refuse_older_programs(connection, version, name)


def _refuse_older_programs(connection: Connection, version: Version | None, name: str) -> None:
    """Where a step does more than add, whoever does not know it may not be at work meanwhile.

    Raises:
        StoreOutdated: programs of an older version are.
    """
    from storage.migrations.upgrade import is_additive_since  # noqa: PLC0415  # imports Alembic, which takes long

    if version is None or is_additive_since(version.revision):
        return
    row = connection.execute(_OLDER.encode(), (f"{CLIENT_NAME} line %", LINE_NAME)).fetchone()
    if row is not None and row[0]:
        raise StoreOutdated(
            f"The database {name} has to change in a way that older programs cannot work with, and {row[0]} of them still "
            "run. Stop all of them, then start this one."
        )


def refuse_old_server(connection: Connection) -> None:
    """Refuse a server that the PostgreSQL project does not care for any more.

    Raises:
        StoreUnavailable: it is one.
    """
    if connection.info.server_version < OLDEST_SERVER:
        raise StoreUnavailable(f"PostgreSQL {OLDEST_SERVER // 10_000} or newer is needed.")


def refuse_other_encodings(connection: Connection) -> None:
    """Names are written in all scripts: a database that stores fewer would lose some of them, one by one.

    Raises:
        StoreUnavailable: it is not UTF-8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"The database stores text as {encoding}; names need UTF8. "
            "Make a new one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )


def read_version(connection: Connection) -> Version | None:
    """Return the version the database is at; None for an empty one."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found is None or found[0] is None:
        return None
    # As JSON, because a prepared statement fails once its table has another column.
    row = connection.execute("SELECT to_jsonb(alembic_version) FROM alembic_version").fetchone()
    return read_stored(**row[0]) if row else None


def run_migrations(
    connection: Connection,
    *,
    upto: str = "head",
    first: Callable[[], None] = lambda: None,
    then: Callable[[], None] = lambda: None,
) -> None:
    """Bring a database to a revision; what is to be done `first` and `then` shares the transaction.

    Raises:
        psycopg.Error: the server went away meanwhile.
    """
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # only a migration needs an SQLAlchemy connection

    from storage.migrations.upgrade import upgrade  # noqa: PLC0415  # imports Alembic, which takes long

    try:
        with _wrap(connection) as wrapped:  # which ends whatever transaction it finds
            first()
            upgrade(wrapped, upto=upto)
            then()
            wrapped.commit()
    except DBAPIError as error:  # of a transaction whose connection is lost; whoever called knows the driver's own
        raise error.orig or error from error


def _wrap(connection: Connection) -> sqlalchemy.Connection:
    """The connection as SQLAlchemy's, by an engine that all migrations share.

    SQLAlchemy keeps the last 128 engines' dialects for ever, with all the names that each has written: a megabyte for each shop.
    """
    with _WRAPPING:
        engine, lent = _open_engine(connection.info.server_version)
        lent.append(connection)
        engine.dispose(close=False)  # whose connection it had before closes it
        try:
            return engine.connect()
        finally:
            lent.clear()


@cache
def _open_engine(_server_version: int) -> tuple[sqlalchemy.Engine, list[Connection]]:
    """An engine for servers of a version, which it learns from the first, and the place where it finds what it connects to."""
    from sqlalchemy import create_engine  # noqa: PLC0415  # only a migration needs an SQLAlchemy connection
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415  # likewise

    lent: list[Connection] = []
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: lent[-1],
        poolclass=StaticPool,
        query_cache_size=0,  # each statement of a migration is asked once
    )
    return engine, lent
