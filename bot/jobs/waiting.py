"""Whoever stands in line is let in and welcomed."""

from __future__ import annotations

from bot.services.waiting import waiting
from storage.store import Store

PAGE = 50
"""Members who are told in one go that it is their turn."""


async def welcome_owed(store: Store) -> None:
    """Give and tell those who were let in what that gives, some at a time."""
    owed = await store.read(waiting.list_owed, limit=PAGE)
    if owed:
        await store.write(waiting.welcome, owed)


async def open_doors(store: Store) -> None:
    """Let in whom a day lets in."""
    if await store.read(waiting.opens_today):
        await store.write(waiting.open_doors)
