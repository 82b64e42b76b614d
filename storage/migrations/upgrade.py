"""Running the migrations with Alembic."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.errors import MigrationHindered, StoreUnavailable

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's `op` and `context` are the process's: of two databases migrated in two threads one would get the other's steps."""


HINDERED = {"55P03", "40P01"}
"""A lock that was not to be had in time, a deadlock."""


def upgrade(connection: Connection, *, upto: str = "head", config: Config | None = None) -> None:
    """Run the migrations that are missing up to a revision, in the transaction that is open on the connection.

    Raises:
        MigrationHindered: others work in a table; the caller must roll back, and may try again.
        StoreUnavailable: one failed; the caller must roll back.
    """
    config = config or compose_config()
    config.attributes["connection"] = connection
    try:
        with _ONE_AT_A_TIME:
            command.upgrade(config, upto)
        _set_readable_since(connection, find_readable_since(config, upto))
    except DBAPIError as error:
        hindered = getattr(error.orig, "sqlstate", None) in HINDERED
        kind = MigrationHindered if hindered else StoreUnavailable
        raise kind(f"A migration failed, nothing was changed: {error.orig}") from error


def find_readable_since(config: Config, revision: str) -> str:
    """Return the oldest revision whose programs can work in a database at this one."""
    steps = ScriptDirectory.from_config(config).iterate_revisions(revision, "base")
    return next(each.revision for each in steps if not _is_additive(each))


def is_additive_since(revision: str) -> bool:
    """Whether all that came after a revision only adds, so that programs of that one go on working."""
    steps = ScriptDirectory.from_config(compose_config()).iterate_revisions("head", revision)
    return all(map(_is_additive, steps))


def _is_additive(step: Script) -> bool:
    return bool(getattr(step.module, "additive", False))


def _set_readable_since(connection: Connection, revision: str) -> None:
    known = {each["name"] for each in inspect(connection).get_columns("alembic_version")}
    for column in ("readable_since", "readable_revision"):
        if column not in known:
            connection.execute(text(f"ALTER TABLE alembic_version ADD COLUMN {column} TEXT"))
    noted = "UPDATE alembic_version SET readable_since = :revision, readable_revision = version_num"
    connection.execute(text(noted), {"revision": revision})


def compose_config() -> Config:
    """Return Alembic's configuration: the scripts lie beside this file, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
