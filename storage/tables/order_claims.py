"""Who says that an order is theirs: table `order_claim`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select

from storage.records import PersonId
from storage.schema.conversions import order_claim
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(order_claim)
        .values({name: bindparam(name) for name in ("order_id", "person_id", "said_at")})
        .on_conflict_do_nothing(index_elements=["order_id", "person_id"])
    )
)
_LIST_OF = (
    select(order_claim.c.person_id)
    .where(order_claim.c.order_id == bindparam("order_id"))
    .order_by(order_claim.c.said_at)
    .limit(bindparam("most"))
)
_COUNT_BY = select(func.count()).select_from(order_claim).where(order_claim.c.person_id == bindparam("of"))
_DELETE_OF_ORDER = delete(order_claim).where(order_claim.c.order_id == bindparam("order_id"))
_DELETE_OF = delete(order_claim).where(order_claim.c.person_id == bindparam("of"))
_DELETE_BEFORE = delete(order_claim).where(order_claim.c.said_at < bindparam("before"))


def add(tx: Tx, order_id: str, person_id: PersonId) -> None:
    """Note that somebody says so; once more changes nothing."""
    tx.run(_ADD, order_id=order_id, person_id=person_id, said_at=tx.now)


def list_of(tx: Tx, order_id: str, limit: int) -> list[PersonId]:
    """Return who says so of an order, the first of them first."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_OF, order_id=order_id, most=limit)]


def count_by(tx: Tx, person_id: PersonId) -> int:
    """Count the orders that somebody says are theirs."""
    return int(tx.scalar(_COUNT_BY, of=person_id))


def settle(tx: Tx, order_id: str) -> None:
    """Forget who said so of an order whose buyer is known now."""
    tx.run(_DELETE_OF_ORDER, order_id=order_id)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what somebody has said."""
    tx.run(_DELETE_OF, of=person_id)


def delete_before(tx: Tx, before: int) -> int:
    """Forget what was said before a moment and never confirmed, and return how much."""
    return tx.run(_DELETE_BEFORE, before=before)
