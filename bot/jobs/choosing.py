"""All who chose hear what comes of it."""

from __future__ import annotations

from bot.services.choosing import choosing
from storage.store import Store

PAGE = 200
"""Members who are told in one transaction what came of what they chose."""


async def tell_voters(store: Store) -> None:
    """All who chose hear what comes of it, a page at a time."""
    while await store.read(choosing.has_untold):
        await store.write(choosing.tell_some, PAGE)
