from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign
from bot.core.durations import SECOND
from bot.core.links import Attribution
from bot.core.throttling import MISSES_ALLOWED, WINDOW_SECONDS
from bot.services.campaigns.opening import Source, open_shop
from bot.services.community.membership import come, leave
from bot.services.joining.joining import Arrival, start
from bot.services.joining.notices import JoinAnnounced
from bot.services.printing import count_by_placement
from bot.services.standing import list_invites, list_rewards, rank
from storage.checks import list_faults
from storage.records import NoticeId, OutboxRow, Profile
from storage.role import Role
from storage.store import Store
from storage.tables import conversations, outbox, people, roles
from tests.owed import find_member, list_said
from tests.services.conftest import CHAT
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi", last_name="Santoso", telegram_language="id")
MEI = Profile(telegram_id=103, first_name="小美", telegram_language="zh-hans")


async def arrive(store: Store, visitor: Profile, payload: str = "") -> Arrival:
    """Start the bot."""
    return await store.write(start, visitor=visitor, payload=payload)


async def list_owed(store: Store) -> list[OutboxRow]:
    """All notices, in order."""
    return await store.read(outbox.list_owed, after=NoticeId(0), limit=100)


async def test_an_invited_newcomer_rewards_both_sides_and_tells_everybody(store: Store, campaign: Campaign) -> None:
    """One transaction writes the referral, both transfers and three notices."""
    anna = (await arrive(store, ANNA)).member
    arrival = await arrive(store, BUDI, f"{anna.code}-fwd")
    assert arrival.attribution is Attribution.CREDITED
    assert arrival.greeted_by_notice
    assert arrival.member.balance == campaign.invitee_points
    invites = await store.read(list_invites, visitor=ANNA)
    assert [line.name for line in invites.lines] == ["Budi Santoso"]
    assert invites.earned == campaign.inviter_points
    kinds = [(find_member(notice), notice.kind) for notice in await list_owed(store)]
    assert kinds == [
        (anna.id, "welcome"),
        (arrival.member.id, "welcome_invited"),
        (anna.id, "friend_joined"),
        (None, "join_announced"),
    ]
    assert await list_faults(store) == []


async def test_a_second_code_changes_nothing(store: Store, campaign: Campaign) -> None:
    """A referral is for ever: opening another link is refused kindly and moves no points."""
    anna, mei = (await arrive(store, ANNA)).member, (await arrive(store, MEI)).member
    await arrive(store, BUDI, anna.code)
    again = await arrive(store, BUDI, mei.code)
    assert again.attribution is Attribution.ALREADY_MEMBER
    assert (await store.read(list_invites, visitor=MEI)).total == 0
    assert (await store.read(list_rewards, visitor=BUDI)).balance == campaign.invitee_points


async def test_ones_own_code_is_refused(store: Store) -> None:
    """Nobody invites themselves."""
    anna = (await arrive(store, ANNA)).member
    own = await arrive(store, ANNA, anna.code)
    assert own.attribution is Attribution.OWN_CODE
    assert own.member.balance == 0


async def test_a_newcomer_with_an_unknown_code_is_welcome_all_the_same(store: Store) -> None:
    """The newcomer becomes a member nobody invited, and is told so."""
    arrival = await arrive(store, BUDI, "AAAAAAAAAA")
    assert arrival.attribution is Attribution.UNKNOWN_CODE
    [notice] = await list_owed(store)
    assert (notice.kind, notice.payload["unknown_code"]) == ("welcome", 1)
    assert arrival.member.balance == 0


async def test_guessing_is_throttled_for_a_while(store: Store, clock: Clock) -> None:
    """After a few unknown codes no further one is answered; an hour later it is forgiven."""
    await arrive(store, BUDI)
    for attempt in range(MISSES_ALLOWED):
        guess = await arrive(store, BUDI, f"AAAAAAAAA{attempt}")
        assert guess.attribution is Attribution.UNKNOWN_CODE
        assert not guess.greeted_by_notice
    assert (await arrive(store, BUDI, "BBBBBBBBBB")).attribution is Attribution.THROTTLED
    clock.advance(WINDOW_SECONDS)
    assert (await arrive(store, BUDI, "BBBBBBBBBB")).attribution is Attribution.UNKNOWN_CODE


async def test_a_members_code_is_never_refused_for_guesses(store: Store) -> None:
    """However many unknown codes somebody tried: a real one credits who still can be, and says the rest as ever."""
    anna, mei = (await arrive(store, ANNA)).member, (await arrive(store, MEI)).member
    await arrive(store, BUDI)
    for attempt in range(2 * MISSES_ALLOWED):
        await arrive(store, BUDI, f"AAAAAAAA{attempt:02}")
    assert (await arrive(store, BUDI, f"{anna.code}-qr")).attribution is Attribution.CREDITED
    assert (await arrive(store, BUDI, mei.code)).attribution is Attribution.ALREADY_MEMBER
    assert (await arrive(store, BUDI, "BBBBBBBBBB")).attribution is Attribution.THROTTLED


async def test_a_link_opened_after_the_start_counts_as_long_as_a_claim_does(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """It is the same as saying the name, and is told to both like any join; afterwards, or once more, it is not."""
    anna, mei = (await arrive(store, ANNA)).member, (await arrive(store, MEI)).member
    await arrive(store, BUDI)
    clock.advance(campaign.rules.claim_days * 24 * 3600 - 1)
    late = await arrive(store, BUDI, f"{anna.code}-qr")
    assert (late.attribution, late.greeted_by_notice) == (Attribution.CREDITED, True)
    assert late.member.balance == campaign.invitee_points
    assert await store.read(conversations.find, late.member.id) is None
    told = {(find_member(each), each.kind) for each in await list_owed(store)}
    assert {(late.member.id, "welcome_invited"), (anna.id, "friend_joined")} <= told
    assert (await arrive(store, BUDI, mei.code)).attribution is Attribution.ALREADY_MEMBER
    clock.advance(1)
    assert (await arrive(store, MEI, anna.code)).attribution is Attribution.ALREADY_MEMBER
    assert await list_faults(store) == []


@pytest.mark.parametrize("length", [2, 3, 5])
async def test_nobody_comes_by_whom_they_brought(store: Store, length: int) -> None:
    """In however many steps, and by whatever door; nothing is written, and both may still come by others."""
    line = [Profile(telegram_id=200 + number, first_name=f"L{number}") for number in range(length)]
    codes = [(await arrive(store, line[0])).member.code]
    for friend in line[1:]:
        codes.append((await arrive(store, friend, codes[-1])).member.code)
    before = await list_owed(store)
    assert (await arrive(store, line[0], codes[-1])).attribution is Attribution.ALREADY_MEMBER
    assert await list_owed(store) == before
    other = (await arrive(store, ANNA)).member
    assert (await arrive(store, line[0], other.code)).attribution is Attribution.CREDITED


@BOTH_ENGINES
@pytest.mark.parametrize("length", [2, 3, 4, 7])
async def test_no_ring_closes_however_many_credits_run_at_once(store: Store, length: int) -> None:
    """Of credits that would make a ring together, one is refused."""
    ring = [Profile(telegram_id=300 + number, first_name=f"R{number}") for number in range(length)]
    codes = [(await arrive(store, each)).member.code for each in ring]
    opened = zip(ring, codes[1:] + codes[:1], strict=True)
    arrivals = await asyncio.gather(*(arrive(store, visitor, code) for visitor, code in opened))
    verdicts = sorted(each.attribution.name for each in arrivals)
    assert verdicts == ["ALREADY_MEMBER", *["CREDITED"] * (length - 1)]
    assert await list_faults(store) == []


async def test_somebody_known_but_not_started_is_still_a_newcomer(store: Store) -> None:
    """A person whom Telegram has shown us is credited to the inviter when they start."""
    anna = (await arrive(store, ANNA)).member
    await store.write(people.add, BUDI, "BBBBBBBBBB")
    arrival = await arrive(store, BUDI, anna.code)
    assert arrival.attribution is Attribution.CREDITED


@BOTH_ENGINES
@pytest.mark.parametrize("friends", [12])
async def test_many_friends_at_once_are_all_credited(store: Store, campaign: Campaign, friends: int) -> None:
    """Joins of one inviter at the same moment neither lose nor double a credit."""
    anna = (await arrive(store, ANNA)).member
    visitors = [Profile(telegram_id=1000 + number, first_name=f"F{number}") for number in range(friends)]
    await asyncio.gather(*(arrive(store, visitor, anna.code) for visitor in visitors * 2))
    top = await store.read(rank, visitor=ANNA)
    assert (top.my_score, top.my_rank) == (friends, 1)
    assert top.member.balance == friends * campaign.inviter_points
    assert await list_faults(store) == []


@pytest.mark.parametrize(("digest", "zone", "due"), [("each", None, 0), ("hour", None, 3600), ("day", "UTC", 86_400)])
async def test_the_news_of_a_friend_is_due_when_the_shop_wants_it(
    store: Store, campaign: Campaign, digest: str, zone: str | None, due: int
) -> None:
    """At once, or some time within the hour or the day."""
    wanted = replace(campaign, announce=AnnounceRules(digest=digest))
    await store.write(open_shop, Source(campaign=wanted), announce_chat="@news", community_chat=None, zone=zone)
    anna = (await arrive(store, ANNA)).member
    await arrive(store, BUDI, anna.code)
    (news,) = [each for each in await list_owed(store) if each.kind == JoinAnnounced.kind]
    waits = int(news.payload["digest_at"]) - news.created_at
    assert 0 < waits <= due * SECOND if due else news.payload["digest_at"] == 0


async def test_what_is_said_of_a_friend_who_comes(store: Store, campaign: Campaign) -> None:
    """To the friend by whom and what it brings, to the inviter who and what, to the announce chat both; each once."""
    member = (await arrive(store, ANNA)).member
    anna, budi = member.id, (await arrive(store, BUDI, member.code)).member.id
    assert await store.read(list_said) == [
        ("welcome", anna, {"unknown_code": False, "from_inline": False, "asks": True, "role": "member"}),
        ("welcome_invited", budi, {"inviter": anna, "points": campaign.invitee_points, "over": False}),
        ("friend_joined", anna, {"friend": budi, "points": campaign.inviter_points, "place": 0}),
        ("join_announced", "announce", {"friend": budi, "inviter": anna, "digest_at": 0}),
    ]


async def test_what_is_said_of_a_friend_who_is_missing_something(store: Store, strict: Campaign) -> None:
    """First that they wait, then that they count, and what went back when they left again."""
    member = (await arrive(store, ANNA)).member
    anna, budi = member.id, (await arrive(store, BUDI, member.code)).member.id
    await store.write(come, chat_id=CHAT, newcomer=BUDI, link="")
    await store.write(leave, chat_id=CHAT, telegram_id=BUDI.telegram_id)
    inviters, invitees = strict.inviter_points, strict.invitee_points
    assert (await store.read(list_said))[1:] == [
        ("welcome_waiting", budi, {"inviter": anna, "points": invitees, "over": False}),
        ("friend_waiting", anna, {"friend": budi, "points": inviters}),
        ("qualified", budi, {"inviter": anna, "points": invitees}),
        ("friend_joined", anna, {"friend": budi, "points": inviters, "place": 0}),
        ("join_announced", "announce", {"friend": budi, "inviter": anna, "digest_at": 0}),
        ("gift_revoked", budi, {"inviter": anna, "points": invitees, "reason": "left"}),
        ("friend_revoked", anna, {"friend": budi, "points": inviters, "reason": "left"}),
    ]


async def test_a_newcomer_is_greeted_as_who_they_are(store: Store) -> None:
    """By inline mode, by a code that nobody has, as somebody of the shop; and asked who recommended it, once."""
    await store.write(roles.set, MEI.telegram_id, Role.STAFF)
    inline = await store.write(start, visitor=ANNA, payload="", from_inline=True)
    unknown, staff = await arrive(store, BUDI, "AAAAAAAAAA"), await arrive(store, MEI)
    assert [(each.role, each.greeted_by_notice) for each in (inline, unknown, staff)] == [
        (Role.MEMBER, True),
        (Role.MEMBER, True),
        (Role.STAFF, True),
    ]
    said = [
        (payload["unknown_code"], payload["from_inline"], payload["role"])
        for _, _, payload in await store.read(list_said)
    ]
    assert said == [(False, True, "member"), (True, False, "member"), (False, False, "staff")]
    for each in (inline, unknown, staff):
        person = await store.read(people.get, each.member.id)
        assert person.asked_at is not None
        asked = await store.read(conversations.find, person.id)
        assert asked is not None
        assert asked.flow == "claim"
    again = await store.write(start, visitor=ANNA, payload="", from_inline=True)
    assert (again.attribution, again.greeted_by_notice, again.member.can_claim) == (Attribution.RETURNING, False, True)
    assert len(await store.read(list_said)) == 3


async def test_paper_brings_a_newcomer_and_nobodys_recommendation(store: Store) -> None:
    """Counted by where it hung, once; a member who reads it again is no newcomer."""
    for _ in range(2):
        arrival = await arrive(store, BUDI, "at_door")
    assert arrival.attribution is Attribution.RETURNING
    assert await store.read(count_by_placement) == {"door": 1}
    (said,) = await store.read(list_said)
    assert said[2]["unknown_code"] is False
