"""The store of Passalong: one database, one process, units of work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.engines import open_engine
from storage.errors import (
    CodeTaken,
    KeyReused,
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
from storage.store import Listeners, Store
from storage.tx import Clock, Tx, utc_now

__all__ = [
    "Clock",
    "CodeTaken",
    "KeyReused",
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
    "Tx",
    "open_store",
    "utc_now",
]


@asynccontextmanager
async def open_store(url: str, *, clock: Clock = utc_now, migrate: bool = True) -> AsyncIterator[Store]:
    """Open a database (`sqlite:///file.db`, `postgresql://…`) for this process alone, and bring it up to date.

    Leaving finishes the units under way, then frees the instance lock.

    Raises:
        StoreBusy: another process has it open.
        StoreTooNew: it was written by a newer program.
        StoreOutdated: it is older than this program and `migrate` is False.
        StoreUnavailable: it cannot be opened or reached.
    """
    listeners = Listeners()
    async with open_engine(url, clock, listeners.announce, migrate=migrate) as engine:
        store = Store(engine, listeners)
        try:
            yield store
        finally:
            store.close()
