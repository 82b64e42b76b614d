"""What comes of a friend with time: staying, being seen, buying; and of a member who gives cards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition, Give, Rule
from bot.jobs.rewards import arrive_due, count_days
from bot.services.campaigns.opening import Source, open_shop
from bot.services.community.membership import come, leave
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.sharing.cards import note_share
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import EventKind, GrantKind, GrantRow, GrantState
from storage.records import Person, PersonId, Profile, Referral, ShareWay, Side
from storage.schema.rewards import event, grant
from storage.tables import grants, inbox, ledgers, people
from tests.services.conftest import CHAT
from tests.services.selling import sell
from tests.services.test_revoking import add_member
from tests.services.test_rewards import FIVE, bring, list_grants, told
from tests.storage.clock import Clock

DAY = 24 * 3600
STAYED = Rule(key="stayed", when="stayed", number=7, who=Side.INVITEE, give=FIVE)
ACTIVE = Rule(key="active", when="active", number=3, who=Side.INVITER, give=FIVE)
CARDS = Rule(key="cards", when="cards_given", number=2, who=Side.INVITER, give=FIVE)
TENTH = Give(kind=GrantKind.PERCENT, amount=10)


async def set_rules(store: Store, campaign: Campaign, *rules: Rule) -> None:
    """From now on these hold, in a shop with a community."""
    ruled = Source(campaign=replace(campaign, rewards=rules))
    await store.write(open_shop, ruled, announce_chat=None, community_chat=CHAT, community_id=CHAT)


def find_profile(tx: Tx, referral: Referral) -> Profile:
    """Of the friend."""
    return people.get(tx, referral.invitee_id).profile


async def enter(store: Store, referral: Referral) -> Profile:
    """The friend comes into the community."""
    profile = await store.read(find_profile, referral)
    await store.write(come, chat_id=CHAT, newcomer=profile, link="")
    return profile


async def count(store: Store, *referrals: Referral) -> int:
    """How much the rules gave."""
    return len(await store.read(list_grants, referrals))


async def test_a_friend_who_stays_so_many_days_brings_it_once(store: Store, campaign: Campaign, clock: Clock) -> None:
    """The days begin when the friend comes into the community; leaving ends them, and coming back begins them anew."""
    await set_rules(store, campaign, STAYED)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    clock.advance(30 * DAY)
    await arrive_due(store)
    assert await count(store, friend) == 0
    profile = await enter(store, friend)
    clock.advance(6 * DAY)
    await store.write(leave, chat_id=CHAT, telegram_id=profile.telegram_id)
    clock.advance(2 * DAY)
    await arrive_due(store)
    assert await count(store, friend) == 0
    await enter(store, friend)
    clock.advance(7 * DAY - 1)
    await enter(store, friend)  # being seen there once more begins nothing anew
    await arrive_due(store)
    assert await count(store, friend) == 0
    clock.advance(1)
    for _ in range(2):
        await arrive_due(store)
    (row,) = await store.read(list_grants, [friend])
    assert (row.person_id, row.points, row.state) == (friend.invitee_id, 5, GrantState.AVAILABLE)
    assert await told(store) == ["reward_given"]
    assert await list_faults(store) == []


async def test_whoever_was_there_already_stays_from_the_day_they_count(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """In a shop where friends count once they are in the community, that is the same day."""
    strict = replace(campaign, rules=replace(campaign.rules, join_community=True))
    await set_rules(store, strict, STAYED)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    await enter(store, friend)
    clock.advance(7 * DAY)
    await arrive_due(store)
    assert await count(store, friend) == 1


async def test_a_friend_who_no_longer_counts_brings_nothing(store: Store, campaign: Campaign, clock: Clock) -> None:
    """However long they stay afterwards."""
    await set_rules(store, campaign, STAYED, ACTIVE)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    await enter(store, friend)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    clock.advance(8 * DAY)
    await arrive_due(store)
    assert await count(store, friend) == 0


async def test_days_on_which_a_friend_is_seen_are_counted(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Each day once, however often and whoever else is there; with the third it is given, once."""
    await set_rules(store, campaign, ACTIVE)
    anna = await store.write(add_member)
    friend, other = [await store.write(bring, anna) for _ in range(2)]
    profile = await store.read(find_profile, friend)
    for number in range(3):
        assert await count(store, friend, other) == 0
        for update_id in (number * 10, number * 10 + 1):
            await store.write(inbox.add_batch, [(update_id, profile.telegram_id, b"{}"), (update_id + 5, None, b"{}")])
            for _ in range(2):
                await count_days(store)
        clock.advance(DAY)
    await count_days(store)
    (row,) = await store.read(list_grants, [friend, other])
    assert (row.person_id, row.points) == (anna.id, 5)
    assert await told(store) == ["reward_given"]


def find_person_grants(tx: Tx, person_id: PersonId) -> list[GrantRow]:
    """All that somebody has by the owner's rules."""
    return [
        grants.get(tx, number)
        for (number,) in tx.rows(
            grant.select().with_only_columns(grant.c.id).where(grant.c.person_id == person_id, grant.c.rule != "join")
        )
    ]


async def give_cards(store: Store, person: Person, *ways: ShareWay) -> None:
    """Cards leave a member's hands."""
    for way in ways:
        await store.write(note_share, person_id=person.id, way=way, version="", file_id=None)


async def test_so_many_cards_within_a_week_bring_it_once_a_week(store: Store, campaign: Campaign, clock: Clock) -> None:
    """A look at one's own code is no card; on Monday it begins anew."""
    await set_rules(store, campaign, CARDS)
    anna = await store.write(add_member)
    await give_cards(store, anna, ShareWay.CARD, ShareWay.QR)
    assert await store.read(find_person_grants, anna.id) == []
    await give_cards(store, anna, ShareWay.INLINE, ShareWay.CARD, ShareWay.GUEST)
    assert len(await store.read(find_person_grants, anna.id)) == 1
    clock.advance(7 * DAY)
    await give_cards(store, anna, ShareWay.CARD, ShareWay.CARD)
    assert [row.points for row in await store.read(find_person_grants, anna.id)] == [5, 5]
    assert await told(store) == ["reward_given"] * 2
    assert await store.read(ledgers.get_balance, anna.id) == 10
    assert await list_faults(store) == []


async def test_only_what_counts_is_noted_of_cards(store: Store, campaign: Campaign) -> None:
    """Where a rule asks for them, cards; nothing where none does, and nothing of what is no card."""
    anna = await store.write(add_member)
    statement = select(event.c.key).where(event.c.kind == EventKind.CARDS_GIVEN)
    await give_cards(store, anna, ShareWay.CARD)
    await set_rules(store, campaign, CARDS)
    await give_cards(store, anna, ShareWay.QR)
    assert await store.read(lambda tx: tx.rows(statement)) == []
    await give_cards(store, anna, ShareWay.CARD, ShareWay.QR)
    assert [row[0].rpartition(":")[2] for row in await store.read(lambda tx: tx.rows(statement))] == ["2"]


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        (Rule(key="share", when="purchased", who=Side.INVITEE, give=TENTH), [10, 20, 30]),
        (Rule(key="big", when="purchased", number=150, who=Side.INVITEE, give=FIVE), [5, 5]),
        (Rule(key="first", when="purchased", who=Side.INVITER, give=FIVE, condition=Condition(nth=1)), [5]),
        (Rule(key="third", when="purchased", who=Side.INVITER, give=FIVE, condition=Condition(nth=3)), [5]),
    ],
    ids=["a share", "from an amount on", "the first", "the third"],
)
async def test_a_purchase_gives_what_its_rules_say(
    store: Store, campaign: Campaign, rule: Rule, points: list[int]
) -> None:
    """Of 98, 202 and 300 in minor units, each told twice."""
    await set_rules(store, campaign, rule)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    for amount in (98, 202, 300):
        for _ in range(2):
            await store.write(sell, friend.invitee_id, amount=amount, order_id=f"till:{amount}")
    assert [row.points for row in await store.read(list_grants, [friend])] == points
    assert await list_faults(store) == []


async def test_a_share_of_next_to_nothing_is_nothing(store: Store, campaign: Campaign) -> None:
    """Less than half a point; the purchase itself is noted, and what else it brings is given."""
    first = Condition(nth=1)
    share = Rule(key="share", when="purchased", who=Side.INVITEE, give=TENTH)
    await set_rules(
        store, campaign, share, Rule(key="first", when="purchased", who=Side.INVITER, give=FIVE, condition=first)
    )
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    for amount in (4, 98):
        await store.write(sell, friend.invitee_id, amount=amount, order_id=f"till:{amount}")
    given = await store.read(list_grants, [friend])
    assert sorted((row.rule, row.points) for row in given) == [("first", 5), ("share", 10)]
    assert await list_faults(store) == []


async def test_a_promised_share_becomes_points_with_the_next_purchase(store: Store, campaign: Campaign) -> None:
    """Once; the second purchase has none."""
    await set_rules(store, campaign, Rule(key="share", when="joined", who=Side.INVITEE, give=TENTH))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    for number in range(2):
        await store.write(sell, friend.invitee_id, amount=250, order_id=f"till:{number}")
    (row,) = await store.read(list_grants, [friend])
    assert (row.state, row.points, row.what) == (GrantState.USED, 25, "10")
    assert await store.read(ledgers.get_balance, friend.invitee_id) == campaign.invitee_points + 25
    assert await list_faults(store) == []


async def test_a_share_of_what_was_given_back_is_promised_again_only_while_it_counts(
    store: Store, campaign: Campaign
) -> None:
    """The purchase given back whole, the share waits for the next one; but not where its recommendation was taken back."""
    await set_rules(store, campaign, Rule(key="share", when="joined", who=Side.INVITEE, give=TENTH))
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(2)]
    for friend in friends:
        await store.write(sell, friend.invitee_id, amount=250, order_id=f"till:{friend.id}")
    await store.write(revoke, friends[1].id, reason=RevokeReason.LEFT)
    for friend in friends:
        await store.write(sell, friend.invitee_id, amount=250, order_id=f"till:{friend.id}", refund="all")
    states = [[row.state for row in await store.read(list_grants, [friend])] for friend in friends]
    assert states == [[GrantState.REVOKED, GrantState.AVAILABLE], [GrantState.REVOKED]]
    assert await list_faults(store) == []
