"""Every line of what the rules gave, and every answer to why, filled with a name of one's choice."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bot.core.campaigns.rewards import Give, Rule
from bot.core.rewards.steps import Step
from bot.messages.why import render_answer, render_why
from bot.services.rewards.viewing import GrantAnswer, GrantView, WhyView
from storage.facts import CouponId, CouponRow, CouponState, EventId, EventKind, GrantId, GrantKind, GrantRow, GrantState
from storage.records import PersonId, ReferralId, Side, VersionId
from tests.messages.reward_samples import COFFEE

if TYPE_CHECKING:
    from bot.messages.outgoing import OutgoingMessage
    from bot.messages.shop import Shop
    from bot.messages.texts import Texts
    from bot.services.members import MemberView

MARCH = 1_773_273_600_000_000
HAPPENED = [kind for kind in EventKind if kind not in {EventKind.JOINED, EventKind.REVOKED}]


def make_grant(name: str, state: GrantState, kind: GrantKind, happened: EventKind, threshold: int | None) -> GrantView:
    """Something that came by a friend of this name."""
    row = GrantRow(
        id=GrantId(2**62),
        rule="third-friend",
        person_id=PersonId(7),
        event_id=EventId(1),
        referral_id=ReferralId(1),
        side=Side.INVITER,
        state=state,
        kind=kind,
        points=50 if kind is GrantKind.POINTS else None,
        ledger_id=None,
        campaign_version_id=VersionId(1),
        what="WELCOME10",
        threshold=threshold,
        matures_at=MARCH if state is GrantState.HELD else None,
        granted_at=MARCH,
        changed_at=MARCH,
        reason="score" if threshold else "referral",
    )
    give = Give(kind=kind, amount=50 if kind in {GrantKind.POINTS, GrantKind.PERCENT} else 0, what="WELCOME10")
    rule = Rule(key="third-friend", when="milestone", number=threshold or 1, who=Side.INVITER, give=give)
    coupon = CouponRow(
        id=CouponId(1),
        pool="coffee",
        code="COFFEE-0815",
        state=CouponState.GIVEN,
        expires_at=MARCH,
        grant_id=row.id,
        shown_at=MARCH,
        used_at=None,
    )
    return GrantView(
        row=row,
        rule=rule,
        happened=happened,
        happened_at=MARCH,
        friend=name,
        coupon=coupon if kind is GrantKind.COUPON and state is GrantState.AVAILABLE else None,
    )


SOME = 11
"""Every so many of all answers have every two of state, kind, cause and step together, for it divides none of their numbers."""


def render_whys(texts: Texts, shop: Shop, member: MemberView, *, some: bool = False) -> dict[str, OutgoingMessage]:
    """All screens, or of the two thousand answers only some, in which each state, kind and cause is there."""
    name = member.name
    cases = list(product(GrantState, GrantKind, HAPPENED, (None, 3)))[:: SOME if some else 1]
    every = {
        f"why, {state} {kind} {happened} {threshold}": make_grant(name, state, kind, happened, threshold)
        for state, kind, happened, threshold in cases
    }
    lines = list(every.values())[:: len(every) // 5][:5]
    steps = [Step(rule=COFFEE, missing=missing) for missing in (1, 2)]
    view = WhyView(member=member, page=1, pages=3, lines=lines, steps=steps)
    return {
        name: render_answer(texts, shop, GrantAnswer(member=member, grant=grant)) for name, grant in every.items()
    } | {
        "why": render_why(texts, shop, view),
        "why, one": render_why(texts, shop, replace(view, lines=lines[:1], pages=1)),
        "why, none": render_why(texts, shop, WhyView(member=member)),
        "why, not mine": render_answer(texts, shop, GrantAnswer(member=member)),
        "why, no rule": render_answer(texts, shop, GrantAnswer(member=member, grant=replace(lines[0], rule=None))),
    }
