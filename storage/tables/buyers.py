"""Who has bought: links on receipts, and the shop's own numbers of customers: tables `receipt` and `customer`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from storage.columns import pair_names
from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.conversions import customer, receipt
from storage.tx import Conflicting, Tx

_SHOWN = ("order_id", "person_id", "made_at", "opened_at")
_ADD = Conflicting(
    lambda insert: (
        insert(receipt)
        .values({name: bindparam(name) for name in ("order_id", "token_hash", "made_at")})
        .on_conflict_do_nothing(index_elements=["order_id"])
    )
)
_RECEIPTS = select(*(receipt.c[name] for name in _SHOWN))
_FIND = _RECEIPTS.where(receipt.c.token_hash == bindparam("token_hash"))
_FIND_BY_ORDER = _RECEIPTS.where(receipt.c.order_id == bindparam("order_id"))
_TAKE = (
    update(receipt)
    .where(
        receipt.c.token_hash == bindparam("token_hash"), receipt.c.person_id.is_(None), receipt.c.opened_at.is_(None)
    )
    .values(person_id=bindparam("person_id"), opened_at=bindparam("now"))
)
_FORGET = update(receipt).where(receipt.c.person_id == bindparam("of")).values(person_id=None)
_TIE = Conflicting(
    lambda insert: (
        insert(customer)
        .values({name: bindparam(name) for name in ("external_id", "person_id", "tied_at")})
        .on_conflict_do_nothing(index_elements=["external_id"])
    )
)
_FIND_CUSTOMER = select(customer.c.person_id).where(customer.c.external_id == bindparam("external_id"))
_FORGET_CUSTOMER = delete(customer).where(customer.c.person_id == bindparam("of"))


@frozen
class Receipt:
    """A link on a receipt."""

    order_id: str
    person_id: PersonId | None
    """Who has opened it first."""
    made_at: int
    opened_at: int | None


def add_receipt(tx: Tx, order_id: str, token_hash: str) -> None:
    """Let an order be tied by a link; the same again changes nothing."""
    tx.run(_ADD, order_id=order_id, token_hash=token_hash, made_at=tx.now)


def find_receipt(tx: Tx, token_hash: str) -> Receipt | None:
    """Return a receipt by its link."""
    row = tx.row(_FIND, token_hash=token_hash)
    return None if row is None else Receipt(**dict(pair_names(_SHOWN, row)))


def find_receipt_of(tx: Tx, order_id: str) -> Receipt | None:
    """Return the receipt of an order."""
    row = tx.row(_FIND_BY_ORDER, order_id=order_id)
    return None if row is None else Receipt(**dict(pair_names(_SHOWN, row)))


def take_receipt(tx: Tx, token_hash: str, person_id: PersonId) -> bool:
    """Tie a receipt to whoever opens it; False where somebody was quicker."""
    return tx.run(_TAKE, token_hash=token_hash, person_id=person_id, now=tx.now) == 1


def tie_customer(tx: Tx, external_id: str, person_id: PersonId) -> bool:
    """Say whom the shop's number of a customer means; False where that was said before, and stands."""
    return tx.run(_TIE, external_id=external_id, person_id=person_id, tied_at=tx.now) == 1


def find_customer(tx: Tx, external_id: str) -> PersonId | None:
    """Return whom the shop's number of a customer means."""
    number = tx.scalar(_FIND_CUSTOMER, external_id=external_id)
    return None if number is None else PersonId(number)


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Leave nothing that ties somebody to receipts and numbers of customers; a receipt that was opened stays used."""
    tx.run(_FORGET, of=person_id)
    tx.run(_FORGET_CUSTOMER, of=person_id)
