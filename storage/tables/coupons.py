"""The codes that a shop has imported, and whom each was given to: tables `pool` and `coupon`.

The row of a pool is changed before any of its coupons, so that whoever gives, imports and takes back waits for the others
there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import and_, bindparam, case, literal_column, or_, select, update
from sqlalchemy.sql.expression import ColumnElement

from storage.columns import pair_names
from storage.facts import CouponId, CouponRow, CouponState, GrantId, PoolLevel, PoolRow
from storage.records import PersonId
from storage.schema.coupons import coupon, pool
from storage.tx import Conflicting, Row, Tx

_POOL = ("name", "ready", "stocked", "warned")
_SHOWN = ("id", "pool", "code", "state", "expires_at", "grant_id", "shown_at", "used_at")
_ADDED = ("pool", "code", "folded", "state", "imported_at", "expires_at")


def _is(state: CouponState) -> ColumnElement[bool]:
    """In writing, so that the planners see that the partial index serves."""
    return coupon.c.state == literal_column(f"'{state}'")


_ONE: ColumnElement[int] = literal_column("1")
_NONE: ColumnElement[int] = literal_column("0")
_IN_FORCE = or_(coupon.c.expires_at.is_(None), coupon.c.expires_at > bindparam("now"))

_OPEN = Conflicting(
    lambda insert: (
        insert(pool)
        .values(name=bindparam("name"), ready=_NONE, stocked=_NONE, warned=PoolLevel.FULL, stocked_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["name"])
    )
)
_POOLS = select(*(pool.c[name] for name in _POOL)).order_by(pool.c.name)
_FIND_POOL = _POOLS.where(pool.c.name == bindparam("of"))
_LOCK_POOL = _FIND_POOL.with_for_update()
_WARN = update(pool).where(pool.c.name == bindparam("of")).values(warned=bindparam("level"))
_TAKE_ONE = (
    update(pool)
    .where(pool.c.name == bindparam("of"), pool.c.ready > _NONE)
    .values(ready=pool.c.ready - _ONE)
    .returning(pool.c.name)
)
_COUNT = update(pool).where(pool.c.name == bindparam("of")).values(ready=pool.c.ready + bindparam("more"))
_STOCK = (
    update(pool)
    .where(pool.c.name == bindparam("of"))
    .values(
        ready=pool.c.ready + bindparam("more"),
        stocked=pool.c.ready + bindparam("more"),
        warned=PoolLevel.FULL,
        stocked_at=bindparam("now"),
    )
)

_ADD = Conflicting(
    lambda insert: (
        insert(coupon)
        .values({name: bindparam(name) for name in _ADDED})
        .on_conflict_do_nothing(index_elements=["pool", "code"])
        .returning(coupon.c.id)
    )
)
_COUPONS = select(*(coupon.c[name] for name in _SHOWN))
_OLDEST = (
    select(coupon.c.id)
    .where(coupon.c.pool == bindparam("of"), _is(CouponState.FREE), _IN_FORCE)
    .order_by(coupon.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_GIVE = (
    update(coupon)
    .where(coupon.c.id == _OLDEST)
    .values(
        state=CouponState.GIVEN,
        grant_id=bindparam("to_grant"),
        given_at=bindparam("now"),
        shown_at=case((bindparam("shown") == _ONE, bindparam("now")), else_=None),
    )
    .returning(*(coupon.c[name] for name in _SHOWN))
)
_GET = _COUPONS.where(coupon.c.id == bindparam("id"))
_FIND_BY_GRANT = _COUPONS.where(coupon.c.grant_id == bindparam("grant_id"))
_LIST_BY_CODE = _COUPONS.where(coupon.c.folded == bindparam("folded")).order_by(coupon.c.id).limit(bindparam("most"))
_LIST_DUE = (
    _COUPONS.where(
        coupon.c.expires_at.is_not(None),
        or_(_is(CouponState.FREE), _is(CouponState.GIVEN)),
        coupon.c.expires_at <= bindparam("now"),
    )
    .order_by(coupon.c.expires_at, coupon.c.id)
    .limit(bindparam("most"))
)
_SHOW = (
    update(coupon)
    .where(coupon.c.id.in_(bindparam("ids", expanding=True)), coupon.c.shown_at.is_(None))
    .values(shown_at=bindparam("now"))
)
_IS_STILL = and_(coupon.c.id == bindparam("of"), coupon.c.state == bindparam("was"))
_PUT_BACK = (
    update(coupon)
    .where(_IS_STILL, coupon.c.shown_at.is_(None))
    .values(state=CouponState.FREE, grant_id=None, given_at=None)
)
_END = (
    update(coupon).where(_IS_STILL).values(state=bindparam("state"), grant_id=None, former_grant_id=coupon.c.grant_id)
)
_USE = (
    update(coupon)
    .where(_IS_STILL)
    .values(state=bindparam("state"), used_at=bindparam("used_at"), used_by_id=bindparam("used_by_id"))
)

MOST_ALIKE = 10
"""Coupons of different pools, or of one in other letters, that somebody may mean by the same code."""


def open_pool(tx: Tx, name: str) -> PoolRow:
    """Return a pool, a new one where there was none, and keep everybody else from changing it until this transaction ends."""
    tx.run(_OPEN, name=name, now=tx.now)
    row = tx.row(_LOCK_POOL, of=name)
    assert row is not None
    return _to_pool(row)


def find_pool(tx: Tx, name: str) -> PoolRow | None:
    """Return a pool as it is."""
    row = tx.row(_FIND_POOL, of=name)
    return None if row is None else _to_pool(row)


def list_pools(tx: Tx) -> list[PoolRow]:
    """Return all pools by name; there are few."""
    return [_to_pool(row) for row in tx.rows(_POOLS)]


def set_warned(tx: Tx, name: str, level: PoolLevel) -> None:
    """Note what the team was told of a pool."""
    tx.run(_WARN, of=name, level=level)


def add(tx: Tx, name: str, codes: Iterable[tuple[str, str, int | None]]) -> int:
    """Add coupons to a pool that is open; returns how many of them it did not have.

    Args:
        tx: The transaction.
        name: The pool.
        codes: Each code as it is, as it is searched for, and until when it is good.
    """
    open_pool(tx, name)
    start = (CouponState.FREE, tx.now)
    values = [dict(pair_names(_ADDED, (name, code, folded, *start, expires_at))) for code, folded, expires_at in codes]
    new = sum(row is not None for row in tx.row_each(_ADD, values))
    if new:
        tx.run(_STOCK, of=name, more=new, now=tx.now)
    return new


def take(tx: Tx, name: str, grant_id: GrantId, *, shown: bool) -> CouponRow | None:
    """Give the oldest coupon of a pool that is good still; None where there is none.

    Args:
        tx: The transaction.
        name: The pool.
        grant_id: What it is given for.
        shown: Whether its holder is told the code with it.
    """
    if tx.row(_TAKE_ONE, of=name) is None:
        return None
    row = tx.row(_GIVE, of=name, to_grant=grant_id, now=tx.now, shown=int(shown))
    if row is None:  # all that are left have expired, and were not cleared away yet
        tx.run(_COUNT, of=name, more=1)
        return None
    return _to_coupon(row)


def put_back(tx: Tx, row: CouponRow) -> bool:
    """Let somebody else have a coupon; False where its holder has seen it, or it was used or has expired."""
    tx.row(_LOCK_POOL, of=row.pool)
    if tx.run(_PUT_BACK, of=row.id, was=CouponState.GIVEN) == 0:
        return False
    tx.run(_COUNT, of=row.pool, more=1)
    return True


def set_void(tx: Tx, row: CouponRow) -> bool:
    """Let nobody have a coupon any more; False where it was used or has expired."""
    return tx.run(_END, of=row.id, was=CouponState.GIVEN, state=CouponState.VOID) == 1


def set_expired(tx: Tx, row: CouponRow) -> bool:
    """Note that a coupon is good no longer; False where it went into other hands at that moment."""
    if row.state is CouponState.FREE:
        tx.row(_LOCK_POOL, of=row.pool)
    if tx.run(_END, of=row.id, was=row.state, state=CouponState.EXPIRED) == 0:
        return False
    if row.state is CouponState.FREE:
        tx.run(_COUNT, of=row.pool, more=-1)
    return True


def set_shown(tx: Tx, ids: Collection[CouponId]) -> None:
    """Note that their holder sees these codes."""
    if ids:
        tx.run(_SHOW, ids=sorted(ids), now=tx.now)


def set_used(tx: Tx, coupon_id: CouponId, by: PersonId) -> bool:
    """Take it at the counter; True only for the one call that did."""
    given, used = CouponState.GIVEN, CouponState.USED
    return tx.run(_USE, of=coupon_id, was=given, state=used, used_at=tx.now, used_by_id=by) == 1


def set_unused(tx: Tx, coupon_id: CouponId) -> bool:
    """Let its holder have it again; False where it was not used."""
    given, used = CouponState.GIVEN, CouponState.USED
    return tx.run(_USE, of=coupon_id, was=used, state=given, used_at=None, used_by_id=None) == 1


def find(tx: Tx, coupon_id: CouponId) -> CouponRow | None:
    """Return a coupon."""
    row = tx.row(_GET, id=coupon_id)
    return None if row is None else _to_coupon(row)


def find_by_grant(tx: Tx, grant_id: GrantId) -> CouponRow | None:
    """Return the coupon that somebody has for a grant."""
    row = tx.row(_FIND_BY_GRANT, grant_id=grant_id)
    return None if row is None else _to_coupon(row)


def list_by_code(tx: Tx, folded: str) -> list[CouponRow]:
    """Return the coupons that a code may stand for, however it was typed."""
    return [_to_coupon(row) for row in tx.rows(_LIST_BY_CODE, folded=folded, most=MOST_ALIKE)]


def list_due(tx: Tx, limit: int) -> list[CouponRow]:
    """Return coupons that are good no longer and not marked so yet, the longest over first."""
    return [_to_coupon(row) for row in tx.rows(_LIST_DUE, now=tx.now, most=limit)]


def _to_pool(row: Row) -> PoolRow:
    name, ready, stocked, warned = row
    return PoolRow(name=name, ready=ready, stocked=stocked, warned=PoolLevel(warned))


def _to_coupon(row: Row) -> CouponRow:
    values = dict(pair_names(_SHOWN, row))
    return CouponRow(**values | {"state": CouponState(values["state"])})
