"""What a rule gives to be handed out waits at the counter, is handed out once, and goes back with what it was for."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Give
from bot.jobs.redeeming import expire_due
from bot.jobs.rewards import free_due
from bot.services.coupons.counter import find_coupon, hand_again, hand_in
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.redeeming.given import list_given
from bot.services.redeeming.redeeming import check, hand_out, take_back
from bot.services.rewards.viewing import explain
from bot.services.standing import list_rewards
from storage import Store
from storage.checks import list_faults
from storage.facts import GrantId, GrantKind, GrantState, RedemptionRow, RedemptionState
from storage.records import Person, Referral
from storage.role import Role
from storage.tables import redemptions, roles
from tests.services.test_coupons import list_news, take_in
from tests.services.test_joining import arrive
from tests.services.test_redeeming import STAFF
from tests.services.test_revoking import add_member
from tests.services.test_rewards import COFFEE, bring, compose_rule, list_grants, set_rules, states, told
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

DAY = 24 * 3600


async def earn(store: Store, campaign: Campaign, **said: object) -> tuple[Person, Referral, RedemptionRow]:
    """Somebody has earned something to be handed out."""
    await set_rules(store, campaign, compose_rule(**{"give": COFFEE} | said))
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.STAFF)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    (grant,) = await store.read(list_grants, [friend])
    row = await store.read(redemptions.find_by_grant, grant.id)
    assert row is not None
    return anna, friend, row


@BOTH_ENGINES
@pytest.mark.parametrize("kind", [GrantKind.CODE, GrantKind.PRIVILEGE, GrantKind.BY_HAND])
async def test_what_was_earned_is_handed_out_once(
    store: Store, campaign: Campaign, kind: GrantKind, clock: Clock
) -> None:
    """Whoever taps how often; a slip is taken back for two minutes, and it can be handed out again."""
    anna, friend, row = await earn(store, campaign, give=Give(kind=kind, what="something"))
    waiting = (await store.read(list_rewards, visitor=anna.profile)).counter.waiting
    assert [(each.reference, each.price) for each in waiting] == [(row.reference, 0)]
    assert [(each.id, name) for each, name in (await store.read(list_given, visitor=STAFF)).given] == [(row.id, "Anna")]
    assert (await store.read(check, visitor=STAFF, reference=row.reference)).row == row
    taps = await asyncio.gather(*(store.write(hand_out, visitor=STAFF, redemption_id=row.id) for _ in range(8)))
    assert [tap.done for tap in taps].count(True) == 1
    assert await states(store, friend) == [GrantState.USED]
    clock.advance(119)
    await store.write(take_back, visitor=STAFF, redemption_id=row.id)
    assert await states(store, friend) == [GrantState.AVAILABLE]
    assert (await store.write(hand_out, visitor=STAFF, redemption_id=row.id)).done
    assert (await store.read(list_given, visitor=STAFF)).given == []
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    assert await states(store, friend) == [GrantState.USED]  # it is in their hands
    assert await list_faults(store) == []


@pytest.mark.parametrize("when", ["joined", "milestone"])
async def test_a_slip_put_right_brings_nothing_that_no_longer_counts(
    store: Store, campaign: Campaign, when: str
) -> None:
    """Handed out, then taken back together with what it was for: it goes back to the shop, with a kind word."""
    _, friend, row = await earn(store, campaign, when=when, number=int(when == "milestone"))
    await store.write(hand_out, visitor=STAFF, redemption_id=row.id)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    await store.write(take_back, visitor=STAFF, redemption_id=row.id)
    assert await states(store, friend) == [GrantState.REVOKED]
    assert (await told(store))[-1:] == ["reward_taken_back"]
    assert not (await store.write(hand_out, visitor=STAFF, redemption_id=row.id)).done
    assert await list_faults(store) == []


async def test_a_coupon_put_right_is_worth_nothing_where_it_no_longer_counts(store: Store, campaign: Campaign) -> None:
    """Likewise; nobody else gets a code that somebody has seen."""
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.STAFF)
    await set_rules(store, campaign, compose_rule(give=Give(kind=GrantKind.COUPON, what="coffee")))
    await take_in(store, "A-1\n")
    friend = await store.write(bring, await store.write(add_member))
    row = await store.read(find_coupon, "A-1")
    assert row is not None
    await store.write(hand_in, visitor=STAFF, coupon_id=row.id)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    await store.write(hand_again, visitor=STAFF, coupon_id=row.id)
    assert await states(store, friend) == [GrantState.REVOKED]
    assert (await list_news(store))[-1:] == ["taken"]
    assert await list_faults(store) == []


async def test_what_goes_back_is_worth_nothing_at_the_counter(store: Store, campaign: Campaign) -> None:
    """The reference says so, and nobody is handed anything."""
    anna, friend, row = await earn(store, campaign)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    handed = await store.write(hand_out, visitor=STAFF, redemption_id=row.id)
    assert handed.row is not None
    assert (handed.done, handed.row.state) == (False, RedemptionState.DECLINED)
    assert (await store.read(list_rewards, visitor=anna.profile)).counter.waiting == []
    assert await list_faults(store) == []


async def test_what_nobody_comes_for_expires_after_its_days(store: Store, campaign: Campaign, clock: Clock) -> None:
    """As the rule says; without points, for none were paid."""
    anna, friend, row = await earn(store, campaign, valid_days=3)
    clock.advance(3 * DAY - 1)
    await expire_due(store)
    assert await states(store, friend) == [GrantState.AVAILABLE]
    clock.advance(1)
    for _ in range(2):
        await expire_due(store)
    assert await states(store, friend) == [GrantState.EXPIRED]
    answer = await store.write(explain, visitor=anna.profile, grant_id=row.grant_id or GrantId(0))
    assert answer.grant is not None
    assert answer.grant.redemption == replace(row, state=RedemptionState.EXPIRED, expires_at=clock.now)
    assert (await store.read(list_rewards, visitor=anna.profile)).balance == campaign.inviter_points
    assert await list_faults(store) == []


async def test_what_is_held_comes_to_the_counter_with_its_day(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Not before."""
    await set_rules(store, campaign, compose_rule(give=COFFEE, hold_days=2))
    anna = await store.write(add_member)
    await store.write(bring, anna)
    assert (await store.read(list_rewards, visitor=anna.profile)).counter.waiting == []
    clock.advance(2 * DAY)
    await free_due(store)
    assert len((await store.write(list_rewards, visitor=anna.profile)).counter.waiting) == 1
