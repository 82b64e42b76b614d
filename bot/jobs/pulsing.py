"""Asking members how it was, and offering their cards to those for whom it is morning, few at a time."""

from __future__ import annotations

from bot.services.pulse.asking import ask_due, is_anybody_due
from bot.services.reminding.offers import is_morning_for_anybody, offer_due
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

LIMIT = 60
"""Members in one go, as with nudges."""


async def ask_some(store: Store, *, limit: int = LIMIT) -> None:
    """Ask some members whose time has come."""
    if await store.read(is_anybody_due):
        await store.write(ask_due, limit=limit)
    if await store.read(is_morning_for_anybody):
        await store.write(offer_due, limit=limit)


PULSING = Job(name="pulsing", every_seconds=60.0, run=ask_some)

CAPABILITY = Capability(name="pulsing", jobs=[PULSING])
