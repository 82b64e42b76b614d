"""The store of Passalong: one database, one process, units of work.

Rules and values of the store are used by commands that open none: what speaks SQL is imported once it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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
    StoreLeaving,
    StoreLost,
    StoreMoved,
    StoreOutdated,
    StoreTooNew,
    StoreUnavailable,
)

if TYPE_CHECKING:
    from storage.leases import Tenure
    from storage.opening import open_store
    from storage.pools import Pools
    from storage.store import Store
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
    "StoreLeaving",
    "StoreLost",
    "StoreMoved",
    "StoreOutdated",
    "StoreTooNew",
    "StoreUnavailable",
    "Tenure",
    "Tx",
    "open_store",
    "utc_now",
]

_HOMES = {
    "Clock": "storage.tx",
    "Pools": "storage.pools",
    "Store": "storage.store",
    "Tenure": "storage.leases",
    "Tx": "storage.tx",
    "open_store": "storage.opening",
    "utc_now": "storage.tx",
}


def __getattr__(name: str) -> object:
    """What of the store is not imported yet."""
    if name not in _HOMES:
        raise AttributeError(f"storage has no {name}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found
