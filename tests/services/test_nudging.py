from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.services.reminding.nudges import nudge, set_nudges
from storage import Store, Tx
from storage.records import NoticeId, OutboxRow, PersonId, Profile, ShareWay
from storage.tables import outbox, people, shares
from tests.owed import find_member
from tests.storage.clock import Clock

DAY_SECONDS = 24 * 3600


def add_members(tx: Tx, count: int) -> list[PersonId]:
    """Members who have just started."""
    added = [people.add(tx, Profile(telegram_id=100 + n, first_name=f"P{n}"), f"Code{n:06}").id for n in range(count)]
    for person_id in added:
        people.set_started(tx, person_id)
    return added


@pytest.fixture
def keys(campaign: Campaign) -> list[str]:
    """The stories of the campaign."""
    return [story.key for story in campaign.stories]


async def run(store: Store, keys: list[str], *, limit: int = 50) -> int:
    """One round of the job."""
    return await store.write(nudge, limit=limit)


async def list_nudges(store: Store) -> list[OutboxRow]:
    """The nudges owed."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [notice for notice in owed if notice.kind == "nudge"]


async def test_a_quiet_member_gets_one_nudge_a_spell(store: Store, keys: list[str], clock: Clock) -> None:
    """Not a moment too early, once however long the quiet lasts, and again only after a share and another pause."""
    (anna,) = await store.write(add_members, 1)
    clock.advance(14 * DAY_SECONDS)
    assert await run(store, keys) == 0
    clock.advance(1)
    assert [await run(store, keys) for _ in range(3)] == [1, 0, 0]
    clock.advance(100 * DAY_SECONDS)
    assert await run(store, keys) == 0
    await store.write(shares.add, anna, ShareWay.CARD, keys[0])
    clock.advance(14 * DAY_SECONDS + 1)
    assert await run(store, keys) == 1
    assert [find_member(notice) for notice in await list_nudges(store)] == [anna, anna]


async def test_a_nudge_brings_a_story_not_shared_last(store: Store, keys: list[str], clock: Clock) -> None:
    """Who never shared gets the first one."""
    anna, _ = await store.write(add_members, 2)
    await store.write(shares.add, anna, ShareWay.CARD, keys[1])
    clock.advance(15 * DAY_SECONDS)
    await run(store, keys)
    told = {find_member(notice): notice.payload["story"] for notice in await list_nudges(store)}
    assert told == {anna: keys[2], anna + 1: keys[0]}


async def test_nobody_is_nudged_against_their_will(store: Store, keys: list[str], clock: Clock) -> None:
    """Neither who said no, nor who blocked the bot, nor who never started it."""
    anna, budi, mei = await store.write(add_members, 3)
    await store.write(people.add, Profile(telegram_id=7, first_name="Stranger"), "Code999999")
    off = await store.write(set_nudges, visitor=Profile(telegram_id=100, first_name="P0"), nudges=False)
    assert (off.id, off.nudges) == (anna, False)
    await store.write(people.set_blocked, budi, blocked=True)
    clock.advance(15 * DAY_SECONDS)
    await run(store, keys)
    assert [find_member(notice) for notice in await list_nudges(store)] == [mei]
    await store.write(set_nudges, visitor=Profile(telegram_id=100, first_name="P0"), nudges=True)
    assert await run(store, keys) == 1


async def test_a_crowd_is_asked_few_at_a_time(store: Store, keys: list[str], clock: Clock) -> None:
    """Each exactly once, however many rounds it takes."""
    members = await store.write(add_members, 25)
    clock.advance(15 * DAY_SECONDS)
    assert [await run(store, keys, limit=10) for _ in range(4)] == [10, 10, 5, 0]
    assert sorted(find_member(notice) or 0 for notice in await list_nudges(store)) == members
