"""Bringing a PostgreSQL database up to date, under the instance lock."""

from __future__ import annotations

import logging
from collections.abc import Callable

from storage.engines.postgres_connection import Connection, connect, describe
from storage.errors import StoreUnavailable
from storage.migrations import HEAD, needs_upgrade

logger = logging.getLogger(__name__)

OLDEST_SERVER = 140_000
"""The oldest version the PostgreSQL project still cares for, as the server spells it."""


def prepare(url: str, *, migrate: bool) -> None:
    """Refuse what this program cannot work with, and migrate what is older than it."""
    with connect(url) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise StoreUnavailable(f"PostgreSQL {OLDEST_SERVER // 10_000} or newer is needed.")
        refuse_other_encodings(connection)
        version = read_version(connection)
        if needs_upgrade(version, name=describe(url), allowed=migrate):
            connection.autocommit = False
            run_migrations(connection)
            logger.info("The database %s was brought from version %s to %s.", describe(url), version or "none", HEAD)


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
