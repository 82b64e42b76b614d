"""How far the next step is, what an event is worth, and what bounds it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.durations import DAY
from bot.core.rewards.bounds import Bound, decide_freed, decide_state, list_bounds
from bot.core.rewards.rules import Occurrence, compose_transfer_key, evaluate, fits
from bot.core.rewards.steps import MOST_STEPS, Seen, Stage, compute_stayed, is_for, list_stages, list_steps
from storage.facts import EventKind, GrantKind, GrantState
from storage.records import PersonId, ReferralId, Side

POINTS = Give(kind=GrantKind.POINTS, amount=5)
FIVE = Rule(key="five", when="milestone", number=5, who=Side.INVITER, give=POINTS)
BOUGHT = Rule(key="bought", when="purchased", who=Side.INVITER, give=POINTS)


def list_missing(rules: list[Rule], score: int, **more: object) -> list[tuple[str, int]]:
    """The steps ahead by their keys."""
    return [(step.rule.key, step.missing) for step in list_steps(rules, score, "2026-12-01", **more)]  # type: ignore[arg-type]


def test_the_nearest_steps_are_ahead() -> None:
    """As many as can be shown; with a head start there are fewer friends to bring."""
    rules = [replace(FIVE, key=f"k{number}", number=number) for number in (9, 2, 7, 4, 3)]
    assert list_missing(rules, 1) == [("k2", 1), ("k3", 2), ("k4", 3)]
    assert list_missing(rules, 4) == [("k7", 3), ("k9", 5)]
    assert list_missing([replace(FIVE, head_start=2)], 2) == [("five", 1)]
    assert list_missing([replace(FIVE, head_start=2)], 3) == []
    assert MOST_STEPS == 3


def test_steps_are_those_that_somebody_can_take() -> None:
    """Not what is over, for friends, for others, or for something else; nor what another stands in the place of."""
    others = [
        replace(FIVE, key="friends", who=Side.INVITEE),
        replace(FIVE, key="other", when="stayed"),
        replace(FIVE, key="over", condition=Condition(until="2026-11-30")),
        replace(FIVE, key="gold", condition=Condition(tier=("gold",))),
        replace(FIVE, key="vip", condition=Condition(label=("vip",))),
    ]
    assert list_missing([*others, FIVE], 0) == [("five", 5)]
    today = replace(FIVE, key="today", condition=Condition(until="2026-12-01"))
    assert list_missing([today], 0) == [("today", 5)]
    assert list_missing(others, 0, tier="gold", labels=("vip",)) == [("gold", 5), ("vip", 5)]
    instead = replace(FIVE, key="instead", instead_of="five", condition=Condition(label=("vip",)))
    assert list_missing([FIVE, instead], 0) == [("five", 5)]
    assert list_missing([FIVE, instead], 0, labels=("vip", "x")) == [("instead", 5)]
    assert is_for(FIVE, ())
    assert not is_for(instead, ("x",))


def test_days_that_somebody_has_stayed() -> None:
    """Whole ones, of so many; none where nobody waits for any."""
    assert compute_stayed(7, None, 5 * DAY) == 0
    due = 10 * DAY
    moments = (due - 8 * DAY, due - 7 * DAY, due - 6 * DAY - 1, due - 6 * DAY, due - 1, due, due + DAY)
    assert [compute_stayed(7, due, now) for now in moments] == [0, 0, 0, 1, 6, 7, 7]


def test_a_friends_way_goes_from_coming_to_buying() -> None:
    """The community where it takes that; days by their number, the last of which is there once it is; purchases in their order."""
    rules = [
        replace(BOUGHT, condition=Condition(nth=3)),
        BOUGHT,
        replace(FIVE, when="active", number=4),
        replace(FIVE, when="stayed", number=30),
        replace(FIVE, when="stayed", number=7),
        replace(FIVE, key="again", when="stayed", number=7),
        FIVE,
    ]
    seen = Seen(
        counts=True,
        days={(EventKind.STAYED, 30): 9, (EventKind.STAYED, 7): 7, (EventKind.ACTIVE, 4): 9},
        reached={(EventKind.STAYED, 7)},
        purchases=2,
    )
    stages = list_stages(rules, seen, community=True)
    assert stages == [
        Stage(kind=EventKind.JOINED, have=1, wanted=1),
        Stage(kind=EventKind.QUALIFIED, have=1, wanted=1),
        Stage(kind=EventKind.STAYED, have=7, wanted=7),
        Stage(kind=EventKind.STAYED, have=9, wanted=30),
        Stage(kind=EventKind.ACTIVE, have=3, wanted=4),
        Stage(kind=EventKind.PURCHASED, have=1, wanted=1),
        Stage(kind=EventKind.PURCHASED, have=2, wanted=3),
    ]
    assert [stage.done for stage in stages] == [True, True, True, False, False, True, False]
    alone = Seen(counts=False, days={}, reached=(), purchases=0)
    assert list_stages([replace(FIVE, when="stayed", number=7)], alone, community=False) == [
        Stage(kind=EventKind.JOINED, have=1, wanted=1),
        Stage(kind=EventKind.STAYED, have=0, wanted=7),
    ]
    assert list_stages([], alone, community=True)[1] == Stage(kind=EventKind.QUALIFIED, have=0, wanted=1)


CAME = Occurrence(
    when="purchased",
    inviter_id=PersonId(2),
    invitee_id=PersonId(1),
    number=1000,
    nth=2,
    source="qr",
    language="pt-br",
    tier="gold",
    labels=("vip", "x"),
    story="mina",
    day="2026-12-01",
)


@pytest.mark.parametrize(
    ("condition", "fit"),
    [
        (Condition(), True),
        (Condition(source=("qr", "print")), True),
        (Condition(source=("print",)), False),
        (Condition(tier=("gold",)), True),
        (Condition(tier=("silver",)), False),
        (Condition(story=("mina",)), True),
        (Condition(story=("bread",)), False),
        (Condition(label=("vip",)), True),
        (Condition(label=("staff",)), False),
        (Condition(language=("pt",)), True),
        (Condition(language=("id",)), False),
        (Condition(nth=2), True),
        (Condition(nth=1), False),
        (Condition(since="2026-12-01", until="2026-12-01"), True),
        (Condition(since="2026-12-02"), False),
        (Condition(until="2026-11-30"), False),
    ],
)
def test_a_condition_asks_for_one_thing(condition: Condition, fit: bool) -> None:
    """And for nothing that it does not name; its days are the first and the last."""
    assert fits(condition, CAME) is fit
    assert bool(evaluate(CAME, [replace(BOUGHT, condition=condition)])) is fit


def test_an_event_is_worth_what_its_rules_say() -> None:
    """To whom they say; a share of a purchase in points, and what another stands in the place of to nobody."""
    friend = replace(BOUGHT, key="friend", who=Side.INVITEE)
    given = evaluate(CAME, [BOUGHT, friend, FIVE])
    assert [(each.person_id, each.side, each.rule.key, each.give) for each in given] == [
        (1, Side.INVITEE, "friend", POINTS),
        (2, Side.INVITER, "bought", POINTS),
    ]
    assert [each.is_milestone for each in given] == [False, False]
    alone = replace(CAME, invitee_id=None)
    assert [each.rule.key for each in evaluate(alone, [BOUGHT, friend])] == ["bought"]
    share = replace(BOUGHT, give=Give(kind=GrantKind.PERCENT, amount=5))
    assert [each.give for each in evaluate(CAME, [share])] == [Give(kind=GrantKind.POINTS, amount=50)]
    assert evaluate(replace(CAME, number=9), [share]) == []
    coming = replace(share, when="joined")
    assert [each.give for each in evaluate(replace(CAME, when="joined", number=0), [coming])] == [share.give]
    instead = replace(BOUGHT, key="instead", instead_of="bought")
    assert [each.rule.key for each in evaluate(CAME, [BOUGHT, instead])] == ["instead"]
    other_side = replace(instead, who=Side.INVITEE)
    assert [each.rule.key for each in evaluate(CAME, [BOUGHT, other_side])] == ["instead", "bought"]


def test_a_number_fits_from_itself_on_or_exactly() -> None:
    """An amount is at least so much; friends are so many, less those that the shop gives."""
    for amount, fit in ((999, True), (1000, True), (1001, False)):
        assert bool(evaluate(CAME, [replace(BOUGHT, number=amount)])) is fit
    friends = replace(CAME, when="milestone", number=5)
    assert [bool(evaluate(friends, [replace(FIVE, number=number)])) for number in (4, 5, 6)] == [False, True, False]
    assert [bool(evaluate(friends, [replace(FIVE, number=7, head_start=number)])) for number in (1, 2)] == [False, True]
    (grant,) = evaluate(friends, [FIVE])
    assert (grant.is_milestone, grant.is_usual) == (True, False)
    (usual,) = evaluate(CAME, [replace(BOUGHT, instead_of="join")])
    assert usual.is_usual
    assert compose_transfer_key(ReferralId(7), Side.INVITER) == "referral:7:inviter:join"


def test_a_rule_is_bounded_for_each_and_for_all() -> None:
    """A member's own bounds before what all share; points are counted by their number, and a milestone comes once."""
    limit = Limit(per_member=1, per_week=2, budget=30, first=4)
    bounds = list_bounds(replace(BOUGHT, limit=limit), POINTS, PersonId(7), "2026-W48")
    assert bounds == [
        Bound(scope="member:7", pieces=1, most=1),
        Bound(scope="week:2026-W48:7", pieces=1, most=2),
        Bound(scope="budget", pieces=5, most=30),
        Bound(scope="first", pieces=1, most=4),
    ]
    assert [bound.kind for bound in bounds] == ["member", "week", "budget", "first"]
    code = Give(kind=GrantKind.CODE, what="X")
    budget = replace(BOUGHT, give=code, limit=Limit(budget=3))
    assert list_bounds(budget, code, PersonId(7), "") == [Bound(scope="budget", pieces=1, most=3)]
    once = [Bound(scope="member:7", pieces=1, most=1)]
    assert list_bounds(FIVE, POINTS, PersonId(7), "") == once
    assert list_bounds(replace(FIVE, limit=Limit(per_member=3)), POINTS, PersonId(7), "") == once
    assert list_bounds(replace(FIVE, who=Side.INVITEE), POINTS, PersonId(7), "") == []


def test_a_grant_begins_by_what_it_is() -> None:
    """Held, looked for, sent, or there at once; beyond a limit it waits, is told, or is none."""
    states = {"queue": GrantState.PENDING, "tell": GrantState.DECLINED, "stop": None}
    for at_limit, state in states.items():
        assert decide_state(replace(BOUGHT, at_limit=at_limit), GrantKind.POINTS, reached=True) is state
        assert decide_state(replace(BOUGHT, at_limit=at_limit), GrantKind.CODE, reached=False) is GrantState.AVAILABLE
    assert decide_state(replace(BOUGHT, hold_days=1), GrantKind.COUPON, reached=False) is GrantState.HELD
    for kind in GrantKind:
        waits = kind in {GrantKind.COUPON, GrantKind.GIFT}
        assert decide_freed(kind) is (GrantState.WAITING if waits else GrantState.AVAILABLE)
