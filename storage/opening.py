"""Opening a store: the engine of its address, and what is told of its units."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.engines import Opening, open_engine
from storage.leases import Tenure
from storage.pools import Pools
from storage.store import Listeners, NoteSpent, Store
from storage.tx import Clock, utc_now


@asynccontextmanager
async def open_store(
    url: str,
    *,
    clock: Clock = utc_now,
    migrate: bool = True,
    tenure: Tenure | None = None,
    pools: Pools | None = None,
    guest: bool = False,
    note_spent: NoteSpent | None = None,
) -> AsyncIterator[Store]:
    """Open a database (`sqlite:///file.db`, `postgresql://…`) for this process alone, and bring it up to date.

    Leaving finishes the units under way, then frees the lock that this call took.

    Args:
        url: Where it lies.
        clock: UTC microseconds.
        migrate: Whether an older one may be brought up to date.
        tenure: The lease under which it is opened; without one the store takes a lock of its own, for as long as it is open.
        pools: The connections of this process, shared by its stores; without them the store has its own.
        guest: Whether it is opened beside the process that runs the shop, without a lease: on PostgreSQL alone, and never
            brought up to date. What a guest's units tell reaches the listeners of that process as well.
        note_spent: Told what each unit took; None: nobody counts.

    Raises:
        StoreBusy: another process has it open.
        LeaseLost: the tenure is over.
        StoreTooNew: it was written by a newer program.
        StoreOutdated: it is older than this program and `migrate` is False.
        StoreUnavailable: it cannot be opened or reached.
    """
    listeners = Listeners()
    opening = Opening(clock=clock, migrate=migrate and not guest, tenure=tenure, pools=pools or Pools(), guest=guest)
    async with open_engine(url, listeners.announce, opening) as engine:
        store = Store(engine, listeners, note_spent)
        try:
            yield store
        finally:
            store.close()
