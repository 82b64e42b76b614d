"""Rules an owner sets: who gets what, how often at most, when it can be used, and when it goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.services.campaigns.opening import Source, open_shop
from bot.services.coupons.giving import expire
from bot.services.coupons.giving import list_due as list_over
from bot.services.coupons.importing import view_pools
from bot.services.joining.joining import credit
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import note_owners
from bot.services.rewards.giving import free, list_due
from bot.services.rewards.notices import read_rule, write_rule
from bot.services.segments.finding import count_steps
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import GrantKind, GrantRow, GrantState
from storage.records import NoticeId, Person, Profile, Referral, ReferralId, Side
from storage.tables import grants, labels, ledgers, outbox, people, redemptions
from tests.owed import list_said
from tests.services.test_coupons import list_news, take_in
from tests.services.test_revoking import add_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES, LONG_ON_POSTGRES

DAY = 24 * 3600
CALLED = Give(kind=GrantKind.LABEL, what="regular")
COFFEE = Give(kind=GrantKind.BY_HAND, what="a coffee")
FIVE = Give(kind=GrantKind.POINTS, amount=5)
_NUMBERS = count(5000)


def compose_milestone(**said: object) -> Rule:
    """For three friends."""
    return replace(Rule(key="third", when="milestone", number=3, who=Side.INVITER, give=COFFEE), **said)  # type: ignore[arg-type]


def compose_rule(**said: object) -> Rule:
    """For each friend."""
    return replace(Rule(key="each", when="joined", who=Side.INVITER, give=FIVE), **said)  # type: ignore[arg-type]


async def set_rules(store: Store, campaign: Campaign, *rules: Rule) -> Campaign:
    """From now on these hold."""
    ruled = replace(campaign, rewards=rules)
    await store.write(open_shop, Source(campaign=ruled))
    return ruled


def bring(tx: Tx, inviter: Person, source: str = "qr", language: str = "en") -> Referral:
    """A friend comes by somebody."""
    friend = Profile(telegram_id=next(_NUMBERS), first_name="Friend", telegram_language=language)
    person = people.add(tx, friend, f"Frie{friend.telegram_id:06}")
    people.set_started(tx, person.id)
    referral = credit(tx, inviter, people.get(tx, person.id), source=source)
    assert referral is not None
    return referral


def list_grants(tx: Tx, referrals: Sequence[Referral]) -> list[GrantRow]:
    """All that the owner's rules gave for these."""
    return [row for each in referrals for row in grants.list_by_referral(tx, each.id) if row.rule != "join"]


async def states(store: Store, *referrals: Referral) -> list[GrantState]:
    """How they stand."""
    return [row.state for row in await store.read(list_grants, referrals)]


async def told(store: Store) -> list[str]:
    """The notices of rules, in order."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=500)
    return [row.kind for row in owed if row.kind.startswith("reward_")]


async def balance(store: Store, person: Person) -> int:
    """Somebody's points."""
    return await store.read(ledgers.get_balance, person.id)


async def test_a_milestone_is_reached_once_and_again_only_after_it_went_back(store: Store, campaign: Campaign) -> None:
    """The third friend brings it and the fourth does not; with two left it goes back, and the next third brings it again."""
    await set_rules(store, campaign, compose_milestone())
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(4)]
    assert await states(store, *friends) == [GrantState.AVAILABLE]
    assert await told(store) == ["reward_given"]
    await store.write(revoke, friends[2].id, reason=RevokeReason.LEFT)
    assert await states(store, *friends) == [GrantState.AVAILABLE]  # three are left, whoever made it three
    await store.write(revoke, friends[0].id, reason=RevokeReason.LEFT)
    assert await states(store, *friends) == [GrantState.REVOKED]
    assert await told(store) == ["reward_given", "reward_taken_back"]
    again = await store.write(bring, anna)
    assert await states(store, again) == [GrantState.AVAILABLE]
    assert await list_faults(store) == []


async def test_what_is_held_is_no_points_until_its_time_has_come(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """Then it is, once, whoever asks how often; told when earned and when freed."""
    await set_rules(store, campaign, compose_rule(hold_days=3))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    usual = campaign.inviter_points
    assert (await states(store, friend), await balance(store, anna)) == ([GrantState.HELD], usual)
    clock.advance(3 * DAY - 1)
    assert await store.read(list_due, limit=9) == []
    clock.advance(1)
    due = await store.read(list_due, limit=9)
    for _ in range(2):
        await store.write(free, due)
    assert (await states(store, friend), await balance(store, anna)) == ([GrantState.AVAILABLE], usual + 5)
    assert await told(store) == ["reward_given", "reward_freed"]
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    assert (await states(store, friend), await balance(store, anna)) == ([GrantState.REVOKED], 0)
    assert await list_faults(store) == []


async def test_what_goes_back_within_its_hold_was_never_points(store: Store, campaign: Campaign, clock: Clock) -> None:
    """And nothing frees it afterwards."""
    await set_rules(store, campaign, compose_rule(hold_days=3))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    clock.advance(4 * DAY)
    assert await store.read(list_due, limit=9) == []
    assert (await states(store, friend), await balance(store, anna)) == ([GrantState.REVOKED], 0)
    assert await told(store) == ["reward_given", "reward_taken_back"]


@BOTH_ENGINES
@pytest.mark.parametrize(
    ("limit", "given"),
    [
        (Limit(first=4), 4),
        (Limit(budget=22), 4),
        (Limit(per_member=1), 2),
        (Limit(per_week=1), 2),
        (Limit(per_member=3, first=5), 5),
        (Limit(budget=4), 0),
    ],
    ids=["first", "budget", "per member", "per week", "two of them", "less than one"],
)
async def test_sixteen_at_once_get_no_more_than_there_is(
    store: Store, campaign: Campaign, limit: Limit, given: int
) -> None:
    """Each limit is decided by one statement: with two inviters and sixteen friends at the same moment never one more."""
    await set_rules(store, campaign, compose_rule(limit=limit))
    people_there = [await store.write(add_member) for _ in range(2)]
    friends = await asyncio.gather(*(store.write(bring, people_there[place % 2]) for place in range(16)))
    assert await states(store, *friends) == [GrantState.AVAILABLE] * given
    assert await list_faults(store) == []


async def test_a_new_week_has_room_again(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Once a week for each, from Monday on where the shop is; who waits in the queue gets theirs by itself then."""
    await set_rules(store, campaign, compose_rule(limit=Limit(per_week=1), at_limit="queue"))
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(2)]
    assert await states(store, *friends) == [GrantState.AVAILABLE, GrantState.PENDING]
    clock.advance(7 * DAY)
    await store.write(free, await store.read(list_due, limit=9))
    assert await states(store, *friends) == [GrantState.AVAILABLE] * 2
    later = await store.write(bring, anna)
    assert await states(store, later) == [GrantState.PENDING]


async def test_whose_own_limit_is_reached_keeps_nobody_waiting(store: Store, campaign: Campaign) -> None:
    """There is room for one again: it goes past who has had theirs, to who has waited longest of the others."""
    await set_rules(store, campaign, compose_rule(limit=Limit(first=2, per_member=1), at_limit="queue"))
    anna, budi, cleo = [await store.write(add_member) for _ in range(3)]
    has = [await store.write(bring, each) for each in (anna, budi)]
    waits = [await store.write(bring, each) for each in (anna, cleo)]
    assert await states(store, *has, *waits) == [GrantState.AVAILABLE] * 2 + [GrantState.PENDING] * 2
    await store.write(revoke, has[1].id, reason=RevokeReason.LEFT)
    assert await states(store, *waits) == [GrantState.PENDING, GrantState.AVAILABLE]
    assert await list_faults(store) == []


@LONG_ON_POSTGRES
async def test_a_large_thing_that_goes_back_makes_room_for_several(store: Store, campaign: Campaign) -> None:
    """A budget is in points: as many of those who wait as it is enough for."""
    await set_rules(
        store, campaign, compose_rule(give=replace(FIVE, amount=10), limit=Limit(budget=10), at_limit="queue")
    )
    anna = await store.write(add_member)
    large = await store.write(bring, anna)
    await set_rules(store, campaign, compose_rule(limit=Limit(budget=10), at_limit="queue"))
    small = [await store.write(bring, anna) for _ in range(3)]
    assert await states(store, *small) == [GrantState.PENDING] * 3
    await store.write(revoke, large.id, reason=RevokeReason.LEFT)
    assert await states(store, *small) == [GrantState.AVAILABLE] * 2 + [GrantState.PENDING]
    assert await list_faults(store) == []


@pytest.mark.parametrize(
    ("at_limit", "ends", "news"),
    [("stop", [], 1), ("queue", [GrantState.PENDING], 2), ("tell", [GrantState.DECLINED], 2)],
)
async def test_beyond_the_limit_it_goes_as_the_owner_chose(
    store: Store, campaign: Campaign, at_limit: str, ends: list[GrantState], news: int
) -> None:
    """Nothing, a place in the queue, or a word; what goes back makes room for who has waited longest."""
    await set_rules(store, campaign, compose_rule(limit=Limit(first=1), at_limit=at_limit))
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(2)]
    assert await states(store, *friends) == [GrantState.AVAILABLE, *ends]
    assert len(await told(store)) == news
    await store.write(revoke, friends[0].id, reason=RevokeReason.LEFT)
    moved = [GrantState.AVAILABLE if state is GrantState.PENDING else state for state in ends]
    assert await states(store, *friends) == [GrantState.REVOKED, *moved]
    third = await store.write(bring, anna)
    assert await states(store, third) == (ends if at_limit == "queue" else [GrantState.AVAILABLE])


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (Condition(source=("qr", "fwd")), True),
        (Condition(source=("fwd",)), False),
        (Condition(language=("id",)), True),
        (Condition(language=("zh",)), False),
        (Condition(since="2025-10-09", until="2025-10-09"), True),
        (Condition(since="2025-10-10"), False),
        (Condition(until="2025-10-08"), False),
    ],
)
async def test_a_rule_looks_at_what_its_owner_asks(
    store: Store, campaign: Campaign, condition: Condition, *, fits: bool
) -> None:
    """By which way, in which language, on which day: noon of 9 October 2025, by QR code, in Indonesian."""
    await set_rules(store, campaign, compose_rule(condition=condition, who=Side.INVITEE))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna, language="id-ID")
    assert await states(store, friend) == [GrantState.AVAILABLE] * fits


async def test_what_was_earned_stays_by_its_version(store: Store, campaign: Campaign, clock: Clock) -> None:
    """A changed rule gives otherwise from then on; what is held is freed as it was promised."""
    await set_rules(store, campaign, compose_rule(hold_days=3))
    anna = await store.write(add_member)
    first = await store.write(bring, anna)
    await set_rules(store, campaign, compose_rule(give=Give(kind=GrantKind.POINTS, amount=7)))
    second = await store.write(bring, anna)
    clock.advance(3 * DAY)
    await store.write(free, await store.read(list_due, limit=9))
    rows = await store.read(list_grants, [first, second])
    assert [(row.points, row.state) for row in rows] == [(5, GrantState.AVAILABLE), (7, GrantState.AVAILABLE)]
    assert rows[0].campaign_version_id != rows[1].campaign_version_id
    assert await balance(store, anna) == 2 * campaign.inviter_points + 12


@pytest.mark.parametrize(
    ("give", "state", "what"),
    [
        (Give(kind=GrantKind.CODE, what="WELCOME10"), GrantState.AVAILABLE, "WELCOME10"),
        (Give(kind=GrantKind.COUPON, what="coffee"), GrantState.WAITING, "coffee"),
        (Give(kind=GrantKind.PERCENT, amount=10), GrantState.AVAILABLE, "10"),
        (Give(kind=GrantKind.GIFT, what="5170"), GrantState.WAITING, "5170"),
        (Give(kind=GrantKind.PRIVILEGE, what="early bread"), GrantState.AVAILABLE, "early bread"),
        (COFFEE, GrantState.AVAILABLE, "a coffee"),
        (Give(kind=GrantKind.LABEL, what="regular"), GrantState.AVAILABLE, "regular"),
    ],
)
async def test_everything_that_can_be_given_is_written_down(
    store: Store, campaign: Campaign, give: Give, state: GrantState, what: str
) -> None:
    """With what it is; a coupon and a gift wait until there is one."""
    await set_rules(store, campaign, compose_rule(give=give, who=Side.INVITEE))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    (row,) = await store.read(list_grants, [friend])
    assert (row.kind, row.state, row.what, row.points, row.person_id) == (
        give.kind,
        state,
        what,
        None,
        friend.invitee_id,
    )


async def test_a_label_stays_as_long_as_something_stands_for_it(store: Store, campaign: Campaign) -> None:
    """Of two friends who brought it one may go; it is told once, and once when it goes back."""
    await set_rules(store, campaign, compose_rule(give=CALLED))
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(2)]
    assert await store.read(labels.list_of, anna.id) == ["regular"]
    assert await told(store) == ["reward_given"]
    await store.write(revoke, friends[0].id, reason=RevokeReason.LEFT)
    assert (await store.read(labels.list_of, anna.id), await told(store)) == (["regular"], ["reward_given"])
    await store.write(revoke, friends[1].id, reason=RevokeReason.LEFT)
    assert await store.read(labels.list_of, anna.id) == []
    assert await told(store) == ["reward_given", "reward_taken_back"]
    assert await states(store, *friends) == [GrantState.REVOKED] * 2


@pytest.mark.parametrize("before", [True, False])
async def test_a_label_that_the_team_gave_is_not_taken_by_a_rule(
    store: Store, campaign: Campaign, *, before: bool
) -> None:
    """Whether the team gave it before the rule did, or after; what the team takes away is gone."""
    await set_rules(store, campaign, compose_rule(give=CALLED))
    anna = await store.write(add_member)
    if before:
        await store.write(labels.add, anna.id, "regular")
    friend = await store.write(bring, anna)
    assert await store.write(labels.add, anna.id, "regular") is not before
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    assert await store.read(labels.list_of, anna.id) == ["regular"]
    assert await store.write(labels.remove, anna.id, "regular")
    assert await store.read(labels.list_of, anna.id) == []


async def test_what_a_rule_calls_somebody_counts_for_other_rules_and_segments(store: Store, campaign: Campaign) -> None:
    """From the next friend on; a held label is none yet."""
    points = compose_rule(key="more", condition=Condition(label=("regular",)))
    await set_rules(store, campaign, compose_rule(give=CALLED), points)
    anna = await store.write(add_member)
    first, second = [await store.write(bring, anna) for _ in range(2)]
    assert [row.rule for row in await store.read(list_grants, [first])] == ["each"]
    assert {row.rule for row in await store.read(list_grants, [second])} == {"each", "more"}
    assert (await store.read(count_steps, "label:regular"))[-1] == 1
    await set_rules(store, campaign, compose_rule(give=replace(CALLED, what="late"), hold_days=3))
    await store.write(bring, anna)
    assert await store.read(labels.list_of, anna.id) == ["regular"]


async def test_a_coupon_comes_from_its_pool_or_is_waited_for(store: Store, campaign: Campaign) -> None:
    """Whoever gives coupons tells of them; one that was seen is worth nothing once its friend is gone."""
    await set_rules(store, campaign, compose_rule(give=Give(kind=GrantKind.COUPON, what="coffee")))
    await take_in(store, "CODE-1")
    anna = await store.write(add_member)
    friends = [await store.write(bring, anna) for _ in range(2)]
    assert await states(store, *friends) == [GrantState.AVAILABLE, GrantState.WAITING]
    assert (await told(store), await list_news(store)) == ([], ["given", "awaited"])
    for friend in friends:
        await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    assert await states(store, *friends) == [GrantState.REVOKED] * 2
    assert (await told(store), await list_news(store)) == (["reward_taken_back"], ["given", "awaited", "taken"])
    assert await take_in(store, "CODE-1\nCODE-2") == (1, 1, 0)
    assert await list_faults(store) == []


async def test_a_pool_that_a_rule_names_is_there_before_its_first_list(store: Store, campaign: Campaign) -> None:
    """Whoever runs the shop sees what is needed, and chooses it by a tap."""
    await set_rules(store, campaign, compose_rule(give=Give(kind=GrantKind.COUPON, what="coffee")))
    await store.write(note_owners, telegram_ids=[1])
    seen = await store.write(view_pools, visitor=Profile(telegram_id=1, first_name="Rosa"))
    assert [(each.name, each.ready, each.waiting) for each in seen.pools] == [("coffee", 0, 0)]


@pytest.mark.parametrize(("on_expiry", "ends"), [("replace", ("available", "given")), ("tell", ("expired", "over"))])
async def test_a_coupon_that_nobody_used_in_time_ends_as_its_rule_says(
    store: Store, campaign: Campaign, clock: Clock, on_expiry: str, ends: tuple[str, str]
) -> None:
    """By the rule that it came under, whatever that says by now; each message tells which it was."""
    coffee = Give(kind=GrantKind.COUPON, what="coffee")
    await set_rules(store, campaign, compose_rule(give=coffee, on_expiry=on_expiry, name={"en": "A free coffee"}))
    await take_in(store, f"OLD,{datetime.fromtimestamp(clock.now // 1_000_000, UTC).date()}\nNEW")
    friend = await store.write(bring, await store.write(add_member))
    await set_rules(store, campaign, compose_rule(give=coffee, on_expiry="tell"))
    clock.advance(2 * DAY)
    await store.write(expire, await store.read(list_over, limit=10))
    assert await states(store, friend) == [GrantState(ends[0])]
    assert (await list_news(store))[:2] == ["given", ends[1]]
    owed = [each for each in await store.read(outbox.list_owed, after=NoticeId(0), limit=50) if "given" in each.kind]
    assert all(read_rule(str(each.payload["rule"])).call("en") == "A free coffee" for each in owed)
    assert await list_faults(store) == []


async def test_without_such_rules_nothing_more_is_asked(store: Store, campaign: Campaign) -> None:
    """A campaign of the two usual rules leaves no trace of the others."""
    await set_rules(store, campaign)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    assert await states(store, friend) == []
    assert len(await store.read(grants.list_by_referral, ReferralId(friend.id))) == 2
    assert await told(store) == []


def show(row: GrantRow) -> tuple[object, ...]:
    """What is written down of a grant."""
    return row.rule, row.side, row.state, row.kind, row.what, row.points, row.threshold, row.week, row.reason


async def test_what_is_given_is_written_down_and_told_with_all_that_is_known_of_it(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """To whom, for what, how it stands and until when; what is held is told with its end, and told again when it is freed."""
    held = compose_rule(key="held", hold_days=3)
    third = compose_milestone(number=1)
    code = compose_rule(key="code", who=Side.INVITEE, give=Give(kind=GrantKind.CODE, what="SAVE"), valid_days=9)
    await set_rules(store, campaign, held, third, code)
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    rows = await store.read(list_grants, [friend])
    assert sorted(map(show, rows), key=str) == sorted(
        [
            ("held", Side.INVITER, GrantState.HELD, GrantKind.POINTS, "", 5, None, "", ""),
            ("third", Side.INVITER, GrantState.AVAILABLE, GrantKind.BY_HAND, "a coffee", None, 1, "", ""),
            ("code", Side.INVITEE, GrantState.AVAILABLE, GrantKind.CODE, "SAVE", None, None, "", ""),
        ],
        key=str,
    )
    by_rule = {row.rule: row for row in rows}
    until = clock.now + 3 * DAY * 1_000_000
    assert {key: row.matures_at for key, row in by_rule.items()} == {"held": until, "third": None, "code": None}
    assert {row.person_id for row in rows} == {anna.id, friend.invitee_id}
    usual = {"points": 0, "until": 0, "state": "available"}
    expected = {
        "held": {"rule": write_rule(held), "grant": by_rule["held"].id, "state": "held", "points": 5, "until": until},
        "third": {**usual, "rule": write_rule(third), "grant": by_rule["third"].id},
        "code": {**usual, "rule": write_rule(code), "grant": by_rule["code"].id},
    }
    said = await store.read(list_said, "reward_given")
    assert {read_rule(str(payload["rule"])).key: payload for _, _, payload in said} == expected
    for key, days in (("code", 9), ("third", DAYS_LIMIT)):
        laid = await store.read(redemptions.find_by_grant, by_rule[key].id)
        assert laid is not None
        waits = (f"rule:{key}", clock.now + days * DAY * 1_000_000, by_rule[key].person_id)
        assert (laid.item, laid.expires_at, laid.person_id) == waits
    clock.advance(3 * DAY)
    await store.write(free, await store.read(list_due, limit=9))
    freed = {**expected["held"], "state": "available", "until": 0}
    assert await store.read(list_said, "reward_freed") == [("reward_freed", anna.id, freed)]
    (line,) = [each for each in await store.read(ledgers.list_lines, anna.id, limit=9, offset=0) if each.amount == 5]
    assert line.reason == "rule:held"
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    taken = await store.read(list_said, "reward_taken_back")
    assert {read_rule(str(payload["rule"])).key: (to, payload["points"]) for _, to, payload in taken} == {
        "third": (anna.id, 0),
        "code": (friend.invitee_id, 0),
    }
    gone = {row.rule: row for row in await store.read(list_grants, [friend])}
    assert {key: (row.state, row.reason) for key, row in gone.items()} == {
        "held": (GrantState.REVOKED, "referral"),
        "third": (GrantState.REVOKED, "score"),
        "code": (GrantState.REVOKED, "referral"),
    }


async def test_what_waits_for_room_says_for_which(store: Store, campaign: Campaign, clock: Clock) -> None:
    """And until when, where room comes with time: a week has an end, a number of pieces has none."""
    week = compose_rule(key="week", limit=Limit(per_week=1), at_limit="queue")
    first = compose_rule(key="first", limit=Limit(first=1), at_limit="queue")
    told_only = compose_rule(key="told", limit=Limit(first=1), at_limit="tell")
    stops = compose_rule(key="stops", limit=Limit(first=1))
    await set_rules(store, campaign, week, first, told_only, stops)
    anna = await store.write(add_member)
    await store.write(bring, anna)
    friend = await store.write(bring, anna)
    rows = {row.rule: row for row in await store.read(list_grants, [friend])}
    monday = int(datetime(2025, 10, 13, tzinfo=UTC).timestamp()) * 1_000_000
    assert {key: (row.state, row.reason, row.matures_at, row.week) for key, row in rows.items()} == {
        "week": (GrantState.PENDING, "limit:week", monday, "2025-W41"),
        "first": (GrantState.PENDING, "limit:first", None, ""),
        "told": (GrantState.DECLINED, "limit:first", None, ""),
    }
    clock.now = monday
    await store.write(free, [rows["week"].id])
    row = await store.read(grants.get, rows["week"].id)
    assert (row.state, row.week, row.matures_at) == (GrantState.AVAILABLE, "2025-W42", None)
    third = await store.write(bring, anna)
    (waits,) = [each for each in await store.read(list_grants, [third]) if each.rule == "week"]
    assert (waits.state, waits.matures_at) == (GrantState.PENDING, monday + 7 * DAY * 1_000_000)
    await store.write(free, [waits.id])
    again = await store.read(grants.get, waits.id)
    assert (again.state, again.reason, again.matures_at) == (
        GrantState.PENDING,
        "limit:week",
        monday + 7 * DAY * 1_000_000,
    )


async def test_what_waited_is_held_where_the_rule_holds(store: Store, campaign: Campaign, clock: Clock) -> None:
    """From when there was room on; whatever was given to whoever was quicker makes that when it goes back."""
    await set_rules(store, campaign, compose_rule(limit=Limit(first=1), at_limit="queue", hold_days=2))
    anna = await store.write(add_member)
    first, second = await store.write(bring, anna), await store.write(bring, anna)
    assert await states(store, first, second) == [GrantState.HELD, GrantState.PENDING]
    clock.advance(DAY)
    await store.write(revoke, first.id, reason=RevokeReason.LEFT)
    (row,) = await store.read(list_grants, [second])
    assert (row.state, row.matures_at) == (GrantState.HELD, clock.now + 2 * DAY * 1_000_000)
    (said,) = await store.read(list_said, "reward_freed")
    assert (said[2]["state"], said[2]["until"], said[2]["points"]) == ("held", row.matures_at, 5)
