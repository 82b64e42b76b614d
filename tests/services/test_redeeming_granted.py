"""What is had for points without the counter: a coupon, a gift, a code; paid once, given once, or the points come back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.rewards import Give
from bot.services.campaigns.opening import Source, open_shop
from bot.services.coupons import giving
from bot.services.coupons.counter import check_coupon, hand_in
from bot.services.gifts import sending
from bot.services.privacy import forget
from bot.services.redeeming.redeeming import Refusal, ThingAnswer, confirm, explain_thing, give_up, look, reserve
from bot.services.standing import list_rewards
from storage import Store
from storage.checks import list_faults
from storage.facts import EventKind, GrantKind, GrantState, RedemptionState
from storage.gift import Trouble
from storage.records import Profile
from storage.role import Role
from storage.tables import people, roles
from tests.owed import list_said
from tests.services.selling import sell
from tests.services.test_coupons import take_in
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.services.test_redeeming import STAFF, buy, count_left, enrich, list_kinds, number_of
from tests.thinning import BOTH_ENGINES

COFFEE = CatalogueItem(
    key="coffee", price=30, name={"en": "A coffee"}, stock=3, give=Give(kind=GrantKind.COUPON, what="coffee")
)
BEAR = CatalogueItem(key="bear", price=20, name={"en": "A bear"}, stock=1, give=Give(kind=GrantKind.GIFT, what="51"))
CODE = CatalogueItem(key="code", price=10, name={"en": "Ten off"}, give=Give(kind=GrantKind.CODE, what="TEN"))
SHARE = CatalogueItem(key="share", price=10, name={"en": "A share"}, give=Give(kind=GrantKind.PERCENT, amount=10))
TABLE = CatalogueItem(key="table", price=10, name={"en": "A table"}, give=Give(kind=GrantKind.PRIVILEGE, what="sits"))


@pytest.fixture
async def counter(store: Store, campaign: Campaign) -> Store:
    """A shop with things of every kind, and somebody at its counter."""
    offering = replace(campaign, catalogue=(COFFEE, BEAR, CODE, SHARE, TABLE))
    await store.write(open_shop, Source(campaign=offering), announce_chat=None, community_chat=None, community_id=None)
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.OWNER)
    return store


async def view_states(store: Store, visitor: Profile) -> list[tuple[GrantKind, GrantState]]:
    """What a member reads of what they have."""
    return [(each.row.kind, each.row.state) for each in (await store.write(list_rewards, visitor=visitor)).live]


@BOTH_ENGINES
async def test_a_coupon_is_paid_once_and_given_once_however_often_one_taps(counter: Store) -> None:
    """Its code is there at once; it is used at the counter like any other."""
    await take_in(counter, "AAA\nBBB\n", by=STAFF)
    await enrich(counter, ANNA, 100)
    assert (await count_left(counter, ANNA))[-1] == 2
    number = number_of(await counter.write(reserve, visitor=ANNA, item="coffee"))
    taps = await asyncio.gather(*(counter.write(confirm, visitor=ANNA, redemption_id=number) for _ in range(8)))
    assert {tap.grant.coupon.code for tap in taps if tap.grant and tap.grant.coupon} == {"AAA"}
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 70
    assert (await count_left(counter, ANNA))[-1] == 1
    seen = await counter.read(check_coupon, visitor=STAFF, typed="aaa")
    assert (seen.holder, seen.rule) == ("Anna", COFFEE.rule)
    assert seen.row is not None
    assert (await counter.write(hand_in, visitor=STAFF, coupon_id=seen.row.id)).done
    used = await counter.write(look, visitor=ANNA, redemption_id=number)
    assert used.row is not None
    assert used.grant is not None
    assert (used.row.state, used.grant.row.state) == (RedemptionState.GRANTED, GrantState.USED)
    assert (used.grant.rule, used.grant.happened) == (COFFEE.rule, EventKind.HAD)
    why = await counter.read(explain_thing, visitor=ANNA, redemption_id=number)
    assert why == ThingAnswer(member=why.member, row=used.row, grant=used.grant)
    assert await list_faults(counter) == []


async def test_who_pays_at_an_empty_pool_waits_and_is_served_by_the_next_list(counter: Store) -> None:
    """It is said before; the points are not lost, and the place in the queue is theirs."""
    await enrich(counter, ANNA, 100)
    asked = await counter.write(reserve, visitor=ANNA, item="coffee")
    assert (asked.waits, asked.refusal) == (True, None)
    await buy(counter, ANNA, "coffee")
    assert await view_states(counter, ANNA) == [(GrantKind.COUPON, GrantState.WAITING)]
    await take_in(counter, "AAA\n", by=STAFF)
    assert await view_states(counter, ANNA) == [(GrantKind.COUPON, GrantState.AVAILABLE)]
    assert await list_faults(counter) == []


@BOTH_ENGINES
async def test_who_does_not_want_to_wait_has_the_points_back(counter: Store) -> None:
    """Once, with the piece of the stock; once the code is there it stays bought."""
    await enrich(counter, ANNA, 100)
    number = number_of(await buy(counter, ANNA, "coffee"))
    taps = await asyncio.gather(*(counter.write(give_up, visitor=ANNA, redemption_id=number) for _ in range(4)))
    assert {tap.row.state for tap in taps if tap.row} == {RedemptionState.RETURNED}
    rewards = await counter.read(list_rewards, visitor=ANNA)
    assert (rewards.balance, [line.amount for line in rewards.lines[:2]]) == (100, [30, -30])
    assert (await count_left(counter, ANNA))[-1] == 3
    await take_in(counter, "AAA\n", by=STAFF)
    bought = number_of(await buy(counter, ANNA, "coffee"))
    stays = await counter.write(give_up, visitor=ANNA, redemption_id=bought)
    assert stays.row is not None
    assert stays.row.state is RedemptionState.GRANTED
    await arrive(counter, BUDI)
    assert (await counter.write(give_up, visitor=BUDI, redemption_id=bought)).row is None
    assert await list_faults(counter) == []


@pytest.mark.parametrize("trouble", [Trouble.DECLINED, Trouble.GONE, Trouble.REFUSED, Trouble.UNREACHABLE])
async def test_a_gift_that_telegram_refuses_gives_the_points_back(counter: Store, trouble: Trouble) -> None:
    """Told once, with the reason; it is not tried again, and somebody else can have it."""
    await enrich(counter, ANNA, 50)
    await buy(counter, ANNA, "bear")
    assert (await counter.write(reserve, visitor=ANNA, item="bear")).refusal is Refusal.STOCK
    (due,) = await counter.read(sending.list_due, limit=5)
    assert await counter.write(sending.claim, due, stars=15)
    for _ in range(2):
        await counter.write(partial(sending.note_trouble, due=due, trouble=trouble, error="no", stars=15))
    assert await list_kinds(counter) == ["redemption_returned"]
    told = [dict(said) for _, _, said in await counter.read(list_said, "gift_troubled")]
    to_team = trouble not in {Trouble.DECLINED, Trouble.UNREACHABLE}
    assert told == [{"trouble": trouble, "gift": "51", "stars": 15, "error": "no"}] * to_team
    rewards = await counter.read(list_rewards, visitor=ANNA)
    assert (rewards.balance, rewards.live) == (50, [])
    assert await counter.read(sending.list_due, limit=5) == []
    assert (await counter.write(reserve, visitor=ANNA, item="bear")).refusal is None
    assert await list_faults(counter) == []


async def test_a_gift_waits_for_stars_and_is_called_back_only_before_it_leaves(counter: Store) -> None:
    """What is on its way may be in somebody's hands."""
    await enrich(counter, ANNA, 50)
    number = number_of(await buy(counter, ANNA, "bear"))
    (due,) = await counter.read(sending.list_due, limit=5)
    await counter.write(sending.note_trouble, due, Trouble.BALANCE, stars=15)
    assert await view_states(counter, ANNA) == [(GrantKind.GIFT, GrantState.WAITING)]
    assert await counter.write(sending.claim, due, stars=15)
    on_its_way = await counter.write(give_up, visitor=ANNA, redemption_id=number)
    assert on_its_way.row is not None
    assert on_its_way.row.state is RedemptionState.GRANTED
    await counter.write(sending.note_sent, due.grant_id)
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 30
    assert await list_faults(counter) == []


async def test_a_code_and_a_share_are_there_at_once_and_a_privilege_waits_at_the_counter(counter: Store) -> None:
    """Each once, in the member's list or under a reference."""
    await enrich(counter, ANNA, 50)
    for item in ("code", "share", "table"):
        await buy(counter, ANNA, item)
    assert await view_states(counter, ANNA) == [
        (GrantKind.PERCENT, GrantState.AVAILABLE),
        (GrantKind.CODE, GrantState.AVAILABLE),
    ]
    (waiting,) = (await counter.read(list_rewards, visitor=ANNA)).counter.waiting
    assert (waiting.item, waiting.state) == ("table", RedemptionState.REDEEMED)
    assert await list_faults(counter) == []


async def test_what_a_forgotten_member_waits_for_is_free_again(counter: Store) -> None:
    """Nobody gets it, and the stock says so."""
    await enrich(counter, ANNA, 100)
    await enrich(counter, BUDI, 100)
    await buy(counter, ANNA, "coffee")
    await buy(counter, ANNA, "bear")
    await counter.write(forget, telegram_id=ANNA.telegram_id)
    assert (await count_left(counter, BUDI))[-2:] == [1, 3]
    assert await list_faults(counter) == []


@BOTH_ENGINES
async def test_the_last_coupons_and_the_stock_agree_whoever_comes_at_once(counter: Store) -> None:
    """Three in stock, two in the pool, eight who want one: two have a code, one waits, nobody has paid in vain."""
    await take_in(counter, "AAA\nBBB\n", by=STAFF)
    visitors = [Profile(telegram_id=500 + number, first_name=f"Guest {number}") for number in range(8)]
    for visitor in visitors:
        await enrich(counter, visitor, 30)
    aside = await asyncio.gather(*(counter.write(reserve, visitor=each, item="coffee") for each in visitors))
    got = [(each, number_of(view)) for each, view in zip(visitors, aside, strict=True) if view.refusal is None]
    await asyncio.gather(*(counter.write(confirm, visitor=each, redemption_id=number) for each, number in got))
    states = [state for each in visitors for state in await view_states(counter, each)]
    assert sorted(state for _, state in states) == [GrantState.AVAILABLE, GrantState.AVAILABLE, GrantState.WAITING]
    assert await counter.write(giving.fill_waiting, "coffee", 10) == 0
    balances = [(await counter.read(list_rewards, visitor=each)).balance for each in visitors]
    assert sorted(balances) == [0, 0, 0, 30, 30, 30, 30, 30]
    assert await list_faults(counter) == []


async def test_a_share_that_was_paid_for_comes_with_the_next_purchase(counter: Store) -> None:
    """Once; given back with the purchase, it waits for the next one."""
    await enrich(counter, ANNA, 50)
    await buy(counter, ANNA, "share")
    anna = await counter.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    await counter.write(sell, anna.id, amount=200, order_id="1")
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 40 + 20
    await counter.write(sell, anna.id, amount=200, order_id="1", refund="all")
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 40
    assert await list_faults(counter) == []
    await counter.write(sell, anna.id, amount=100, order_id="2")
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 40 + 10
    assert await list_faults(counter) == []
