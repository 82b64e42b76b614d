"""Tiers: reached and lost with friends, told once, found anew when their terms change."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.tiers import Tier
from bot.core.durations import DAY, DAY_SECONDS
from bot.core.honours import compute_told
from bot.jobs.honours import review_honours
from bot.messages.honours import NOTICES
from bot.services.campaigns.opening import Source, open_shop
from bot.services.honours.honours import HonourView, is_swept, view_honour
from bot.services.honours.notices import TierLost, TierReached
from bot.services.joining.joining import credit
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import view_member
from bot.services.notices import Notice, read_notice
from bot.services.privacy import forget
from bot.services.standing import rank
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.checks import list_faults
from storage.handout import HandoutKind
from storage.records import NoticeId, Person, PersonId, Referral
from storage.tables import honours, outbox, people, scores
from tests.owed import list_said
from tests.services.conftest import CHAT
from tests.services.test_revoking import add_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

FRIEND = Tier(key="friend", friends=2, name={"en": "Friend of the house"}, badge="🌟")
STAR = Tier(key="star", friends=3, name={"en": "Star"}, period_days=10)
KINDS = {notice.kind: notice for notice in NOTICES}


@pytest.fixture
def honouring(campaign: Campaign) -> Campaign:
    """The campaign that ships, with two tiers."""
    return replace(campaign, tiers=(STAR, FRIEND))


async def open_honouring(store: Store, campaign: Campaign) -> PersonId:
    """A shop with these terms, whose tiers everybody was looked at by; and Anna."""
    await store.write(open_shop, Source(campaign=campaign))
    await review_honours(store)
    return (await store.write(add_member)).id


def bring(tx: Tx, inviter_id: PersonId) -> Referral:
    """A friend of hers comes, and counts."""
    referral = credit(tx, people.get(tx, inviter_id), add_member(tx, "Budi"), source="name")
    assert referral is not None
    return referral


def take(tx: Tx, referral: Referral) -> None:
    """The friend left the community again."""
    revoke(tx, referral.id, reason=RevokeReason.LEFT)


async def list_words(store: Store, person_id: PersonId) -> list[Notice]:
    """What she was told of her tier, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    rows = [row for row in owed if row.address == MemberAddress(person_id) and row.kind in KINDS]
    return [read_notice(row, KINDS) for row in rows]


async def find_view(store: Store, person_id: PersonId) -> HonourView:
    """What her screens say."""
    return await store.read(lambda tx: view_honour(tx, view_member(tx, people.get(tx, person_id))))


async def test_a_tier_is_reached_with_the_friend_who_makes_it(store: Store, honouring: Campaign) -> None:
    """Told once, with her card behind it; before it she sees how far it is, and after it what comes next."""
    anna = await open_honouring(store, honouring)
    assert await find_view(store, anna) == HonourView(next="friend", missing=2)
    await store.write(bring, anna)
    assert await find_view(store, anna) == HonourView(next="friend", missing=1)
    assert await list_words(store, anna) == []
    await store.write(bring, anna)
    assert await find_view(store, anna) == HonourView(tier="friend", next="star", missing=1)
    assert await list_words(store, anna) == [TierReached(tier="friend")]
    assert (HandoutKind.FIRST, "") in await store.read(outbox.list_card_states, anna)
    await review_honours(store)
    assert await list_words(store, anna) == [TierReached(tier="friend")]
    assert (await store.read(lambda tx: people.get(tx, anna))).tier == "friend"


async def test_a_friend_who_is_taken_back_takes_the_tier_along(store: Store, clock: Clock, honouring: Campaign) -> None:
    """Said kindly, with what brings it back; and who brings another friend has it again, and hears of it again."""
    anna = await open_honouring(store, honouring)
    referrals = [await store.write(bring, anna) for _ in range(2)]
    await store.write(take, referrals[0])
    await store.write(take, referrals[0])
    assert await find_view(store, anna) == HonourView(next="friend", missing=1)
    lost = TierLost(tier="friend", missing=1)
    assert await list_words(store, anna) == [TierReached(tier="friend"), lost]
    clock.advance(1)
    await store.write(bring, anna)
    assert await list_words(store, anna) == [TierReached(tier="friend"), lost, TierReached(tier="friend", asks=False)]
    assert await list_faults(store) == []


async def test_a_tier_of_a_period_ends_by_itself(store: Store, clock: Clock, honouring: Campaign) -> None:
    """Ten days after the third latest friend; what is for ever stays, and newer friends keep it up."""
    anna = await open_honouring(store, honouring)
    await store.write(bring, anna)
    clock.advance(4 * DAY_SECONDS)
    for _ in range(2):
        await store.write(bring, anna)
    began = await store.read(lambda tx: tx.now)
    held = await find_view(store, anna)
    assert held == HonourView(tier="star", until_at=began + 6 * DAY)
    clock.advance(5 * DAY_SECONDS)
    await store.write(bring, anna)
    clock.advance(2 * DAY_SECONDS)
    await review_honours(store)
    assert (await find_view(store, anna)).tier == "star"
    clock.advance(5 * DAY_SECONDS)
    await review_honours(store)
    await review_honours(store)
    assert await find_view(store, anna) == HonourView(tier="friend", next="star", missing=2)
    told = await list_words(store, anna)
    assert told[:2] == [TierReached(tier="friend"), TierReached(tier="star", asks=False)]
    assert told[2:] == [TierLost(tier="star", now="friend", lapsed=True, missing=2)]


async def test_a_view_says_until_when_and_what_is_next(store: Store, clock: Clock, campaign: Campaign) -> None:
    """Above all there is nothing more; whoever lost one hears what it takes to have it again."""
    new = Tier(key="new", friends=1, name={"en": "New"}, period_days=10)
    anna = await open_honouring(store, replace(campaign, tiers=(FRIEND, new)))
    begun = clock.now
    first = await store.write(bring, anna)
    assert await find_view(store, anna) == HonourView(tier="new", until_at=begun + 10 * DAY, next="friend", missing=1)
    clock.advance(60)
    second = await store.write(bring, anna)
    assert await find_view(store, anna) == HonourView(tier="friend")
    await store.write(take, second)
    assert await find_view(store, anna) == HonourView(tier="new", until_at=begun + 10 * DAY, next="friend", missing=1)
    await store.write(take, first)
    assert await find_view(store, anna) == HonourView(next="new", missing=1)
    assert await store.read(list_said, "tier_reached", "tier_lost") == [
        ("tier_reached", anna, {"tier": "new", "asks": True}),
        ("tier_reached", anna, {"tier": "friend", "asks": False}),
        ("tier_lost", anna, {"tier": "friend", "now": "new", "lapsed": False, "missing": 1}),
        ("tier_lost", anna, {"tier": "new", "now": "", "lapsed": False, "missing": 1}),
    ]


async def test_new_terms_find_who_has_earned_what_and_tell_nobody(store: Store, campaign: Campaign) -> None:
    """Regulars are something from the first minute; a tier that is no more is nobody's; page by page, over a restart."""
    anna = await open_honouring(store, campaign)
    budi = (await store.write(add_member, "Budi")).id
    for person_id in (anna, anna, budi):
        await store.write(bring, person_id)
    await store.write(open_shop, Source(campaign=replace(campaign, tiers=(replace(FRIEND, friends=1), STAR))))
    assert not await store.read(is_swept)
    await review_honours(store, page=1, pages=1)
    assert [(await find_view(store, each)).tier for each in (anna, budi)] == ["friend", ""]
    await review_honours(store, page=1)
    assert await store.read(is_swept)
    assert [(await find_view(store, each)).tier for each in (anna, budi)] == ["friend", "friend"]
    await store.write(open_shop, Source(campaign=campaign))
    await review_honours(store)
    assert [(await find_view(store, each)).tier for each in (anna, budi)] == ["", ""]
    assert await list_words(store, anna) == []


@BOTH_ENGINES
async def test_many_friends_at_once_make_one_tier(store: Store, honouring: Campaign) -> None:
    """However they come: two steps are told, and each once; the card is offered with the first alone."""
    anna = await open_honouring(store, honouring)
    await asyncio.gather(*(store.write(bring, anna) for _ in range(8)))
    assert sorted(str(each) for each in await list_words(store, anna)) == sorted(
        str(TierReached(tier=tier, asks=tier == "friend")) for tier in ("friend", "star")
    )


async def test_the_ranking_knows_the_tiers(store: Store, honouring: Campaign) -> None:
    """Each line says what its member is; who is forgotten is nothing any more."""
    anna = await open_honouring(store, honouring)
    for _ in range(2):
        await store.write(bring, anna)
    person: Person = await store.read(lambda tx: people.get(tx, anna))
    view = await store.write(rank, visitor=person.profile)
    assert [line.tier for line in view.lines] == ["friend"]
    await store.write(forget, telegram_id=person.profile.telegram_id)
    assert [line.tier for line in await store.read(scores.list_top, 10)] == [""]


@pytest.mark.parametrize(
    ("named", "chat_id", "owed"),
    [("Friend of the house", CHAT, False), ("Regular", CHAT, True), ("Friend of the house", CHAT - 1, True)],
)
async def test_a_tier_that_is_called_otherwise_tags_its_members_anew(
    store: Store, honouring: Campaign, named: str, chat_id: int, *, owed: bool
) -> None:
    """Whoever has it, once; another badge alone, or the same name, asks Telegram for nothing. A new chat knows nobody yet."""
    anna = await open_honouring(store, honouring)
    for _ in range(2):
        await store.write(bring, anna)
    (tag,) = await store.read(honours.list_tags_owed, after=PersonId(0), limit=9)
    await store.write(honours.settle_tag, tag, compute_told(FRIEND, "en", CHAT))
    renamed = replace(honouring, tiers=(STAR, replace(FRIEND, name={"en": named}, badge="🥐")))
    await store.write(open_shop, Source(campaign=renamed), community_chat=chat_id, community_id=chat_id)
    await review_honours(store)
    assert [each.person_id for each in await store.read(honours.list_tags_owed, after=PersonId(0), limit=9)] == (
        [anna] if owed else []
    )
    assert len(await list_words(store, anna)) == 1


@pytest.mark.parametrize("swept", [True, False])
async def test_nobody_keeps_a_tier_of_terms_that_held_for_a_moment(
    store: Store, campaign: Campaign, honouring: Campaign, *, swept: bool
) -> None:
    """Given by tiers that nobody was looked at by, before others held, or those of before again."""
    easy = replace(campaign, tiers=(replace(FRIEND, friends=1),))
    anna_id = await open_honouring(store, honouring if swept else campaign)
    await store.write(open_shop, Source(campaign=easy))
    await store.write(bring, anna_id)
    assert (await store.read(honours.find, anna_id))[0] == "friend"
    await store.write(open_shop, Source(campaign=honouring if swept else campaign))
    await review_honours(store)
    assert await store.read(is_swept)
    assert (await store.read(honours.find, anna_id))[0] == ""
