"""The club: what a member is, and coupons for whoever comes first, exactly so many, in the order in which they came."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from functools import partial

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition, Give, Rule
from bot.core.club import Claiming, Dropping
from bot.core.ideas import CO_MAKER
from bot.services.audit import list_acts
from bot.services.campaigns.opening import Source, open_shop
from bot.services.club.club import RULES_SHOWN, view_club
from bot.services.club.dropping import ClaimView, OpeningView, claim, end_drop, open_drop
from bot.services.members import NotAllowed
from bot.services.privacy import forget
from storage import Store, Tx
from storage.checks import list_faults
from storage.drop import DropId
from storage.facts import GrantKind, GrantState
from storage.records import NoticeId, Person, Profile, Seq, Side
from storage.role import Role
from storage.tables import coupons, drops, grants, inbox, labels, outbox, people, roles
from tests.owed import list_said
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage.cast import add_members
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

OWNER = Profile(telegram_id=901, first_name="Rosa", telegram_language="en")
TAP = "drop_take:1"


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """A shop with an owner and sixty coupons."""
    await store.write(open_shop, Source(campaign=campaign), announce_chat="@bakery")
    await arrive(store, OWNER)
    await store.write(roles.set, OWNER.telegram_id, Role.OWNER)
    await store.write(coupons.add, "coffee", [(f"CUP-{number}", f"cup{number}", None) for number in range(60)])
    return store


async def drop(shop: Store, quantity: int = 50, *, by: Profile = OWNER) -> OpeningView:
    """So many are there for the first."""
    data = {"pool": "coffee", "quantity": quantity, "name": "A coffee"}
    return await shop.write(open_drop, visitor=by, data=data)


def take(visitor: Profile, seq: Seq | None = None) -> partial[ClaimView]:
    """Somebody taps."""
    return partial(claim, visitor=visitor, drop_id=DropId(1), tap=TAP, seq=seq)


def add_taps(tx: Tx, members: list[Person]) -> list[Seq]:
    """Their taps lie in the inbox in this order, beside words that speak of the same."""
    updates = [
        (number, member.profile.telegram_id, json.dumps({"callback_query": {"data": TAP}}).encode())
        for number, member in enumerate(members)
    ]
    words = (len(members), OWNER.telegram_id, json.dumps({"message": {"text": TAP}}).encode())
    return [row.seq for row in inbox.add_batch(tx, [words, *updates])][1:]


def handle(tx: Tx, visitor: Profile, seq: Seq) -> Claiming:
    """Their tap is handled, and closed with what comes of it."""
    inbox.close(tx, seq)
    return claim(tx, visitor=visitor, drop_id=DropId(1), tap=TAP, seq=seq).claiming


async def count_told(shop: Store) -> dict[str, list[object]]:
    """Who hears what."""
    owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=5000)
    told: dict[str, list[object]] = {}
    for row in owed:
        told.setdefault(row.kind, []).append(row.address)
    return told


async def test_fifty_coupons_are_had_by_the_fifty_who_came_first_of_five_hundred(shop: Store) -> None:
    """All come at once and are handled in any order: exactly the first fifty have one each, and all are told, once."""
    await drop(shop)
    members = await shop.write(add_members, 500)
    seqs = await shop.write(add_taps, members)
    order = list(zip(members, seqs, strict=True))
    random.Random(5).shuffle(order)
    came = await asyncio.gather(*(shop.write(handle, member.profile, seq) for member, seq in order))
    assert set(came) <= {Claiming.WON, Claiming.KNOWN, Claiming.LATE}
    places = {each.id: (await shop.read(drops.find_claim, DropId(1), each.id)) for each in members}
    won = [each.id for each in members if (found := places[each.id]) is not None and found.place is not None]
    assert won == [each.id for each in members[:50]]
    told = await count_told(shop)
    assert (len(set(told["coupon_given"])), len(told["coupon_given"])) == (50, 50)
    assert (len(set(told["drop_missed"])), len(told["drop_missed"])) == (450, 450)
    pool = await shop.read(coupons.find_pool, "coffee")
    assert pool is not None
    assert pool.ready == 10
    assert await list_faults(shop) == []


@BOTH_ENGINES
async def test_who_taps_again_has_one_and_hears_it_once(shop: Store) -> None:
    """However often at the same moment, and once all are taken as well."""
    await drop(shop, 1)
    for visitor in (ANNA, BUDI):
        await arrive(shop, visitor)
    await asyncio.gather(*(shop.write(take(ANNA)) for _ in range(5)))
    for _ in range(2):
        await shop.write(take(BUDI))
    told = await count_told(shop)
    assert (len(told["coupon_given"]), len(told["drop_missed"])) == (1, 1)


async def test_a_drop_is_no_larger_than_its_pool_and_the_announce_chat_hears_of_it_once(shop: Store) -> None:
    """Nothing is promised that is not there; three are open at most."""
    assert (await drop(shop, 61)).dropping is Dropping.FEW
    assert "drop_announced" not in await count_told(shop)
    opened = [(await drop(shop, 2)).dropping for _ in range(4)]
    assert opened == [Dropping.OPENED] * 3 + [Dropping.MANY]
    assert len((await count_told(shop))["drop_announced"]) == 3
    await shop.write(end_drop, visitor=OWNER, drop_id=DropId(2))
    assert (await drop(shop, 2)).dropping is Dropping.OPENED


async def test_what_is_all_taken_hides_nothing_that_comes_later(shop: Store, clock: Clock) -> None:
    """The last one taken ends it; for a day the club says so, and what is open stands first."""
    await arrive(shop, ANNA)
    for number in range(1, 5):
        assert (await drop(shop, 1)).dropping is Dropping.OPENED
        await shop.write(claim, visitor=ANNA, drop_id=DropId(number), tap=f"drop_take:{number}", seq=None)
    assert (await drop(shop, 1)).dropping is Dropping.OPENED
    view = await shop.read(view_club, visitor=ANNA)
    assert [(row.id, row.left) for row in view.drops] == [(5, 1), (4, 0), (3, 0), (2, 0)]
    clock.advance(24 * 3600)
    assert [row.id for row in (await shop.write(view_club, visitor=ANNA)).drops] == [5]


async def test_what_has_ended_gives_nothing_and_who_comes_hears_it_kindly(shop: Store) -> None:
    """An owner ends it; members cannot, nor open one."""
    await drop(shop)
    await arrive(shop, ANNA)
    for forbidden in (
        partial(end_drop, visitor=ANNA, drop_id=DropId(1)),
        partial(open_drop, visitor=ANNA, data={"pool": "coffee", "quantity": 1, "name": "Mine"}),
    ):
        with pytest.raises(NotAllowed):
            await shop.write(forbidden)
    await shop.write(end_drop, visitor=OWNER, drop_id=DropId(1))
    await shop.write(take(ANNA))
    told = await count_told(shop)
    assert ("coupon_given" in told, len(told["drop_missed"])) == (False, 1)
    owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=100)
    assert [row.payload["all_taken"] for row in owed if row.kind == "drop_missed"] == [False]
    (shown,) = (await shop.read(view_club, visitor=ANNA)).drops
    assert shown.left == 0


async def test_the_club_says_what_a_member_is_and_what_they_have(shop: Store) -> None:
    """Badges by label, coupons by claim; who runs the shop can open more."""
    await drop(shop)
    await arrive(shop, ANNA)
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    await shop.write(labels.add, anna.id, CO_MAKER)
    await shop.write(take(ANNA))
    view = await shop.read(view_club, visitor=ANNA)
    assert (view.is_co_maker, view.claims[DropId(1)].place, view.drops[0].left, view.runs_it) == (True, 1, 49, False)
    assert (await shop.read(view_club, visitor=OWNER)).runs_it
    await shop.write(forget, telegram_id=ANNA.telegram_id)
    row = await shop.read(drops.find, DropId(1))
    assert row is not None
    assert row.taken == 1
    assert await list_faults(shop) == []


async def test_what_came_of_it_is_said_to_each(shop: Store) -> None:
    """How many there are and who was where; whether it was too late because all were taken, or because it was over."""
    opened = await drop(shop, 2)
    assert (opened.dropping, opened.name, opened.quantity, opened.ready, opened.announced, opened.member.name) == (
        Dropping.OPENED,
        "A coffee",
        2,
        60,
        True,
        "Rosa",
    )
    members = await shop.write(add_members, 4)
    views = [await shop.write(take(each.profile)) for each in (*members[:3], members[0], members[2])]
    assert [(each.claiming, each.place, each.quantity) for each in views] == [
        (Claiming.WON, 1, 2),
        (Claiming.WON, 2, 2),
        (Claiming.LATE, None, 2),
        (Claiming.KNOWN, 1, 2),
        (Claiming.LATE, None, 2),
    ]
    assert [each.member.id for each in views] == [members[number].id for number in (0, 1, 2, 0, 2)]
    nothing = await shop.write(claim, visitor=ANNA, drop_id=DropId(9), tap=TAP, seq=None)
    assert (nothing.claiming, nothing.place, nothing.quantity) == (Claiming.OVER, None, 0)
    data = {"pool": "coffee", "quantity": 3, "name": "A bun"}
    await shop.write(open_drop, visitor=OWNER, data=data)
    await shop.write(claim, visitor=members[0].profile, drop_id=DropId(2), tap="drop_take:2", seq=None)
    for _ in range(2):
        await shop.write(end_drop, visitor=OWNER, drop_id=DropId(2))
    await shop.write(claim, visitor=members[3].profile, drop_id=DropId(2), tap="drop_take:2", seq=None)
    said = await shop.read(list_said, "drop_announced", "drop_missed", "coupon_given")
    assert [
        (kind, to, payload.get("quantity"), payload.get("all_taken"), payload.get("rule")) for kind, to, payload in said
    ] == [
        ("drop_announced", "announce", 2, None, None),
        ("coupon_given", members[0].id, None, None, ""),
        ("coupon_given", members[1].id, None, None, ""),
        ("drop_missed", members[2].id, 2, True, None),
        ("drop_announced", "announce", 3, None, None),
        ("coupon_given", members[0].id, None, None, ""),
        ("drop_missed", members[3].id, 3, False, None),
    ]
    assert {payload["drop_name"] for kind, _, payload in said if kind != "coupon_given"} == {"A coffee", "A bun"}
    acts = [each for each in await shop.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("drop_ended", "Rosa", "A bun", "1"),
        ("drop", "Rosa", "A bun", "3"),
        ("drop", "Rosa", "A coffee", "2"),
    ]
    (row,) = await shop.read(grants.list_of, members[1].id, limit=9, offset=0)
    assert (row.rule, row.what, row.state) == ("drop:A coffee", "coffee", GrantState.AVAILABLE)
    assert await list_faults(shop) == []


async def test_a_member_sees_what_opens_to_them(shop: Store, campaign: Campaign, clock: Clock) -> None:
    """Rules for their badge, so many; drops of the last day with what they took; and whether they may open some."""
    give = Give(kind=GrantKind.POINTS, amount=5)
    rules = [
        Rule(key=f"rule-{number}", when="joined", who=Side.INVITER, give=give, condition=Condition(label=("regular",)))
        for number in range(RULES_SHOWN + 1)
    ]
    await shop.write(open_shop, Source(campaign=replace(campaign, rewards=tuple(rules))))
    anna = (await arrive(shop, ANNA)).member
    for label in (CO_MAKER, "regular"):
        await shop.write(labels.add, anna.id, label)
    await drop(shop, 2)
    await shop.write(take(ANNA))
    seen = await shop.read(view_club, visitor=ANNA)
    assert (seen.member.id, seen.is_co_maker, seen.runs_it, [rule.key for rule in seen.opens]) == (
        anna.id,
        True,
        False,
        ["rule-0", "rule-1", "rule-2"],
    )
    assert ([each.name for each in seen.drops], [each.place for each in seen.claims.values()]) == (["A coffee"], [1])
    other = await shop.read(view_club, visitor=OWNER)
    assert (other.is_co_maker, other.runs_it, list(other.opens), dict(other.claims)) == (False, True, [], {})
    await shop.write(end_drop, visitor=OWNER, drop_id=DropId(1))
    for seconds, shown in ((86_399, 1), (1, 0)):
        clock.advance(seconds)
        assert len((await shop.write(view_club, visitor=ANNA)).drops) == shown
