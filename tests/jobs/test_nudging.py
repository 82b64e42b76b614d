from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from bot.app import load_campaign
from bot.assets import ASSETS
from bot.jobs.nudging import nudge_for_ever
from bot.services.campaigns import open_shop
from storage import open_store
from storage.records import Event, NoticeId, NoticeKind, Profile
from storage.tables import outbox, people
from tests.storage.clock import Clock


def _pass_on(told: asyncio.Queue[Event], events: Sequence[Event]) -> None:
    for event in events:
        told.put_nowait(event)


async def test_the_job_goes_on_round_after_round(tmp_path: Path) -> None:
    """Everybody quiet is asked in the end, a few each round; the job ends when it is cancelled."""
    clock = Clock()
    async with open_store(f"sqlite:///{tmp_path}/shop.db", clock=clock) as store:
        for number in range(5):
            profile = Profile(telegram_id=100 + number, first_name="P")
            person = await store.write(people.add, profile, f"Code{number:06}")
            await store.write(people.set_started, person.id)
        told: asyncio.Queue[Event] = asyncio.Queue()
        store.subscribe(partial(_pass_on, told))
        clock.advance(15 * 24 * 3600)
        await store.write(open_shop, campaign=load_campaign(ASSETS / "campaigns" / "welcome.toml"))
        job = asyncio.create_task(nudge_for_ever(store, pause_seconds=0.005, limit=2))
        for _ in range(5):
            await asyncio.wait_for(told.get(), 5)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
        assert {notice.kind for notice in owed} == {NoticeKind.NUDGE}
        assert len({notice.recipient_id for notice in owed}) == 5
