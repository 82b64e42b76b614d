"""Orders, and where each stands: table `sale`."""

from __future__ import annotations

from sqlalchemy import BigInteger, bindparam, cast, exists, func, literal_column, or_, select, update

from storage.columns import pair_names
from storage.conversion import MemberKey, Reason, Sale, SaleId, SaleState
from storage.errors import RowMissing
from storage.facts import EventId, GrantId
from storage.records import PersonId, ReferralState
from storage.schema.conversions import conversion, sale
from storage.schema.people import person, profile
from storage.schema.referrals import referral
from storage.tx import Conflicting, Row, Tx

_SHOWN = (
    *("id", "order_id", "person_id", "state", "reason", "amount", "currency", "occurred_at", "refunded", "event_id"),
    *("share_id", "due_at", "changed_at"),
)
_SET = (
    "person_id",
    "state",
    "reason",
    "amount",
    "currency",
    "occurred_at",
    "refunded",
    "event_id",
    "share_id",
    "due_at",
)


def _is(state: SaleState) -> object:
    return sale.c.state == literal_column(f"'{state}'")  # in writing, for the partial indexes


_OPEN = Conflicting(
    lambda insert: (
        insert(sale)
        .values(
            order_id=bindparam("order_id"),
            state=literal_column(f"'{SaleState.OPEN}'"),
            occurred_at=bindparam("now"),
            changed_at=bindparam("now"),
        )
        .on_conflict_do_nothing(index_elements=["order_id"])
        .returning(sale.c.id)
    )
)
_ROWS = select(*(sale.c[name] for name in _SHOWN))
_GET = _ROWS.where(sale.c.id == bindparam("of"))
_LOCK = _GET.with_for_update()
_LOCK_BY_ORDER = _ROWS.where(sale.c.order_id == bindparam("order_id")).with_for_update()
_FIND_BY_ORDER = _ROWS.where(sale.c.order_id == bindparam("order_id"))
_UPDATE = (
    update(sale)
    .where(sale.c.id == bindparam("of"))
    .values({name: bindparam(name) for name in _SET} | {"changed_at": bindparam("now")})
)
_COUNTS = sale.c.state.in_([literal_column(f"'{state}'") for state in (SaleState.COUNTED, SaleState.REDUCED)])
_COUNT_COUNTED = select(func.count()).select_from(sale).where(sale.c.person_id == bindparam("of"), _COUNTS)
_FIRST_CURRENCY = select(sale.c.currency).where(sale.c.event_id.is_not(None)).order_by(sale.c.event_id).limit(1)
_LIST_WAITING = (
    _ROWS.where(_is(SaleState.WAITING), sale.c.id < bindparam("before"))  # type: ignore[arg-type]
    .order_by(sale.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT_WAITING = select(func.count()).select_from(sale).where(_is(SaleState.WAITING))  # type: ignore[arg-type]
_LIST_DUE = select(sale.c.id).where(sale.c.due_at <= bindparam("now")).order_by(sale.c.due_at).limit(bindparam("most"))
_LIST_NOTED = (
    select(sale.c.id)
    .where(
        _is(SaleState.NOTED),  # type: ignore[arg-type]
        exists().where(
            referral.c.invitee_id == sale.c.person_id,
            or_(
                referral.c.state == literal_column(f"'{ReferralState.QUALIFIED}'"),
                referral.c.state == literal_column(f"'{ReferralState.REVOKED}'"),
            ),
        ),
    )
    .order_by(sale.c.person_id, sale.c.id)
    .limit(bindparam("most"))
)
_STRANGERS = (
    select(sale.c.id)
    .where(
        _is(SaleState.WAITING),  # type: ignore[arg-type]
        sale.c.reason == literal_column(f"'{Reason.UNKNOWN_MEMBER}'"),
    )
    .order_by(sale.c.id.desc())
    .limit(literal_column("5000"))
    .subquery("strangers")
)
"""The latest that wait: bounded here, so that no planner begins with all that was ever reported;
nor with the index of what reports name, which `lower` keeps it from."""
_LIST_ARRIVED = (
    select(_STRANGERS.c.id)
    .select_from(
        _STRANGERS.join(conversion, conversion.c.sale_id == _STRANGERS.c.id)
        .join(profile, profile.c.telegram_id == cast(conversion.c.member, BigInteger))
        .join(person, person.c.id == profile.c.person_id)
    )
    .where(
        person.c.started_at.is_not(None),
        func.lower(conversion.c.member_key) == literal_column(f"'{MemberKey.TELEGRAM_ID}'"),
    )
    .limit(bindparam("most"))
)
_END = (
    update(sale)
    .where(sale.c.person_id == bindparam("of"), or_(_COUNTS, _is(SaleState.NOTED), _is(SaleState.EARLY)))  # type: ignore[arg-type]
    .values(state=SaleState.ENDED, due_at=None, changed_at=bindparam("now"))
)


def lock_order(tx: Tx, order_id: str) -> Sale:
    """Return an order, which is added where it was not known; nobody else changes it until this transaction ends."""
    row = tx.row(_LOCK_BY_ORDER, order_id=order_id)
    if row is None:
        tx.scalar(_OPEN, order_id=order_id, now=tx.now)
        row = tx.row(_LOCK_BY_ORDER, order_id=order_id)
        assert row is not None, "it is there now, by whomever"
    return _to_sale(row)


def lock(tx: Tx, sale_id: SaleId) -> Sale:
    """Likewise, one that is known.

    Raises:
        RowMissing: there is no such order.
    """
    return _to_known(tx.row(_LOCK, of=sale_id), sale_id)


def get(tx: Tx, sale_id: SaleId) -> Sale:
    """Return an order to look at.

    Raises:
        RowMissing: there is no such order.
    """
    return _to_known(tx.row(_GET, of=sale_id), sale_id)


def find_by_order(tx: Tx, order_id: str) -> Sale | None:
    """Return an order by the shop's number of it."""
    row = tx.row(_FIND_BY_ORDER, order_id=order_id)
    return None if row is None else _to_sale(row)


def set_all(tx: Tx, row: Sale) -> None:
    """Write down where an order stands now; its row is locked."""
    tx.run(_UPDATE, of=row.id, now=tx.now, **{name: getattr(row, name) for name in _SET})


def end_of(tx: Tx, person_id: PersonId) -> int:
    """Let the orders of somebody count no longer whose recommendation was taken back, and return how many did."""
    return tx.run(_END, of=person_id, now=tx.now)


def count_counted(tx: Tx, person_id: PersonId) -> int:
    """Count the orders of somebody that count."""
    return int(tx.scalar(_COUNT_COUNTED, of=person_id))


def find_currency(tx: Tx) -> str:
    """Return the currency of the first order that counted; empty for none."""
    return tx.scalar(_FIRST_CURRENCY) or ""


def list_waiting(tx: Tx, *, before: int, limit: int) -> list[Sale]:
    """Return a page of the orders that wait for something, the newest first, with ids below `before`."""
    return [_to_sale(row) for row in tx.rows(_LIST_WAITING, before=before, most=limit)]


def count_waiting(tx: Tx) -> int:
    """Count them."""
    return int(tx.scalar(_COUNT_WAITING))


def list_due(tx: Tx, limit: int) -> list[SaleId]:
    """Return orders that have to be looked at again: whose time has come, whose buyer counts now, or has come by now."""
    due = [number for (number,) in tx.rows(_LIST_DUE, now=tx.now, most=limit)]
    for statement in (_LIST_NOTED, _LIST_ARRIVED):
        due += [number for (number,) in tx.rows(statement, most=limit)]
    return [SaleId(number) for number in dict.fromkeys(due)]


def _to_known(row: Row | None, sale_id: SaleId) -> Sale:
    if row is None:
        raise RowMissing(f"There is no sale {sale_id}.")
    return _to_sale(row)


def _to_sale(row: Row) -> Sale:
    values = dict(pair_names(_SHOWN, row))
    event_id, share_id = values["event_id"], values["share_id"]
    return Sale(
        **values
        | {
            "id": SaleId(values["id"]),
            "state": SaleState(values["state"]),
            "reason": Reason(values["reason"]),
            "event_id": None if event_id is None else EventId(event_id),
            "share_id": None if share_id is None else GrantId(share_id),
        }
    )
