"""Having something for points: never more than there is, never for points that are not there, never handed out twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import Executable, update

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import VALID_DAYS, CatalogueItem
from bot.core.campaigns.pulse import PulseRules
from bot.core.redeeming import Use
from bot.messages.texts import Texts
from bot.messages.why import render_thing_answer
from bot.services.audit import Act, list_acts
from bot.services.campaigns.opening import Source, open_shop
from bot.services.members import MemberView, NotAllowed
from bot.services.redeeming.redeeming import (
    RedemptionView,
    Refusal,
    check,
    check_number,
    confirm,
    decline,
    expire,
    explain_thing,
    hand_out,
    list_due,
    look,
    look_up,
    reserve,
    take_back,
    view_counter,
)
from bot.services.standing import list_rewards
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import RedemptionId, RedemptionState
from storage.pulse import PulseCause
from storage.records import NoticeId, Person, Profile
from storage.role import Role
from storage.schema.redeeming import redemption, stock
from storage.tables import askings, outbox, people, redemptions, roles
from tests.messages.samples import make_shop
from tests.messages.telegram_html import read_html
from tests.owed import list_said
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage import cast
from tests.storage.cast import run
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

DAY = 24 * 3600
STAFF = Profile(telegram_id=900, first_name="Tono", telegram_language="en")
LATTE = CatalogueItem(key="latte", price=30, name={"en": "A latte"}, stock=2, per_member=1, valid_days=3)
BUN = CatalogueItem(key="bun", price=10, name={"en": "A bun"})


@pytest.fixture
async def counter(store: Store, campaign: Campaign) -> Store:
    """A shop that offers two things, with somebody at its counter."""
    offering = replace(campaign, catalogue=(LATTE, BUN))
    await store.write(open_shop, Source(campaign=offering), announce_chat=None, community_chat=None, community_id=None)
    await arrive(store, STAFF)
    await store.write(roles.set, STAFF.telegram_id, Role.STAFF)
    return store


def give(tx: Tx, visitor: Profile, points: int) -> None:
    """Points out of nothing."""
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    assert person is not None
    cast.give(tx, person.id, points)


async def enrich(store: Store, visitor: Profile, points: int) -> None:
    """Let a member have points."""
    await arrive(store, visitor)
    await store.write(give, visitor, points)


async def aside(store: Store, visitor: Profile, item: str = "latte") -> RedemptionView:
    """Put something aside."""
    return await store.write(reserve, visitor=visitor, item=item)


def number_of(view: RedemptionView) -> RedemptionId:
    """Which it is."""
    assert view.row is not None
    return view.row.id


async def buy(store: Store, visitor: Profile, item: str = "latte") -> RedemptionView:
    """Put something aside and say yes."""
    return await store.write(confirm, visitor=visitor, redemption_id=number_of(await aside(store, visitor, item)))


async def count_left(store: Store, visitor: Profile) -> Sequence[int | None]:
    """How many there are of each thing."""
    return [offer.left for offer in (await store.read(list_rewards, visitor=visitor)).counter.offers]


async def list_kinds(store: Store) -> list[str]:
    """Notices about the counter."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [row.kind for row in owed if row.kind.startswith("redemption")]


@BOTH_ENGINES
async def test_a_latte_is_put_aside_paid_and_handed_out_once(counter: Store) -> None:
    """Each step once; the points go, the notice comes, and it is written down who did it."""
    await enrich(counter, ANNA, 50)
    reserved = await aside(counter, ANNA)
    assert number_of(await aside(counter, ANNA)) == number_of(reserved)
    assert await count_left(counter, ANNA) == [None, 1]
    paid = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(reserved))
    again = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(reserved))
    assert paid.row == again.row
    assert paid.row is not None
    assert paid.member.balance == again.member.balance == 20
    seen = await counter.read(check, visitor=STAFF, reference=paid.row.reference)
    assert (seen.use, seen.holder, seen.can_undo) == (Use.READY, "Anna", False)
    taps = await asyncio.gather(*(counter.write(hand_out, visitor=STAFF, redemption_id=paid.row.id) for _ in range(8)))
    assert [tap.done for tap in taps].count(True) == 1
    assert {tap.use for tap in taps} == {Use.USED}
    assert await list_kinds(counter) == ["redemption_handed_out"]
    (act, *_) = await counter.read(list_acts, most=1)
    assert (act.act, act.actor, act.subject, act.after) == (Act.HANDED_OUT, "Tono", "Anna", "latte")
    assert await list_faults(counter) == []


async def test_a_slip_is_taken_back_within_two_minutes(counter: Store, clock: Clock) -> None:
    """Then it waits again, and can be handed out again; later it stays handed out."""
    await enrich(counter, ANNA, 50)
    number = number_of(await buy(counter, ANNA))
    await counter.write(hand_out, visitor=STAFF, redemption_id=number)
    clock.advance(119)
    assert (await counter.write(take_back, visitor=STAFF, redemption_id=number)).use is Use.READY
    assert (await counter.write(hand_out, visitor=STAFF, redemption_id=number)).done
    clock.advance(120)
    assert (await counter.write(take_back, visitor=STAFF, redemption_id=number)).use is Use.USED
    assert await list_kinds(counter) == [
        "redemption_handed_out",
        "redemption_handed_back",
        "redemption_handed_out",
    ]


async def test_what_is_not_said_yes_to_returns_by_itself(counter: Store, clock: Clock) -> None:
    """After ten minutes, or at once by a tap; nothing is paid for it, and somebody else can have it."""
    await enrich(counter, ANNA, 50)
    first = number_of(await aside(counter, ANNA))
    await counter.write(decline, visitor=ANNA, redemption_id=first)
    assert await count_left(counter, ANNA) == [None, 2]
    second = number_of(await aside(counter, ANNA))
    assert await counter.read(list_due, limit=10) == []
    clock.advance(600)
    assert (await counter.write(confirm, visitor=ANNA, redemption_id=second)).refusal is Refusal.LATE
    third = number_of(await aside(counter, ANNA))
    clock.advance(600)
    due = await counter.read(list_due, limit=10)
    assert due == [third]
    for _ in range(2):
        await counter.write(expire, due)
    assert await count_left(counter, ANNA) == [None, 2]
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 50
    assert await list_kinds(counter) == []


async def test_what_nobody_comes_for_brings_the_points_back(counter: Store, clock: Clock) -> None:
    """Once, with a word about it; the reference is worth nothing any more."""
    await enrich(counter, ANNA, 50)
    paid = await buy(counter, ANNA)
    clock.advance(3 * DAY)
    due = await counter.read(list_due, limit=10)
    for _ in range(2):
        await counter.write(expire, due)
    rewards = await counter.write(list_rewards, visitor=ANNA)
    assert rewards.balance == 50
    assert [(line.amount, line.reason) for line in rewards.lines[:2]] == [(30, "item:latte"), (-30, "item:latte")]
    assert await list_kinds(counter) == ["redemption_expired"]
    assert await count_left(counter, ANNA) == [None, 2]
    handed = await counter.write(hand_out, visitor=STAFF, redemption_id=number_of(paid))
    assert (handed.use, handed.done) == (Use.OVER, False)
    assert await list_faults(counter) == []


async def test_nobody_has_what_cannot_be_had(counter: Store) -> None:
    """Not on offer, too dear, more than one may have: each says why, and nothing moves."""
    await enrich(counter, ANNA, 29)
    assert (await aside(counter, ANNA, "cake")).refusal is Refusal.GONE
    assert (await aside(counter, ANNA)).refusal is Refusal.POINTS
    await counter.write(give, ANNA, 100)
    await buy(counter, ANNA)
    assert (await aside(counter, ANNA)).refusal is Refusal.ENOUGH
    assert await count_left(counter, ANNA) == [None, 1]
    offers = (await counter.read(list_rewards, visitor=ANNA)).counter.offers
    assert [(offer.item.key, offer.refusal) for offer in offers] == [("bun", None), ("latte", Refusal.ENOUGH)]


async def test_each_answer_says_all_there_is_to_say(counter: Store, clock: Clock) -> None:
    """What is missing, what it costs and which it is; as many points as it costs are enough."""
    await enrich(counter, ANNA, 29)
    gone = await aside(counter, ANNA, "cake")
    assert gone == RedemptionView(member=gone.member, refusal=Refusal.GONE)
    dear = await aside(counter, ANNA)
    assert dear == RedemptionView(member=dear.member, refusal=Refusal.POINTS, price=30, item="latte")
    await counter.write(give, ANNA, 1)
    first, again = [await aside(counter, ANNA) for _ in range(2)]
    assert first.row is not None
    assert first.row.expires_at == clock.now + 600 * 1_000_000
    assert first == again == RedemptionView(member=first.member, row=first.row, item="latte")
    bun = await aside(counter, ANNA, "bun")
    await counter.write(confirm, visitor=ANNA, redemption_id=number_of(bun))
    poor = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(first))
    assert poor == RedemptionView(member=poor.member, row=first.row, refusal=Refusal.POINTS, price=30, item="latte")
    assert (poor.member.balance, poor.member.id) == (20, first.member.id)
    await counter.write(give, ANNA, 10)
    clock.advance(600)
    late = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(first))
    assert late == RedemptionView(member=late.member, refusal=Refusal.LATE)
    second = await aside(counter, ANNA)
    assert number_of(second) != number_of(first)
    clock.advance(599)
    third = await aside(counter, ANNA, "bun")
    clock.advance(1)
    await counter.write(expire, [number_of(third), number_of(second)])
    rows = [await counter.read(redemptions.get, number_of(each)) for each in (second, third)]
    assert [row.state for row in rows] == [RedemptionState.DECLINED, RedemptionState.RESERVED]
    await counter.write(decline, visitor=ANNA, redemption_id=number_of(third))
    declined = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(third))
    assert declined.row is not None
    assert (declined.row.state, declined.item, declined.refusal) == (RedemptionState.DECLINED, "bun", None)


@BOTH_ENGINES
async def test_points_are_spent_once_however_many_things_are_put_aside(counter: Store) -> None:
    """Ten points buy one bun or a third of a latte, whichever yes comes first; never both."""
    await enrich(counter, ANNA, 35)
    numbers = [number_of(await aside(counter, ANNA, item)) for item in ("bun", "latte")]
    await asyncio.gather(*(counter.write(confirm, visitor=ANNA, redemption_id=each) for each in numbers * 4))
    states = [(await counter.read(look, visitor=ANNA, redemption_id=each)).row for each in numbers]
    paid = [row.price for row in states if row is not None and row.state is RedemptionState.REDEEMED]
    assert len(paid) == 1
    assert (await counter.read(list_rewards, visitor=ANNA)).balance == 35 - sum(paid)
    assert await list_faults(counter) == []


@BOTH_ENGINES
async def test_the_last_ones_go_to_as_many_as_there_are(counter: Store) -> None:
    """Sixteen want the two that are left, all at once."""
    visitors = [Profile(telegram_id=500 + number, first_name=f"Guest {number}") for number in range(16)]
    for visitor in visitors:
        await enrich(counter, visitor, 50)
    views = await asyncio.gather(*(aside(counter, visitor) for visitor in visitors * 2))
    assert len({view.row.id for view in views if view.row is not None}) == 2
    assert {view.refusal for view in views if view.row is None} == {Refusal.STOCK}
    assert await count_left(counter, visitors[0]) == [None, 0]


async def test_others_see_nothing_of_it_and_can_do_nothing(counter: Store) -> None:
    """A member has their own alone, and the counter is the team's."""
    await enrich(counter, ANNA, 50)
    await arrive(counter, BUDI)
    paid = await buy(counter, ANNA)
    assert paid.row is not None
    number = number_of(paid)
    assert (await counter.read(look, visitor=BUDI, redemption_id=number)).row is None
    assert (await counter.read(look_up, visitor=BUDI, reference=paid.row.reference)).row is None
    assert (await counter.read(look_up, visitor=ANNA, reference=paid.row.reference)).row == paid.row
    assert (await counter.write(confirm, visitor=BUDI, redemption_id=number)).row is None
    assert (await counter.write(decline, visitor=BUDI, redemption_id=number)).row is None
    for unit in (hand_out, take_back):
        with pytest.raises(NotAllowed):
            await counter.write(unit, visitor=ANNA, redemption_id=number)
    with pytest.raises(NotAllowed):
        await counter.read(check, visitor=ANNA, reference=paid.row.reference)
    assert await counter.read(redemptions.get, number) == paid.row
    missing = await counter.write(hand_out, visitor=STAFF, redemption_id=RedemptionId(10**6))
    assert missing.row is None
    assert (await counter.read(check, visitor=STAFF, reference=None)).row is None


async def test_why_something_stands_as_it_does_is_answered(counter: Store, clock: Clock) -> None:
    """By what it was offered for then, what was seen of it, and what is missing; to its member alone."""
    await enrich(counter, ANNA, 100)
    await arrive(counter, BUDI)
    asked, given_up = await aside(counter, ANNA), await aside(counter, ANNA, "bun")
    await counter.write(decline, visitor=ANNA, redemption_id=number_of(given_up))
    shop = make_shop()

    async def ask(number: RedemptionId, visitor: Profile = ANNA) -> str:
        view = await counter.write(explain_thing, visitor=visitor, redemption_id=number)
        return read_html(render_thing_answer(Texts("en"), shop, view).text).text

    said = await ask(number_of(asked))
    assert "A latte can be had for 30 points." in said
    assert "put aside on" in said
    assert "Your yes is missing" in said
    assert "went back on the shelf" in await ask(number_of(given_up))
    paid = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(asked))
    assert "It is paid with 30 points" in await ask(number_of(paid))
    assert "cannot find" in await ask(number_of(paid), BUDI)
    await counter.write(hand_out, visitor=STAFF, redemption_id=number_of(paid))
    assert "handed out to you on" in await ask(number_of(paid))
    late = await buy(counter, ANNA, "bun")
    clock.advance(40 * 86_400)
    await counter.write(expire, await counter.read(list_due, limit=5))
    assert "came back" in await ask(number_of(late))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (update(redemption).values(price=31), "other points than their price"),
        (update(stock).values(taken=stock.c.taken + 1), "2 of 'latte' are out of stock, and 1 are in"),
        (update(stock).values(taken=0), "0 of 'latte' are out of stock, and 1 are in"),
    ],
    ids=["price", "more gone", "fewer gone"],
)
async def test_books_that_do_not_agree_are_found(counter: Store, statement: Executable, words: str) -> None:
    """Whatever changed behind the program's back."""
    await enrich(counter, ANNA, 50)
    await buy(counter, ANNA)
    assert await list_faults(counter) == []
    await counter.write(run, statement)
    assert [fault for fault in await list_faults(counter) if words in fault]


async def test_what_stands_beside_a_member_is_checked_by_its_number(counter: Store) -> None:
    """Like by its reference; what there is not is nobody's."""
    await enrich(counter, ANNA, 50)
    paid = await buy(counter, ANNA)
    seen = await counter.read(check_number, visitor=STAFF, redemption_id=number_of(paid))
    assert (seen.member.name, seen.row, seen.use, seen.holder, seen.done, seen.can_undo) == (
        "Tono",
        paid.row,
        Use.READY,
        "Anna",
        False,
        False,
    )
    none = await counter.read(check_number, visitor=STAFF, redemption_id=RedemptionId(99))
    assert (none.row, none.holder, none.member.name) == (None, "", "Tono")
    with pytest.raises(NotAllowed):
        await counter.read(check_number, visitor=ANNA, redemption_id=number_of(paid))


async def test_what_is_had_for_points_is_seen_and_said_as_it_stands(counter: Store, clock: Clock) -> None:
    """Until when it waits, what it costs, who handed it out; and what its member hears of each step."""
    await enrich(counter, ANNA, 50)
    anna = await counter.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    before = await counter.read(view_counter, view_member_of(anna))
    assert [(each.item.key, each.left, each.refusal, each.waits) for each in before.offers] == [
        ("bun", None, None, False),
        ("latte", 2, None, False),
    ]
    assert (list(before.waiting), before.balance) == ([], 50)
    put = await aside(counter, ANNA)
    assert put.row is not None
    assert (put.item, put.waits, put.refusal, put.price, put.member.id) == ("latte", False, None, 0, anna.id)
    assert (put.row.price, put.row.expires_at, put.row.state) == (30, clock.now + 600_000_000, RedemptionState.RESERVED)
    assert (await aside(counter, ANNA)).item == "latte"
    paid = await counter.write(confirm, visitor=ANNA, redemption_id=put.row.id)
    assert paid.row is not None
    assert (paid.item, paid.grant, paid.member.balance) == ("latte", None, 20)
    assert (paid.row.expires_at, paid.row.state) == (clock.now + 3 * DAY * 1_000_000, RedemptionState.REDEEMED)
    assert await counter.read(look, visitor=ANNA, redemption_id=put.row.id) == paid
    assert list((await counter.read(view_counter, paid.member)).waiting) == [paid.row]
    dear = await aside(counter, BUDI, "bun")
    assert (dear.row, dear.refusal, dear.price, dear.item) == (None, Refusal.POINTS, 10, "bun")
    await counter.write(hand_out, visitor=STAFF, redemption_id=put.row.id)
    done = await counter.write(take_back, visitor=STAFF, redemption_id=put.row.id)
    assert (done.done, done.use, done.holder, done.member.name, done.rule) == (False, Use.READY, "Anna", "Tono", None)
    bun = await buy(counter, ANNA, "bun")
    assert bun.row is not None
    assert bun.row.expires_at == clock.now + VALID_DAYS * DAY * 1_000_000
    clock.advance(3 * DAY)
    await counter.write(expire, await counter.read(list_due, limit=9))
    said = [each for each in await counter.read(list_said) if each[0].startswith("redemption")]
    assert said == [
        ("redemption_handed_out", anna.id, {"item": "latte"}),
        ("redemption_handed_back", anna.id, {"item": "latte"}),
        ("redemption_expired", anna.id, {"item": "latte", "points": 30}),
    ]
    acts = [each for each in await counter.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("handed_back", "Tono", "Anna", "latte"),
        ("handed_out", "Tono", "Anna", "latte"),
    ]


async def test_points_that_are_gone_meanwhile_pay_for_nothing(counter: Store) -> None:
    """What was put aside stays so, and it is said what it costs."""
    await enrich(counter, ANNA, 35)
    latte, bun = await aside(counter, ANNA), await aside(counter, ANNA, "bun")
    await counter.write(confirm, visitor=ANNA, redemption_id=number_of(latte))
    refused = await counter.write(confirm, visitor=ANNA, redemption_id=number_of(bun))
    assert (refused.refusal, refused.price, refused.item, refused.row) == (Refusal.POINTS, 10, "bun", bun.row)
    assert await counter.read(look_up, visitor=ANNA, reference=None) == replace(
        refused, row=None, refusal=None, price=0, item=""
    )


async def test_a_good_moment_is_taken_where_it_is_none_after_all_it_is_not(
    counter: Store, campaign: Campaign, clock: Clock
) -> None:
    """Whoever was handed something is asked how it was, and not when that was a slip."""
    asks = replace(campaign, catalogue=(LATTE,), pulse=PulseRules())
    await counter.write(open_shop, Source(campaign=asks))
    await enrich(counter, ANNA, 50)
    anna = await counter.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    number = number_of(await buy(counter, ANNA))
    await counter.write(hand_out, visitor=STAFF, redemption_id=number)
    asked = await counter.read(askings.get, anna.id)
    assert (asked.pulse_due_at, asked.pulse_cause) == (clock.now + 3600 * 1_000_000, PulseCause.REDEEMED)
    await counter.write(take_back, visitor=STAFF, redemption_id=number)
    asked = await counter.read(askings.get, anna.id)
    assert (asked.pulse_due_at, asked.pulse_cause) == (None, None)


def view_member_of(person: Person) -> MemberView:
    """A member with the points that they have."""
    return MemberView(
        id=person.id,
        telegram_id=person.profile.telegram_id,
        name=person.profile.first_name,
        code=person.code,
        language="en",
        score=person.score,
        balance=person.balance,
        anonymous=False,
    )
