"""The databases that a run is put on: a SQLite file, or a PostgreSQL server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tests.storage.server import start_server

EngineName = Literal["sqlite", "postgres"]
ENGINES: tuple[EngineName, ...] = ("sqlite", "postgres")


@contextmanager
def lend_database(engine: EngineName, folder: Path) -> Iterator[str]:
    """Lend the URL of a database without any tables.

    Raises:
        ServerMissingError: no PostgreSQL server can be had on this machine.
    """
    if engine == "sqlite":
        yield f"sqlite:///{folder}/chaos.db"
        return
    server = start_server()
    try:
        with server.lend_empty() as url:
            yield url
    finally:
        server.stop()
