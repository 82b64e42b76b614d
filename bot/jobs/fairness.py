"""Whoever came is looked at again, and what nobody decided in time is decided."""

from __future__ import annotations

from bot.services.fairness import deciding, watching
from storage.store import Store

PAGE = 50


async def watch(store: Store) -> None:
    """Look at whoever came, a page at a time, and a second time a day later; decide what nobody decided in time."""
    for look in (watching.look_over, watching.look_again):
        while await store.read(watching.has_more, again=look is watching.look_again):
            await store.write(look)
    if await store.read(watching.is_stale):
        await store.write(watching.measure)
    while due := await store.read(deciding.list_due, limit=PAGE):
        await store.write(deciding.end, due)
