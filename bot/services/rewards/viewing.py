"""What somebody has by the rules, why, and what is still missing for the next."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.campaigns.rewards import Rule
from bot.core.rewards.steps import Step, is_for, list_steps
from bot.core.standing import MOST_LISTED, compute_page
from bot.services.campaigns import get_terms
from bot.services.coupons.giving import find_shown
from bot.services.members import MemberView, compose_name, enter, view_member
from bot.services.rewards.giving import find_granted_rule
from bot.services.rewards.room import find_day
from storage.errors import RowMissing
from storage.facts import CouponRow, EventKind, GrantId, GrantKind, GrantRow, RedemptionRow
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import events, grants, labels, people, redemptions, referrals
from storage.tx import Tx

WHY_PAGE = 5
"""Each has a button of its own."""


@frozen
class GrantView:
    """Something that somebody has, or has not yet, with all that says why."""

    row: GrantRow
    rule: Rule | None
    """As it was then; None where no rule is known any more."""
    happened: EventKind
    """What it was given for."""
    happened_at: int
    friend: str = ""
    """The friend by whom it came; empty where there is none, or nothing visible remains of one."""
    coupon: CouponRow | None = None
    redemption: RedemptionRow | None = None
    """What of it waits, or waited, at the counter."""


@frozen
class WhyView:
    """A page of all that the rules ever gave somebody, the newest first, and what comes next."""

    member: MemberView
    page: int = 0
    pages: int = 1
    is_cut: bool = False
    """There is more than is listed, and this is the last page."""
    lines: Sequence[GrantView] = ()
    steps: Sequence[Step] = ()


@frozen
class GrantAnswer:
    """The answer to why; `grant` is None for what never was this member's."""

    member: MemberView
    grant: GrantView | None = None


def list_why(tx: Tx, *, visitor: Profile, page: int = 0) -> WhyView:
    """All that the rules gave whoever asks."""
    member = view_member(tx, enter(tx, visitor))
    shown = compute_page(page, grants.count_of(tx, member.id, most=MOST_LISTED + 1), WHY_PAGE)
    rows = grants.list_of(tx, member.id, limit=shown.size, offset=shown.offset)
    return WhyView(
        member=member,
        page=shown.number,
        pages=shown.count,
        is_cut=shown.is_cut,
        lines=[view_grant(tx, row) for row in rows],
        steps=list_next(tx, member),
    )


def explain(tx: Tx, *, visitor: Profile, grant_id: GrantId) -> GrantAnswer:
    """Why somebody has this; of others' nothing is said."""
    member = view_member(tx, enter(tx, visitor))
    try:
        row = grants.get(tx, grant_id)
    except RowMissing:
        return GrantAnswer(member=member)
    return GrantAnswer(member=member, grant=view_grant(tx, row) if row.person_id == member.id else None)


def list_live(tx: Tx, member: MemberView) -> list[GrantView]:
    """What a member has besides points, and what is on its way."""
    return [view_grant(tx, row) for row in grants.list_live(tx, member.id)]


def list_next(tx: Tx, member: MemberView) -> list[Step]:
    """What so many more friends will bring, by the rules that hold now."""
    campaign = get_terms(tx).campaign
    if not campaign.rewards:
        return []
    called = labels.list_of(tx, member.id) if campaign.asks_labels else []
    return list_steps(campaign.rewards, member.score, find_day(tx), labels=called, tier=member.tier)


def list_own_rules(tx: Tx, member: MemberView) -> list[Rule]:
    """The rules that hold for a member because of what the team calls them."""
    rules = [rule for rule in get_terms(tx).campaign.rewards if rule.condition.label]
    called = labels.list_of(tx, member.id) if rules else []
    return [rule for rule in rules if is_for(rule, called)]


def view_grant(tx: Tx, row: GrantRow) -> GrantView:
    """A grant with all that says why it is there."""
    kind, happened_at = events.get_cause(tx, row.event_id)
    return GrantView(
        row=row,
        rule=find_granted_rule(tx, row),
        happened=kind,
        happened_at=happened_at,
        friend=_name_other(tx, row),
        coupon=find_shown(tx, row.id) if row.kind is GrantKind.COUPON else None,
        redemption=None if row.points else redemptions.find_by_grant(tx, row.id),
    )


def _name_other(tx: Tx, row: GrantRow) -> str:
    if row.referral_id is None:
        return ""
    referral = referrals.get(tx, row.referral_id)
    other = referral.invitee_id if row.person_id == referral.inviter_id else referral.inviter_id
    return compose_name(people.get(tx, other).profile)
