"""What was not fetched in time goes back."""

from __future__ import annotations

from bot.services.redeeming import redeeming
from storage.store import Store

PAGE = 50


async def expire_due(store: Store) -> None:
    """Look, and write only where something is due."""
    due = await store.read(redeeming.list_due, limit=PAGE)
    if due:
        await store.write(redeeming.expire, due)
