"""The differences between SQLite and PostgreSQL, and nothing else."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from storage.errors import StoreUnavailable
from storage.frozen import frozen
from storage.leases import Tenure
from storage.pools import Pools
from storage.store import Engine
from storage.tx import Announce, Clock


@frozen
class Opening:
    """How a database is to be opened; see `storage.open_store`."""

    clock: Clock
    migrate: bool
    tenure: Tenure | None
    pools: Pools
    guest: bool


def open_engine(url: str, announce: Announce, opening: Opening) -> AbstractAsyncContextManager[Engine]:
    """Choose the engine by the URL's scheme; what the other one needs is not imported."""
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        from storage.engines.sqlite import open_sqlite  # noqa: PLC0415  # only what is used is imported

        if opening.guest:
            raise StoreUnavailable("A SQLite file belongs to one process. Several share a shop on PostgreSQL.")
        return open_sqlite(url, opening.clock, announce, migrate=opening.migrate)
    if scheme in ("postgresql", "postgres"):
        from storage.engines.postgres import open_postgres  # noqa: PLC0415  # psycopg takes long to import

        return open_postgres(url, announce, opening)
    raise StoreUnavailable(f"Unknown kind of database {scheme!r}: sqlite:///file.db and postgresql://… are known.")
