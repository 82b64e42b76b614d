"""Codes that have expired are noted, and who waits for one gets it."""

from __future__ import annotations

from bot.services.coupons import giving
from bot.services.coupons.importing import FILL
from storage.store import Store

PAGE = 200
"""Coupons that expire in one transaction, at most."""


async def tend(store: Store) -> None:
    """Note what has expired, and give to who waits: what an import brought while it could not be given."""
    while due := await store.read(giving.list_due, limit=PAGE):
        await store.write(giving.expire, due)
    for pool in await store.read(giving.list_fillable):
        while await store.write(giving.fill_waiting, pool, FILL):
            pass
