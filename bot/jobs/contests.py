"""Contests begin and end when their time has come."""

from __future__ import annotations

from bot.services.contests import contests
from storage.store import Store


async def turn(store: Store) -> None:
    """Look, and write only where something is due."""
    if await store.read(contests.is_due):
        await store.write(contests.turn_contests)
