"""Coupons for whoever comes first, and who came: tables `coupon_drop` and `coupon_claim`.

The row of a drop is locked before anything is said of who came, so that all who come at once wait there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, case, delete, insert, literal_column, select, update

from storage.columns import pair_names
from storage.drop import ClaimRow, DropId, DropRow
from storage.facts import GrantId
from storage.records import PersonId
from storage.schema.drops import coupon_claim, coupon_drop
from storage.tx import Row, Tx

_DROP = ("id", "pool", "name", "quantity", "taken", "opened_at", "ended_at")
_CLAIM = ("drop_id", "person_id", "place", "grant_id")
_NEW = ("pool", "name", "quantity", "opened_at")
_DROPS = select(*(coupon_drop.c[name] for name in _DROP))

_ADD = insert(coupon_drop).values({name: bindparam(name) for name in _NEW}).returning(coupon_drop.c.id)
_FIND = _DROPS.where(coupon_drop.c.id == bindparam("of"))
_LOCK = _FIND.with_for_update()
_LIST_OPEN = _DROPS.where(coupon_drop.c.ended_at.is_(None)).order_by(coupon_drop.c.id).limit(bindparam("limit"))
_LIST_ENDED = (
    _DROPS.where(coupon_drop.c.ended_at > bindparam("since"))
    .order_by(coupon_drop.c.ended_at.desc(), coupon_drop.c.id.desc())
    .limit(bindparam("limit"))
)
_TAKE = (
    update(coupon_drop)
    .where(
        coupon_drop.c.id == bindparam("of"),
        coupon_drop.c.ended_at.is_(None),
        coupon_drop.c.taken < coupon_drop.c.quantity,
    )
    .values(
        taken=coupon_drop.c.taken + literal_column("1"),
        ended_at=case((coupon_drop.c.taken + literal_column("1") == coupon_drop.c.quantity, bindparam("now"))),
    )
    .returning(coupon_drop.c.taken)
)
_END = (
    update(coupon_drop)
    .where(coupon_drop.c.id == bindparam("of"), coupon_drop.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_ADD_CLAIM = insert(coupon_claim).values(
    {name: bindparam(name) for name in (*_CLAIM, "claimed_at")},
)
_CLAIMS = select(*(coupon_claim.c[name] for name in _CLAIM))
_FIND_CLAIM = _CLAIMS.where(
    coupon_claim.c.drop_id == bindparam("of"), coupon_claim.c.person_id == bindparam("person_id")
)
_LIST_CLAIMS = _CLAIMS.where(
    coupon_claim.c.person_id == bindparam("person_id"), coupon_claim.c.drop_id.in_(bindparam("ids", expanding=True))
)
_DELETE_OF = delete(coupon_claim).where(coupon_claim.c.person_id == bindparam("of"))


def add(tx: Tx, *, pool: str, name: str, quantity: int) -> DropId:
    """Open a drop of so many coupons of a pool that there is."""
    values = (pool, name, quantity, tx.now)
    return DropId(tx.scalar(_ADD, **dict(pair_names(_NEW, values))))


def find(tx: Tx, drop_id: DropId) -> DropRow | None:
    """Return a drop."""
    row = tx.row(_FIND, of=drop_id)
    return None if row is None else _to_drop(row)


def lock(tx: Tx, drop_id: DropId) -> DropRow | None:
    """Return a drop that nobody else takes of until this transaction ends."""
    row = tx.row(_LOCK, of=drop_id)
    return None if row is None else _to_drop(row)


def list_open(tx: Tx, *, limit: int) -> list[DropRow]:
    """Return those that something can be taken of, the oldest first."""
    return [_to_drop(row) for row in tx.rows(_LIST_OPEN, limit=limit)]


def list_ended(tx: Tx, *, since: int, limit: int) -> list[DropRow]:
    """Return those that have ended behind a moment, the latest first."""
    return [_to_drop(row) for row in tx.rows(_LIST_ENDED, since=since, limit=limit)]


def take(tx: Tx, drop_id: DropId) -> int | None:
    """Take one, and return its place from 1, the last of them ends it; None where all are taken, or it has ended."""
    found: int | None = tx.scalar(_TAKE, of=drop_id, now=tx.now)
    return found


def end(tx: Tx, drop_id: DropId) -> bool:
    """Let nobody take of it any more; False where it had ended."""
    return tx.run(_END, of=drop_id, now=tx.now) == 1


def add_claim(tx: Tx, drop_id: DropId, person_id: PersonId, *, place: int | None, grant_id: GrantId | None) -> None:
    """Note who came, with what they have or that it was too late."""
    values = (drop_id, person_id, place, grant_id, tx.now)
    tx.run(_ADD_CLAIM, **dict(pair_names((*_CLAIM, "claimed_at"), values)))


def find_claim(tx: Tx, drop_id: DropId, person_id: PersonId) -> ClaimRow | None:
    """Return what somebody has of a drop; None for who never came."""
    row = tx.row(_FIND_CLAIM, of=drop_id, person_id=person_id)
    return None if row is None else _to_claim(row)


def list_claims(tx: Tx, person_id: PersonId, ids: Collection[DropId]) -> dict[DropId, ClaimRow]:
    """Return what somebody has of some drops."""
    rows = tx.rows(_LIST_CLAIMS, person_id=person_id, ids=sorted(ids)) if ids else ()
    return {claim.drop_id: claim for claim in map(_to_claim, rows)}


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget that somebody came; what was taken stays so."""
    tx.run(_DELETE_OF, of=person_id)


def _to_drop(row: Row) -> DropRow:
    return DropRow(**dict(pair_names(_DROP, row)))


def _to_claim(row: Row) -> ClaimRow:
    return ClaimRow(**dict(pair_names(_CLAIM, row)))
