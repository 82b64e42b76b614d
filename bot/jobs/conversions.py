"""Orders that had no buyer yet are looked at again."""

from __future__ import annotations

from bot.services.conversions.settling import list_due, settle_due
from storage.store import Store

MOST = 500
"""At one time."""

PAGE = 50
"""Of these in one transaction."""


async def tend(store: Store) -> None:
    """Look again at orders whose time has come, and whose buyer has come or counts by now."""
    due = await store.read(list_due, limit=MOST)
    for place in range(0, len(due), PAGE):
        await store.write(settle_due, due[place : place + PAGE])
