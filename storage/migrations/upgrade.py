"""Running the migrations with Alembic."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.errors import StoreUnavailable

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's `op` and `context` are the process's: of two databases migrated in two threads one would get the other's steps."""


def upgrade(connection: Connection, *, upto: str = "head") -> None:
    """Run the migrations that are missing up to a revision, in the transaction that is open on the connection.

    Raises:
        StoreUnavailable: one failed; the caller must roll back.
    """
    config = compose_config()
    config.attributes["connection"] = connection
    try:
        with _ONE_AT_A_TIME:
            command.upgrade(config, upto)
    except DBAPIError as error:
        raise StoreUnavailable(f"A migration failed, nothing was changed: {error.orig}") from error


def compose_config() -> Config:
    """Return Alembic's configuration: the scripts lie beside this file, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
