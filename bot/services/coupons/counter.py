"""Coupons at the counter: looked up by their code, handed in once, a slip put right."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.campaigns.rewards import Rule
from bot.core.coupons.pools import fold_code
from bot.core.redeeming import Use, decide_undo_at
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.campaigns import find_rule
from bot.services.coupons.notices import CouponUsed
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.webhooks.publishing import publish_coupon
from storage.addresses import MemberAddress
from storage.facts import CouponId, CouponRow, CouponState, GrantRow, GrantState
from storage.records import Profile
from storage.tables import audit, coupons, grants, people
from storage.tx import Tx
from storage.webhook import HookEventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponCheck:
    """What the counter sees of a coupon."""

    member: MemberView
    row: CouponRow | None = None
    """None where there is no such code, or nobody has it."""
    rule: Rule | None = None
    """By which somebody has it."""
    use: Use = Use.OVER
    holder: str = ""
    can_undo: bool = False
    done: bool = False
    """This tap has taken it."""


def find_coupon(tx: Tx, typed: str) -> CouponRow | None:
    """The coupon that somebody means by a code: written just so rather than alike, in somebody's hands rather than not."""
    alike = coupons.list_by_code(tx, fold_code(typed))
    order = [CouponState.GIVEN, CouponState.USED, CouponState.EXPIRED, CouponState.VOID]
    known = [row for row in alike if row.state in order]
    return min(known, key=lambda row: (row.code != typed.strip(), order.index(row.state)), default=None)


def check_coupon(tx: Tx, *, visitor: Profile, typed: str) -> CouponCheck:
    """Whose coupon this is, and whether it can be taken.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _view(tx, view_member(tx, enter(tx, visitor)), find_coupon(tx, typed))


def hand_in(tx: Tx, *, visitor: Profile, coupon_id: CouponId) -> CouponCheck:
    """Take it at the counter: once, whoever taps how often.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    member, grant = view_member(tx, enter(tx, visitor)), _lock_grant(tx, coupon_id)
    row = coupons.find(tx, coupon_id)
    done = row is not None and _decide_use(row, tx.now) is Use.READY and coupons.set_used(tx, coupon_id, member.id)
    if row is not None and grant is not None and done:
        grants.set_state(tx, grant.id, GrantState.USED, expected=GrantState.AVAILABLE)
        publish_coupon(tx, HookEventKind.USED, grant.person_id, pool=row.pool, code=row.code)
        _tell(tx, row, grant, member, Act.HANDED_OUT)
    return _view(tx, member, coupons.find(tx, coupon_id), done=done)


def hand_again(tx: Tx, *, visitor: Profile, coupon_id: CouponId) -> CouponCheck:
    """It was not taken after all; within two minutes.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    member, grant = view_member(tx, enter(tx, visitor)), _lock_grant(tx, coupon_id)
    row = coupons.find(tx, coupon_id)
    if row is not None and grant is not None and _can_undo(row, tx.now) and coupons.set_unused(tx, coupon_id):
        grants.set_state(tx, grant.id, GrantState.AVAILABLE, expected=GrantState.USED)
        publish_coupon(tx, HookEventKind.UNUSED, grant.person_id, pool=row.pool, code=row.code)
        _tell(tx, row, grant, member, Act.HANDED_BACK)
    return _view(tx, member, coupons.find(tx, coupon_id))


def _lock_grant(tx: Tx, coupon_id: CouponId) -> GrantRow | None:
    row = coupons.find(tx, coupon_id)
    return grants.lock(tx, row.grant_id) if row is not None and row.grant_id is not None else None


def _decide_use(row: CouponRow, now: int) -> Use:
    if row.state is CouponState.USED:
        return Use.USED
    return (
        Use.READY if row.state is CouponState.GIVEN and (row.expires_at is None or now < row.expires_at) else Use.OVER
    )


def _can_undo(row: CouponRow, now: int) -> bool:
    return row.state is CouponState.USED and decide_undo_at(row.used_at, now)


def _tell(tx: Tx, row: CouponRow, grant: GrantRow, member: MemberView, act: Act) -> None:
    """To the member at once, and to whoever reads later what was done."""
    audit.add(tx, actor_id=member.id, act=act, subject="", person_id=grant.person_id, after=row.code)
    if people.get(tx, grant.person_id).is_member:
        notice = CouponUsed(pool=row.pool, code=row.code, undone=act is Act.HANDED_BACK)
        owe(tx, MemberAddress(grant.person_id), notice, key=f"{row.id}:{act}:{tx.now}")


def _view(tx: Tx, member: MemberView, row: CouponRow | None, *, done: bool = False) -> CouponCheck:
    if row is None:
        return CouponCheck(member=member)
    grant = grants.get(tx, row.grant_id) if row.grant_id is not None else None
    return CouponCheck(
        member=member,
        row=row,
        rule=find_rule(tx, grant.campaign_version_id, grant.rule) if grant is not None else None,
        use=_decide_use(row, tx.now),
        holder=compose_name(people.get(tx, grant.person_id).profile) if grant is not None else "",
        can_undo=_can_undo(row, tx.now),
        done=done,
    )
