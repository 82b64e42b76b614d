"""Coupons at the counter: looked up by their code, handed in once, a slip put right."""

from __future__ import annotations

from bot.core.coupons.pools import fold_code
from bot.core.redeeming import Use
from bot.services.coupons.notices import CouponUsed
from bot.services.redeeming.counter import Check, Counter
from bot.services.webhooks.publishing import publish_coupon
from storage.facts import CouponId, CouponRow, CouponState
from storage.records import Profile
from storage.tables import coupons
from storage.tx import Tx


def find_coupon(tx: Tx, typed: str) -> CouponRow | None:
    """The coupon that somebody means by a code: written just so rather than alike, in somebody's hands rather than not."""
    alike = coupons.list_by_code(tx, fold_code(typed))
    order = [CouponState.GIVEN, CouponState.USED, CouponState.EXPIRED, CouponState.VOID]
    known = [row for row in alike if row.state in order]
    return min(known, key=lambda row: (row.code != typed.strip(), order.index(row.state)), default=None)


def check_coupon(tx: Tx, *, visitor: Profile, typed: str) -> Check[CouponRow]:
    """Whose coupon this is, and whether it can be taken.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return COUPONS.check(tx, visitor, find_coupon(tx, typed))


def hand_in(tx: Tx, *, visitor: Profile, coupon_id: CouponId) -> Check[CouponRow]:
    """Take it at the counter: once, whoever taps how often.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return COUPONS.hand_out(tx, visitor, coupon_id)


def hand_again(tx: Tx, *, visitor: Profile, coupon_id: CouponId) -> Check[CouponRow]:
    """It was not taken after all; within two minutes.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return COUPONS.take_back(tx, visitor, coupon_id)


def _decide_use(row: CouponRow, now: int) -> Use:
    if row.state is CouponState.USED:
        return Use.USED
    return (
        Use.READY if row.state is CouponState.GIVEN and (row.expires_at is None or now < row.expires_at) else Use.OVER
    )


COUPONS: Counter[CouponRow] = Counter(
    find=lambda tx, number: coupons.find(tx, CouponId(number)),
    decide=_decide_use,
    set_used=lambda tx, row, by: coupons.set_used(tx, row.id, by),
    set_unused=lambda tx, row: coupons.set_unused(tx, row.id),
    call=lambda row: row.code,
    publish=lambda tx, kind, row, person_id: publish_coupon(tx, kind, person_id, pool=row.pool, code=row.code),
    compose=lambda row, undone: CouponUsed(pool=row.pool, code=row.code, undone=undone),
)
"""Coupons are shown by their codes."""
