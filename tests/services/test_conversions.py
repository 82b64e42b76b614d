"""Orders are reported in any order, and stand as docs/conversions.md says."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import count, permutations
from random import Random
from typing import Any

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.pulse import PulseRules
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.links import Addresses
from bot.services.claiming.naming import name_inviter
from bot.services.community.membership import come, leave
from bot.services.conversions.orders import view_order
from bot.services.conversions.reporting import Outcome, report
from bot.services.conversions.settling import drop, list_due, settle_due
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from storage import Store, Tx
from storage.checks import list_faults
from storage.conversion import Channel, ConversionType, MemberKey, Reason, Report, Sale, SaleState
from storage.facts import GrantKind, GrantState
from storage.pulse import PulseCause
from storage.records import Person, Profile, Referral, Side
from storage.role import Role
from storage.tables import askings, coupons, ledgers, people, referrals, roles, sales
from tests.architecture.test_shape import ROOT
from tests.services.conftest import CHAT
from tests.services.selling import sell
from tests.services.test_coupons import earn, take_in
from tests.services.test_revoking import add_member
from tests.services.test_rewards import bring, list_grants, set_rules
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

DAY = 86_400
STEPS = ("join", "claim", "purchase", "refund", "duplicate", "leave")
SEVERAL = int(os.environ.get("ORDERS", "24"))
"""So many of the 9,360 orders of steps are played; ORDERS=9360 plays them all."""

FIVE = Rule(key="five", when="purchased", who=Side.INVITER, give=Give(kind=GrantKind.POINTS, amount=5))
TENTH = Rule(key="tenth", when="purchased", who=Side.INVITEE, give=Give(kind=GrantKind.PERCENT, amount=10))
_NUMBERS = count(40_000)


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    wants: Sequence[str]
    state: SaleState

    def fits(self, facts: Sequence[str]) -> bool:
        """Whether all of it is as it says; "any" is everything, and of refunds anything but none."""
        pairs = zip(self.wants, facts, strict=True)
        return all(want in {"any", fact} for want, fact in pairs)


def read_table() -> list[Row]:
    """The table in the document."""
    lines = (ROOT / "docs" / "conversions.md").read_text("utf-8").splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("| purchase | refunds |"))
    rows = []
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            break
        *wants, state = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append(Row(wants, SaleState(state.strip("`"))))
    return rows


@dataclass
class Facts:
    """What has happened, as the table asks for it."""

    now: float = 0
    bought_at: float | None = None
    refund: str = "none"
    joined_at: float | None = None
    inside: bool = False
    claimed_at: float | None = None
    inside_then: bool = False
    left: bool = False
    waits_for: list[str] = field(default_factory=list)

    def note(self, step: str, *, part: bool) -> None:
        """One thing happens now."""
        if step in {"purchase", "duplicate"} and self.bought_at is None:
            self.bought_at = self.now
        elif step == "refund":
            self.refund = "part" if part else "whole"
        elif step == "join":
            self.joined_at, self.inside = self.now, True
        elif step == "claim" and self.joined_at is not None and self.now - self.joined_at <= 7:
            self.claimed_at, self.inside_then = self.now, self.inside
        elif step == "leave" and self.inside:
            since = max(self.joined_at or 0, self.claimed_at or 0)
            self.left = self.claimed_at is not None and self.now - since < 7
            self.inside = False

    def list_cells(self) -> list[str]:
        """In the words of the table."""
        claimed = self.claimed_at is not None
        left = "after" if self.left else "before" if claimed and not self.inside_then else "no"
        early = claimed and self.bought_at is not None and (self.claimed_at or 0) - self.bought_at > 7
        return [
            "no" if self.bought_at is None else "yes",
            self.refund,
            "no" if self.joined_at is None else "yes",
            "yes" if claimed else "no",
            left,
            "too early" if early else "in time",
        ]


def list_orders() -> Iterator[tuple[tuple[str, ...], int, bool]]:
    """Steps in every order, with a long pause after one of them (or none), and refunds of a part or the whole."""
    every = [(steps, pause, part) for steps in permutations(STEPS) for pause in range(6) for part in (True, False)]
    short = [(steps[:-1], 9, True) for steps in permutations(STEPS)]
    yield ("purchase", "join", "claim", "refund", "duplicate", "leave"), 0, True
    yield from Random(12).sample([*every, *short], SEVERAL)


def compose_report(order: str, code: str, at: int, **said: object) -> Report:
    """A purchase for ten euros."""
    values: dict[str, object] = {
        "type": ConversionType.PURCHASE,
        "order_id": order,
        "amount": 1000,
        "currency": "EUR",
        "member_key": MemberKey.TELEGRAM_ID,
        "member": code,
        "occurred_at": at,
        "channel": Channel.API,
    }
    values |= said
    return Report(**values, fingerprint=str(sorted(values.items(), key=str)))  # type: ignore[arg-type]


async def tend(store: Store) -> None:
    """What the job does."""
    await store.write(settle_due, await store.read(list_due, limit=500))


async def take_step(store: Store, step: str, friend: Profile, anna: Person, at: int, *, part: bool) -> None:
    """One thing happens to an order of a friend's."""
    order, number = f"A-{friend.telegram_id}", str(friend.telegram_id)
    if step == "join":
        await store.write(start, visitor=friend, payload="")
        await store.write(come, chat_id=CHAT, newcomer=friend, link="")
    elif step == "claim":
        known = await store.read(people.find_by_telegram_id, friend.telegram_id)
        if known is not None:
            await store.write(name_inviter, visitor=friend, text=anna.code, addresses=Addresses("oven_bot", ""))
    elif step == "leave":
        await store.write(leave, chat_id=CHAT, telegram_id=friend.telegram_id)
    elif step == "refund":
        amount = 400 if part else 1000
        await store.write(report, compose_report(order, number, 1, type=ConversionType.REFUND, amount=amount))
    else:
        await store.write(report, compose_report(order, number, at))


async def find_sale(store: Store, order_id: str) -> Sale:
    """An order that is there."""
    found = await store.read(sales.find_by_order, order_id)
    assert found is not None
    return found


async def test_whatever_comes_first_an_order_stands_as_the_table_says(
    store: Store, strict: Campaign, clock: Clock
) -> None:
    """Each order of the steps, with and without a week between two of them, reaches the state of the first row that fits."""
    await set_rules(store, strict, FIVE, TENTH)
    table, wrong = read_table(), []
    for steps, pause, part in list_orders():
        anna = await store.write(add_member)
        friend = Profile(telegram_id=next(_NUMBERS), first_name="Budi", telegram_language="en")
        facts, bought = Facts(), 0
        for place, step in enumerate(steps):
            now = clock.now
            bought = bought or (now if step in {"purchase", "duplicate"} else 0)
            await take_step(store, step, friend, anna, bought, part=part)
            facts.note(step, part=part)
            pass_days = 8 if place == pause else 0.01
            clock.advance(pass_days * DAY)
            facts.now += pass_days
        await tend(store)
        said = next(row.state for row in table if row.fits(facts.list_cells()))
        sale = await find_sale(store, f"A-{friend.telegram_id}")
        usual = strict.inviter_points if facts.claimed_at is not None and facts.inside_then and not facts.left else 0
        extra = 5 if said in {SaleState.COUNTED, SaleState.REDUCED} else 0
        balance = await store.read(ledgers.get_balance, anna.id)
        if (sale.state, balance) != (said, usual + extra):
            wrong.append((steps, pause, part, sale.state, said, balance, usual + extra))
    assert wrong == []
    assert await list_faults(store) == []


@dataclass
class Till:
    """A friend of Anna's who buys."""

    store: Store
    anna: Person
    friend: Person

    async def tell(self, order: str = "A-1", **said: object) -> tuple[Outcome, str, Reason]:
        """Report something, now."""
        now = await self.store.read(read_now)
        key = {"member_key": MemberKey.CODE} | said
        told = await self.store.write(report, compose_report(order, self.friend.code, now, **key))
        return told.outcome, told.state, told.reason

    async def refund(self, amount: int, part: str = "", order: str = "A-1") -> None:
        """Give so much back."""
        await self.store.write(sell, self.friend.id, amount=amount, order_id=order, refund=part)

    async def balances(self) -> tuple[int, int]:
        """What both have besides the usual points."""
        return tuple([await self.store.read(ledgers.get_balance, each.id) for each in (self.anna, self.friend)])  # type: ignore[return-value]


def read_now(tx: Tx) -> int:
    """The moment."""
    return tx.now


async def open_till(store: Store, campaign: Campaign, *rules: Rule) -> Till:
    """A shop with these rules, in which joining brings nothing else that the test would have to know of."""
    await set_rules(store, campaign, *rules)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    for person, points in ((anna, campaign.inviter_points), (friend.invitee_id, campaign.invitee_points)):
        assert await store.read(ledgers.get_balance, person if isinstance(person, int) else person.id) == points
    return Till(store, anna, (await store.read(people.list_by_ids, [friend.invitee_id]))[friend.invitee_id])


async def test_the_same_again_is_answered_the_same_and_another_under_its_number_is_refused(
    store: Store, campaign: Campaign
) -> None:
    """Also after the order has moved on; by the order's number, or by the request's own."""
    till = await open_till(store, campaign, FIVE)
    said = compose_report("A-1", till.friend.code, 1, member_key=MemberKey.CODE, occurred_at=await store.read(read_now))
    first = await store.write(report, said, request="one")
    await till.refund(1000)
    for request in ("", "one", "two"):
        again = await store.write(report, said, request=request)
        assert (again.outcome, again.conversion_id, again.state) == (Outcome.AGAIN, first.conversion_id, "counted")
    assert (await till.tell(amount=999))[0] is Outcome.OTHER
    other = compose_report("A-2", till.friend.code, 1)
    assert (await store.write(report, other, request="one")).outcome is Outcome.OTHER
    assert await store.read(sales.find_by_order, "A-2") is None
    assert (await find_sale(store, "A-1")).state is SaleState.REFUNDED
    assert await list_faults(store) == []


@pytest.mark.parametrize(
    ("refunds", "friend", "anna"),
    [([], 100, 5), ([400], 60, 5), ([400, 400], 20, 0), ([400, 400, 200], 0, 0), ([5000], 0, 0), ([1], 100, 5)],
)
async def test_what_is_given_back_is_taken_back_by_as_much_as_the_rules_say(
    store: Store, campaign: Campaign, refunds: list[int], friend: int, anna: int
) -> None:
    """A tenth of what is left for the friend, and five for Anna while 500 are left; whether refunds come before or after."""
    big = Rule(key="big", when="purchased", number=500, who=Side.INVITER, give=FIVE.give, limit=Limit(budget=50))
    for early in (False, True):
        till = await open_till(store, campaign, TENTH, big)
        before, order = await till.balances(), f"A-{early}"
        if not early:
            await till.tell(order)
        for place, amount in enumerate(refunds):
            await till.refund(amount, str(place), order)
        if early:
            await till.tell(order)
        after = await till.balances()
        assert (after[0] - before[0], after[1] - before[1]) == (anna, friend)
    assert await list_faults(store) == []


async def test_a_held_share_stays_held_when_it_becomes_smaller(store: Store, campaign: Campaign, clock: Clock) -> None:
    """And what is freed in the end is the smaller one."""
    till = await open_till(store, campaign, Rule(**{**_spread(TENTH), "hold_days": 3}))
    await till.tell()
    clock.advance(DAY)
    await till.refund(500)
    referral = await store.read(find_referral, till.friend)
    rows = await store.read(list_grants, [referral])
    assert [(row.state, row.points) for row in rows] == [(GrantState.REVOKED, 100), (GrantState.HELD, 50)]
    assert await list_faults(store) == []


async def test_a_promised_share_waits_again_when_its_purchase_is_given_back(store: Store, campaign: Campaign) -> None:
    """A part given back makes it smaller; all of it given back, the next purchase has it."""
    till = await open_till(store, campaign, Rule(key="next", when="joined", who=Side.INVITEE, give=TENTH.give))
    before = (await till.balances())[1]
    for step, points in ((till.tell(), 100), (till.refund(400), 60), (till.refund(600, "2"), 0)):
        await step
        assert (await till.balances())[1] - before == points
    await till.tell("A-2", amount=300)
    assert (await till.balances())[1] - before == 30
    assert await list_faults(store) == []


async def test_a_first_purchase_given_back_leaves_the_next_one_the_first(store: Store, campaign: Campaign) -> None:
    """Whoever buys, gives back and buys again has bought once."""
    first = Rule(**{**_spread(FIVE), "condition": Condition(nth=1)})
    till = await open_till(store, campaign, first)
    before = (await till.balances())[0]
    await till.tell()
    await till.refund(1000)
    await till.tell("A-2")
    await till.tell("A-3")
    assert (await till.balances())[0] - before == 5


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"member": "Nobody0000"}, Reason.UNKNOWN_MEMBER),
        ({"member_key": MemberKey.EXTERNAL_ID, "member": "C-1"}, Reason.UNKNOWN_MEMBER),
        ({"member_key": MemberKey.TOKEN, "member": "nothing"}, Reason.UNKNOWN_MEMBER),
        ({"member_key": MemberKey.COUPON, "member": "SAVE-1"}, Reason.UNKNOWN_COUPON),
        ({"member_key": MemberKey.NOBODY, "member": ""}, Reason.NO_MEMBER),
        ({"currency": "USD"}, Reason.CURRENCY),
        ({"occurred_at": 4_000_000_000_000_000}, Reason.FUTURE),
    ],
)
async def test_what_does_not_fit_waits_with_its_reason(
    store: Store, campaign: Campaign, said: dict[str, object], reason: Reason
) -> None:
    """In the list that the team sees, and counts for nothing."""
    till = await open_till(store, campaign, FIVE)
    await till.tell("A-0")
    before = await till.balances()
    assert await till.tell("A-1", **said) == (Outcome.TAKEN, "waiting", reason)
    (waiting,) = await store.read(sales.list_waiting, before=2**62, limit=9)
    assert (waiting.order_id, waiting.reason) == ("A-1", reason)
    assert await till.balances() == before


async def test_a_coupon_says_whose_an_order_is(store: Store, campaign: Campaign) -> None:
    """As the till names it, before it is taken at the counter or after, in whatever spelling; one in nobody's hands waits."""
    till = await open_till(store, campaign, FIVE)
    await take_in(store, "TAKE-5\nNEVER-7\n")
    grant_id, _ = await store.write(earn, till.friend.profile)
    row = await store.read(coupons.find_by_grant, grant_id)
    assert row is not None
    for order, code, known in (("A-1", "take5", True), ("A-2", row.code, True), ("A-3", "NEVER-7", False)):
        state = "counted" if known else "waiting"
        reason = Reason.NONE if known else Reason.UNKNOWN_COUPON
        told = await till.tell(order, member_key=MemberKey.COUPON, member=code)
        assert told == (Outcome.TAKEN, state, reason)
        assert (await find_sale(store, order)).person_id == (till.friend.id if known else None)
        await store.write(coupons.set_used, row.id, till.anna.id)


async def test_an_order_that_waits_is_looked_at_by_whoever_only_reads(store: Store, campaign: Campaign) -> None:
    """On PostgreSQL a transaction that reads may not lock."""
    till = await open_till(store, campaign, FIVE)
    await till.tell("A-1", member_key=MemberKey.NOBODY, member="")
    (waiting,) = await store.read(sales.list_waiting, before=2**62, limit=9)
    await store.write(roles.set, till.friend.profile.telegram_id, Role.STAFF)
    view = await store.read(view_order, visitor=till.friend.profile, sale_id=waiting.id)
    assert (view.sale, view.buyer, view.claimed) == (waiting, "", {})


async def test_what_was_said_of_the_future_counts_when_it_has_come(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """By itself."""
    till = await open_till(store, campaign, FIVE)
    assert (await till.tell(occurred_at=clock.now + DAY * 1_000_000))[2] is Reason.FUTURE
    await tend(store)
    assert (await find_sale(store, "A-1")).state is SaleState.WAITING
    clock.advance(DAY)
    await tend(store)
    assert (await find_sale(store, "A-1")).state is SaleState.COUNTED


async def test_an_order_that_is_put_aside_takes_back_what_it_brought(store: Store, campaign: Campaign) -> None:
    """For good: nothing that is reported of it later changes that."""
    till = await open_till(store, campaign, FIVE, TENTH)
    before = await till.balances()
    await till.tell()
    await store.write(drop_order, "A-1")
    assert await till.balances() == before
    await till.refund(100)
    assert (await find_sale(store, "A-1")).state is SaleState.DROPPED
    assert await till.balances() == before
    assert await list_faults(store) == []


async def test_with_the_recommendation_goes_what_purchases_brought(store: Store, campaign: Campaign) -> None:
    """And a refund after that takes nothing twice."""
    till = await open_till(store, campaign, FIVE, TENTH)
    await till.tell()
    referral = await store.read(find_referral, till.friend)
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    assert (await find_sale(store, "A-1")).state is SaleState.ENDED
    assert await till.balances() == (0, 0)
    await till.refund(400)
    assert (await find_sale(store, "A-1")).state is SaleState.ENDED
    assert await till.balances() == (0, 0)
    assert await list_faults(store) == []


COURSE = Rule(key="course", when="custom", event="course", who=Side.INVITER, give=FIVE.give)


async def tell_custom(till: Till, order: str, **said: object) -> tuple[Outcome, str, Reason]:
    """Report that somebody has finished a course."""
    values: dict[str, object] = {"type": ConversionType.CUSTOM, "part": "course", "amount": None, "currency": ""}
    return await till.tell(order, **values | said)


async def test_an_event_of_the_shops_own_brings_what_rules_say_of_its_name(store: Store, campaign: Campaign) -> None:
    """Once for each order, whatever else is told of it, in whatever currency; and goes with the recommendation."""
    till = await open_till(store, campaign, COURSE, TENTH)
    before = await till.balances()
    assert await tell_custom(till, "C-1") == (Outcome.TAKEN, "settled", Reason.NONE)
    await tell_custom(till, "C-1", part="other")
    assert (await tell_custom(till, "C-1"))[0] is Outcome.AGAIN
    await tell_custom(till, "C-2")
    await till.tell("C-2", currency="USD")
    await till.tell("C-3")
    await tell_custom(till, "C-3", amount=1, currency="USD")
    assert await till.balances() == (before[0] + 15, before[1] + 100)
    referral = await store.read(find_referral, till.friend)
    await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
    await tell_custom(till, "C-4")
    assert await till.balances() == (0, 0)
    assert [(await find_sale(store, f"C-{each}")).state for each in (1, 4)] == [SaleState.OPEN, SaleState.ENDED]
    assert await list_faults(store) == []


async def test_an_event_of_the_shops_own_waits_as_a_purchase_does(store: Store, strict: Campaign, clock: Clock) -> None:
    """For its member, for its moment, for the recommendation; each where the team sees it, and then by itself."""
    await set_rules(store, strict, COURSE)
    anna = await store.write(add_member)
    till = Till(store, anna, anna)
    number = str(next(_NUMBERS))
    named: dict[str, object] = {"member_key": MemberKey.TELEGRAM_ID, "member": number}
    assert await tell_custom(till, "C-1", **named) == (Outcome.TAKEN, "waiting", Reason.UNKNOWN_MEMBER)
    assert (await tell_custom(till, "C-2", **named, occurred_at=clock.now + DAY * 1_000_000))[2] is Reason.FUTURE
    assert await store.read(sales.count_waiting) == 2
    newcomer = Profile(telegram_id=int(number), first_name="Cici", telegram_language="en")
    await store.write(start, visitor=newcomer, payload=till.anna.code)
    await tend(store)
    assert (await find_sale(store, "C-1")).state is SaleState.NOTED
    before = (await till.balances())[0]
    await store.write(come, chat_id=CHAT, newcomer=newcomer, link="")
    came = (await till.balances())[0]
    for passes, points in ((0, 5), (DAY, 10), (DAY, 10)):
        clock.advance(passes)
        await tend(store)
        assert (await till.balances())[0] - came == points
    assert came > before
    assert {(await find_sale(store, f"C-{each}")).state for each in (1, 2)} == {SaleState.OPEN}
    assert await list_faults(store) == []


async def test_what_is_told_of_a_purchase_for_later_is_heard_then(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """Also where nothing else of the order waits; and what is put aside gives it back."""
    till = await open_till(store, campaign, COURSE)
    before = (await till.balances())[0]
    await till.tell("C-1")
    await tell_custom(till, "C-1", occurred_at=clock.now + DAY * 1_000_000)
    await tend(store)
    assert (await till.balances())[0] == before
    clock.advance(DAY)
    await tend(store)
    assert (await till.balances())[0] == before + 5
    await store.write(drop_order, "C-1")
    await tell_custom(till, "C-1", part="another")
    assert (await till.balances())[0] == before
    assert await list_faults(store) == []


@BOTH_ENGINES
async def test_reports_that_come_at_once_and_again_count_once_each(store: Store, campaign: Campaign) -> None:
    """Purchases, refunds of a part and repetitions of both, all at the same moment and in any order."""
    till = await open_till(store, campaign, FIVE, TENTH)
    before, now, dice = await till.balances(), await store.read(read_now), Random(7)
    said = [
        compose_report(
            f"P-{number}",
            till.friend.code,
            now,
            member_key=MemberKey.CODE,
            **({"type": ConversionType.REFUND, "amount": 500} if refund else {}),
        )
        for number in range(20)
        for refund in (False, True)
    ]
    sent = [*said, *dice.sample(said, 12)]
    dice.shuffle(sent)
    told = await asyncio.gather(*(store.write(report, each) for each in sent))
    assert Counter(each.outcome for each in told) == {Outcome.TAKEN: 40, Outcome.AGAIN: 12}
    after = await till.balances()
    assert (after[0] - before[0], after[1] - before[1]) == (20 * 5, 20 * 50)
    assert await list_faults(store) == []


def drop_order(tx: Tx, order_id: str) -> None:
    """The team puts it aside."""
    drop(tx, sales.lock_order(tx, order_id))


def find_referral(tx: Tx, friend: Person) -> Referral:
    """What brought the friend."""
    found = referrals.find_by_invitee(tx, friend.id)
    assert found is not None
    return found


def _spread(rule: Rule) -> dict[str, Any]:
    return {each.name: getattr(rule, each.name) for each in fields(rule)}


@pytest.mark.parametrize(("ago", "asked"), [(2 * DAY * 1_000_000 - 1, True), (2 * DAY * 1_000_000, False)])
async def test_who_bought_long_ago_is_not_asked_how_it_was(
    store: Store, campaign: Campaign, clock: Clock, ago: int, *, asked: bool
) -> None:
    """A list may tell of months; whoever bought within two days is asked in an hour."""
    till = await open_till(store, replace(campaign, pulse=PulseRules()), FIVE)
    await till.tell(occurred_at=clock.now - ago)
    found = await store.read(askings.get, till.friend.id)
    expected = (clock.now + 3600 * 1_000_000, PulseCause.PURCHASED) if asked else (None, None)
    assert (found.pulse_due_at, found.pulse_cause) == expected
