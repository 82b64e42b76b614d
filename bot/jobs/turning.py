"""Campaigns that begin or end at a time, or end with their budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.checking import Fault, Finding
from bot.services.campaigns.running import find_next_turn, hold_back, list_due, list_starting, turn_campaigns
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from storage.store import Store

Check = Callable[[Campaign], Awaitable[Sequence[Finding]]]
"""Looks a campaign over, its cards included."""


async def turn_due(store: Store, check: Check) -> None:
    """Look, and write only where something is due; what is not as it should be by now is held back, and told."""
    if not await store.read(list_due):
        return
    for campaign_id, campaign in (await store.read(list_starting)).items():
        findings = [each for each in await check(campaign) if each.fault is not Fault.POINTS]
        if findings:
            await store.write(hold_back, campaign_id, findings)
    if due := await store.read(list_due):  # what was held back is so no more
        await store.write(turn_campaigns, due)


def make_turning_job(snapshots: Snapshots) -> Job:
    """What is promised goes by the moment itself; thirty seconds is how late the stories in everybody's hands may follow."""

    async def check(campaign: Campaign) -> Sequence[Finding]:
        return await snapshots.current.pictures.check(campaign)

    return Job(name="turning", every_seconds=30.0, find_next=find_next_turn, run=partial(turn_due, check=check))
