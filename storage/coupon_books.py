"""Whether coupons, the grants they were given for and the counts of their pools say the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select

from storage.facts import CouponState, GrantKind, GrantState
from storage.schema.coupons import coupon, pool
from storage.schema.rewards import grant
from storage.schema.team import audit
from storage.tx import Tx

_IS_GIVEN = coupon.c.state.in_([CouponState.GIVEN, CouponState.USED])
_FREE = (
    select(func.count())
    .where(coupon.c.pool == pool.c.name, coupon.c.state == CouponState.FREE)
    .correlate(pool)
    .scalar_subquery()
)


def _count(*where: Any) -> Select[Any]:
    return select(func.count()).where(*where)


_STATEMENTS: Mapping[str, Select[Any]] = MappingProxyType(
    {
        "coupons are with grants that stand otherwise": _count(
            or_(
                grant.c.kind != GrantKind.COUPON,
                grant.c.what != coupon.c.pool,
                and_(coupon.c.state == CouponState.GIVEN, grant.c.state != GrantState.AVAILABLE),
                and_(coupon.c.state == CouponState.USED, grant.c.state != GrantState.USED),
            )
        ).select_from(coupon.join(grant, grant.c.id == coupon.c.grant_id)),
        "grants have no coupon": _count(
            grant.c.kind == GrantKind.COUPON,
            grant.c.state.in_([GrantState.AVAILABLE, GrantState.USED]),
            not_(exists().where(coupon.c.grant_id == grant.c.id)),
        ).select_from(grant),
        "coupons are given, used or over otherwise than their state says": _count(
            or_(
                coupon.c.state.not_in(list(CouponState)),
                coupon.c.grant_id.is_not(None) != _IS_GIVEN,
                and_(_IS_GIVEN, coupon.c.given_at.is_(None)),
                (coupon.c.state == CouponState.USED) != coupon.c.used_at.is_not(None),
                (coupon.c.state == CouponState.USED) != coupon.c.used_by_id.is_not(None),
                and_(coupon.c.state == CouponState.EXPIRED, coupon.c.expires_at.is_(None)),
                and_(coupon.c.state == CouponState.VOID, coupon.c.former_grant_id.is_(None)),
            )
        ).select_from(coupon),
        "coupons were used without it being written down": _count(
            coupon.c.state == CouponState.USED,
            not_(
                exists().where(
                    audit.c.person_id == grant.c.person_id,
                    audit.c.acted_at == coupon.c.used_at,
                    audit.c.actor_id == coupon.c.used_by_id,
                )
            ),
        ).select_from(coupon.join(grant, grant.c.id == coupon.c.grant_id)),
        "pools count other coupons than are free": _count(pool.c.ready != _FREE).select_from(pool),
        "coupons are in no pool": _count(not_(exists().where(pool.c.name == coupon.c.pool))).select_from(coupon),
    }
)
"""What must not be found, in words that a number is put before."""


def list_coupon_faults(tx: Tx) -> list[str]:
    """Return in words what does not fit together; reads everything, and keeps nothing in memory."""
    found = {words: int(tx.scalar(statement)) for words, statement in _STATEMENTS.items()}
    return [f"{count} {words}" for words, count in found.items() if count]
