"""Running the migrations with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run all migrations that are missing, in the transaction that is open on the connection."""
    config = compose_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def compose_config() -> Config:
    """Return Alembic's configuration: the scripts lie beside this file, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
