"""The store of Passalong: one database, one process, units of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.engines import open_engine
from storage.errors import (
    CodeTaken,
    KeyReused,
    LeaseLost,
    RowMissing,
    RuleBroken,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreLost,
    StoreOutdated,
    StoreTooNew,
    StoreUnavailable,
)
from storage.leases import Tenure
from storage.pools import Pools
from storage.store import Listeners, Store
from storage.tx import Clock, Tx, utc_now

__all__ = [
    "Clock",
    "CodeTaken",
    "KeyReused",
    "LeaseLost",
    "Pools",
    "RowMissing",
    "RuleBroken",
    "Store",
    "StoreBusy",
    "StoreClosed",
    "StoreDamaged",
    "StoreError",
    "StoreLost",
    "StoreOutdated",
    "StoreTooNew",
    "StoreUnavailable",
    "Tenure",
    "Tx",
    "open_store",
    "utc_now",
]


@asynccontextmanager
async def open_store(
    url: str,
    *,
    clock: Clock = utc_now,
    migrate: bool = True,
    tenure: Tenure | None = None,
    pools: Pools | None = None,
) -> AsyncIterator[Store]:
    """Open a database (`sqlite:///file.db`, `postgresql://…`) for this process alone, and bring it up to date.

    Leaving finishes the units under way, then frees the lock that this call took.

    Args:
        url: Where it lies.
        clock: UTC microseconds.
        migrate: Whether an older one may be brought up to date.
        tenure: The lease under which it is opened; without one the store takes a lock of its own, for as long as it is open.
        pools: The connections of this process, shared by its stores; without them the store has its own.

    Raises:
        StoreBusy: another process has it open.
        LeaseLost: the tenure is over.
        StoreTooNew: it was written by a newer program.
        StoreOutdated: it is older than this program and `migrate` is False.
        StoreUnavailable: it cannot be opened or reached.
    """
    del tenure, pools  # not yet
    listeners = Listeners()
    async with open_engine(url, clock, listeners.announce, migrate=migrate) as engine:
        store = Store(engine, listeners)
        try:
            yield store
        finally:
            store.close()
