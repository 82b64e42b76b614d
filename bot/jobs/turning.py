"""Campaigns that begin or end at a time, or end with their budget."""

from __future__ import annotations

from bot.services.campaigns.running import list_due, turn_campaigns
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store


async def turn_due(store: Store) -> None:
    """Look, and write only where something is due."""
    due = await store.read(list_due)
    if due:
        await store.write(turn_campaigns, due)


TURNING = Job(name="turning", every_seconds=30.0, run=turn_due)
"""What is promised goes by the moment itself; this is how late the stories in everybody's hands may follow."""

CAPABILITY = Capability(name="turning", jobs=[TURNING])
