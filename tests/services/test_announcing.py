from __future__ import annotations

from dataclasses import replace

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign
from bot.core.durations import DAY_SECONDS
from bot.jobs.announcing import announce_due
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.joining.notices import JoinAnnounced, MonthAnnounced, StepAnnounced
from storage.addresses import ANNOUNCE
from storage.records import NoticeId, Profile
from storage.store import Store
from storage.tables import outbox
from tests.services.test_rewards import compose_milestone
from tests.storage.clock import Clock

NEXT_MONTH = 23
"""Days from the tests' noon of 9 October to 1 November."""


async def bring(store: Store, friends: int) -> None:
    """Anna brings so many."""
    anna = await store.write(start, visitor=Profile(telegram_id=1, first_name="Anna"), payload="")
    for number in range(friends):
        guest = Profile(telegram_id=100 + number, first_name="Budi")
        await store.write(start, visitor=guest, payload=anna.member.code)


async def list_told(store: Store) -> list[int]:
    """How many friends the announce chat is told of, month by month."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [int(each.payload["count"]) for each in owed if each.kind == MonthAnnounced.kind]


async def test_a_month_is_told_once_in_the_next(store: Store, clock: Clock) -> None:
    """Not before it is over, not twice, and no month in which nobody came."""
    await bring(store, 3)
    await announce_due(store)
    assert await list_told(store) == []
    for days in (NEXT_MONTH, 1, 30):
        clock.advance(days * DAY_SECONDS)
        await announce_due(store)
        assert await list_told(store) == [3]


async def test_a_month_says_what_its_friends_were_given(store: Store, clock: Clock, campaign: Campaign) -> None:
    """All of them together, and nothing of what their inviters have."""
    await bring(store, 3)
    clock.advance(NEXT_MONTH * DAY_SECONDS)
    await announce_due(store)
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    [points] = [each.payload["points"] for each in owed if each.kind == MonthAnnounced.kind]
    assert int(points) == 3 * campaign.invitee_points > 0


async def test_a_step_is_announced_once_and_a_first_friend_is_none(store: Store, campaign: Campaign) -> None:
    """Behind the friend by whom it was reached; two rules of the same number are one step."""
    rules = (
        compose_milestone(number=1),
        compose_milestone(key="b", number=2),
        compose_milestone(key="c", number=2),
    )
    await store.write(open_shop, Source(campaign=replace(campaign, rewards=rules)), announce_chat="@news")
    await bring(store, 4)
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    posts = [(each.kind, each.payload.get("friends")) for each in owed if each.address == ANNOUNCE]
    joined = (JoinAnnounced.kind, None)
    assert posts == [joined, joined, (StepAnnounced.kind, 2), joined, joined]


async def test_a_step_waits_for_the_digest(store: Store, campaign: Campaign, clock: Clock) -> None:
    """With the friends of the hour."""
    hourly = replace(campaign, announce=AnnounceRules(digest="hour"), rewards=(compose_milestone(number=2),))
    await store.write(open_shop, Source(campaign=hourly), announce_chat="@news")
    await bring(store, 2)
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    at = {each.kind: each.payload["digest_at"] for each in owed if each.address == ANNOUNCE}
    assert int(at[StepAnnounced.kind]) == int(at[JoinAnnounced.kind]) > clock.now


async def test_a_month_is_no_news_later(store: Store, clock: Clock) -> None:
    """Who starts the bot in the middle of a month reads nothing of the last one."""
    await bring(store, 2)
    clock.advance((NEXT_MONTH + 3) * DAY_SECONDS)
    await announce_due(store)
    assert await list_told(store) == []


async def test_one_friend_is_no_together(store: Store, clock: Clock) -> None:
    """And would be known by the figure."""
    await bring(store, 1)
    clock.advance(NEXT_MONTH * DAY_SECONDS)
    await announce_due(store)
    assert await list_told(store) == []
