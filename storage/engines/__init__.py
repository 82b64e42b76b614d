"""The differences between SQLite and PostgreSQL, and nothing else."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from storage.errors import StoreUnavailable
from storage.store import Engine
from storage.tx import Announce, Clock


def open_engine(url: str, clock: Clock, announce: Announce, *, migrate: bool) -> AbstractAsyncContextManager[Engine]:
    """Choose the engine by the URL's scheme; what the other one needs is not imported."""
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        from storage.engines.sqlite import open_sqlite  # noqa: PLC0415  # only what is used is imported

        return open_sqlite(url, clock, announce, migrate=migrate)
    if scheme in ("postgresql", "postgres"):
        from storage.engines.postgres import open_postgres  # noqa: PLC0415  # psycopg takes long to import

        return open_postgres(url, clock, announce, migrate=migrate)
    raise StoreUnavailable(f"Unknown kind of database {scheme!r}: sqlite:///file.db and postgresql://… are known.")
