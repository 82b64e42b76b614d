"""What a shop owes its members, counted from the books."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.core.by_hand import Outcome
from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.rewards import Give, Rule
from bot.core.liability import Liability
from bot.jobs.rewards import free_due
from bot.services.campaigns.opening import Source, open_shop
from bot.services.coupons.counter import find_coupon
from bot.services.redeeming.redeeming import hand_out
from bot.services.rewards.by_hand import grant_by_hand
from bot.services.rewards.giving import free, list_due
from bot.services.stats import sum_owed
from storage import Store
from storage.checks import list_faults
from storage.facts import GrantKind, GrantState
from storage.records import NoticeId
from storage.role import Role
from storage.schema.liability import liability as table
from storage.tables import coupons, grants, inviter_sums, liability, outbox, people, roles
from tests.services.test_coupons import take_in
from tests.services.test_joining import ANNA, arrive
from tests.services.test_redeeming import STAFF, buy, enrich, number_of
from tests.services.test_revoking import add_member
from tests.services.test_rewards import FIVE, balance, bring, compose_rule, list_grants, set_rules, told
from tests.storage.cast import run
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES


async def test_all_that_was_promised_is_counted_until_it_is_used(store: Store, campaign: Campaign) -> None:
    """Points on balances and held ones, coupons given and waited for, gifts that have not arrived; nothing of it twice."""
    assert await store.read(sum_owed) == Liability()
    coupon, gift = Give(kind=GrantKind.COUPON, what="coffee"), Give(kind=GrantKind.GIFT, what="5170")
    await set_rules(
        store,
        campaign,
        compose_rule(key="held", give=FIVE, hold_days=3),
        compose_rule(key="coupon", give=coupon),
        compose_rule(key="gift", give=gift),
    )
    await take_in(store, "A-1\n")
    anna = await store.write(add_member)
    for _ in range(2):
        await store.write(bring, anna)
    usual = 2 * (campaign.inviter_points + campaign.invitee_points)
    assert await store.read(sum_owed) == Liability(points=usual + 2 * 5, coupons=2, gifts=2)
    row = await store.read(find_coupon, "A-1")
    assert row is not None
    assert await store.write(coupons.set_used, row.id, anna.id)
    assert await store.read(sum_owed) == Liability(points=usual + 2 * 5, coupons=1, gifts=2)


BUN = CatalogueItem(key="bun", price=10, name={"en": "A bun"})


async def bound(store: Store, campaign: Campaign, points: int, *rules: Rule) -> Campaign:
    """From now on no more points than these are promised; a point is worth five cents."""
    limited = replace(
        campaign,
        rewards=rules,
        inviter_points=50,
        invitee_points=25,
        worth_amount=5,
        worth_currency="EUR",
        liability_limit=5 * points,
        catalogue=(BUN,),
    )
    await store.write(open_shop, Source(campaign=limited))
    return limited


async def list_warnings(store: Store) -> list[str]:
    """How near owners were told it is, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    return [str(row.payload["nearness"]) for row in owed if row.kind == "liability_near"]


async def promised(store: Store) -> int:
    """The points that are owed."""
    return (await store.read(liability.get)).points


@BOTH_ENGINES
@pytest.mark.parametrize("at_limit", ["stop", "queue", "tell"])
async def test_no_more_is_promised_than_the_shop_wants_to(store: Store, campaign: Campaign, at_limit: str) -> None:
    """Sixteen friends at once: what does not fit is stopped, queued or told, as the rule says, and never one point more is owed."""
    await bound(
        store, campaign, 16 * 75 + 33, compose_rule(at_limit=at_limit, give=Give(kind=GrantKind.POINTS, amount=10))
    )
    inviters = [await store.write(add_member) for _ in range(4)]
    friends = await asyncio.gather(*(store.write(bring, inviters[place % 4]) for place in range(16)))
    given = await store.read(list_grants, friends)
    beyond = {"stop": set(), "queue": {GrantState.PENDING}, "tell": {GrantState.DECLINED}}[at_limit]
    assert {row.state for row in given} == {GrantState.AVAILABLE} | beyond
    assert await promised(store) <= 16 * 75 + 33
    assert await list_faults(store) == []


async def test_the_usual_points_for_a_friend_wait_until_there_is_room(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """They are not lost: the next night they are looked at again, and are in the books as they always are."""
    limited = await bound(store, campaign, 100)
    anna, budi = [await store.write(add_member) for _ in range(2)]
    for inviter in (anna, budi):
        await store.write(bring, inviter)
    assert (await promised(store), await balance(store, budi)) == (100, 0)
    waiting = await store.read(grants.list_live, budi.id)
    assert [(row.state, row.rule, row.reason) for row in waiting] == [(GrantState.PENDING, "join", "limit:liability")]
    clock.advance(24 * 3600)
    await store.write(free, await store.read(list_due, limit=9))
    assert await balance(store, budi) == 0
    await store.write(open_shop, Source(campaign=replace(limited, liability_limit=5 * 1000)))
    clock.advance(24 * 3600)
    await store.write(free, await store.read(list_due, limit=9))
    assert await balance(store, budi) == 50
    assert (await store.read(inviter_sums.find, budi.id)).points == 50
    assert await told(store) == ["reward_given", "reward_freed"]
    assert await list_faults(store) == []


async def test_owners_are_told_at_nine_tenths_and_at_the_bound_once_each(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """Again only where the bound is another."""
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.OWNER)
    limited = await bound(store, campaign, 160, compose_rule())
    anna = await store.write(add_member)
    expected: list[str] = []
    for steps in ([], ["near"], ["full"], []):
        await store.write(bring, anna)
        expected += steps
        assert await list_warnings(store) == expected
    await store.write(open_shop, Source(campaign=replace(limited, liability_limit=5 * 170)))
    clock.advance(24 * 3600)
    await store.write(free, await store.read(list_due, limit=9))
    assert await list_warnings(store) == [*expected, "full"]


async def test_what_is_spent_makes_room_once_it_is_handed_out(store: Store, campaign: Campaign) -> None:
    """Paid and waiting at the counter it is owed still; given by hand it is asked for as well."""
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.OWNER)
    await bound(store, campaign, 40)
    await enrich(store, ANNA, 40)
    paid = await buy(store, ANNA, "bun")
    anna = await store.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    limits = {Role.OWNER: 1000}

    async def give_five() -> Outcome | None:
        given = await store.write(
            grant_by_hand, visitor=STAFF, person_id=anna.id, points=5, reason="for the music", limits=limits
        )
        return given.outcome

    assert (await promised(store), await give_five()) == (40, Outcome.PROMISED)
    await store.write(hand_out, visitor=STAFF, redemption_id=number_of(paid))
    assert (await promised(store), await give_five()) == (30, Outcome.GIVEN)
    assert await list_faults(store) == []


async def test_a_kept_sum_that_is_wrong_is_found(store: Store, campaign: Campaign) -> None:
    """Whoever changed it behind the program's back."""
    await bound(store, campaign, 1000)
    await store.write(bring, await store.write(add_member))
    await store.write(run, update(table).where(table.c.shard == 3).values(held=1))
    (fault,) = await list_faults(store)
    assert "what is owed is kept as" in fault


async def test_many_who_wait_hold_up_nobody_whose_time_has_come(store: Store, campaign: Campaign, clock: Clock) -> None:
    """What finds no room moves on to the next night, and what was held is freed in the same minute."""
    limited = await bound(store, campaign, 80, compose_rule(key="held", give=FIVE, hold_days=1))
    anna = await store.write(add_member)
    await store.write(bring, anna)
    for _ in range(30):
        await store.write(bring, anna)
    assert limited.most_promised == 80
    clock.advance(24 * 3600)
    await free_due(store)
    assert await balance(store, anna) == 50 + 5
    assert await store.read(list_due, limit=9) == []
    assert await list_faults(store) == []
