"""Bringing a PostgreSQL database up to date, under the instance lock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing

from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import Connection, describe
from storage.engines.postgres_fence import refuse_stale
from storage.errors import StoreUnavailable
from storage.migrations import HEAD, needs_upgrade

logger = logging.getLogger(__name__)

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
        refuse_stale(connection, schema, epoch)
        run_migrations(connection)
    logger.info("The database %s was brought from version %s to %s.", describe(url), version or "none", HEAD)


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


def read_version(connection: Connection) -> str | None:
    """Return the revision the database is at; None for an empty one."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def run_migrations(connection: Connection, *, upto: str = "head", then: Callable[[], None] | None = None) -> None:
    """Bring a database to a revision; what is to be done `then` shares the transaction."""
    from sqlalchemy import create_engine  # noqa: PLC0415  # only a migration needs an SQLAlchemy connection
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415  # likewise

    from storage.migrations.upgrade import upgrade  # noqa: PLC0415  # imports Alembic, which takes long

    engine = create_engine("postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool)
    with engine.connect() as wrapped:
        upgrade(wrapped, upto=upto)
        if then is not None:
            then()
        wrapped.commit()
