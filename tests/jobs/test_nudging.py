from __future__ import annotations

import logging

import pytest

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.jobs.nudging import nudge_some
from bot.services.campaigns.opening import open_shop
from storage import Store
from storage.records import NoticeId, Profile
from storage.tables import outbox, people
from tests.owed import find_member
from tests.storage.clock import Clock


async def test_everybody_quiet_is_asked_in_the_end_a_few_each_time(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """One run asks no more than its limit; nobody is asked twice. Whoever wants to see that reads it in the log."""
    caplog.set_level(logging.DEBUG, "bot.jobs.nudging")
    for number in range(5):
        person = await store.write(people.add, Profile(telegram_id=100 + number, first_name="P"), f"Code{number:06}")
        await store.write(people.set_started, person.id)
    clock.advance(15 * 24 * 3600)
    await store.write(open_shop, load_campaign(ASSETS / "campaigns" / "welcome.toml"))
    asked = []
    for _ in range(4):
        await nudge_some(store, limit=2)
        asked.append(len(await store.read(outbox.list_owed, after=NoticeId(0), limit=10)))
    assert asked == [2, 4, 5, 5]
    assert [each.args for each in caplog.records] == [(2,), (2,), (1,)]
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert {notice.kind for notice in owed} == {"nudge"}
    assert len({find_member(notice) for notice in owed}) == 5
