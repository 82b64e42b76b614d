"""What a shop owes its members, counted from the books."""

from __future__ import annotations

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Give
from bot.core.liability import Liability
from bot.services.coupons.counter import find_coupon
from bot.services.stats import sum_owed
from storage import Store
from storage.facts import GrantKind
from storage.tables import coupons
from tests.services.test_coupons import take_in
from tests.services.test_revoking import add_member
from tests.services.test_rewards import FIVE, bring, compose_rule, set_rules


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
