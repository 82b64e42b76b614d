"""Tickets that wait for too long are reminded of."""

from __future__ import annotations

from bot.services.tickets import watching
from storage.store import Store


async def watch(store: Store) -> None:
    """Remind the team, and tell owners; look, and write only where somebody waits too long."""
    if await store.read(watching.is_due):
        await store.write(watching.watch)
