"""What was reported of orders, once each: table `conversion`."""

from __future__ import annotations

from sqlalchemy import bindparam, literal_column, select, update

from storage.columns import pair_names
from storage.conversion import Channel, Conversion, ConversionId, ConversionType, MemberKey, Report, SaleId
from storage.facts import EventId
from storage.records import PersonId
from storage.schema.conversions import conversion, sale
from storage.tx import Conflicting, Row, Tx

_REPORT = ("type", "part", "amount", "currency", "member_key", "member", "occurred_at", "fingerprint", "channel")
_COLUMNS = ("sale_id", *_REPORT, "state", "received_at", "actor_id")
_SHOWN = ("id", "sale_id", *_REPORT, "state", "event_id", "received_at", "actor_id")

_ADD = Conflicting(
    lambda insert: (
        insert(conversion)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["sale_id", "type", "part"])
        .returning(conversion.c.id)
    )
)
_ROWS = select(*(conversion.c[name] for name in _SHOWN), sale.c.order_id).join(sale, sale.c.id == conversion.c.sale_id)
_GET = _ROWS.where(conversion.c.id == bindparam("of"))
_FIND = _ROWS.where(
    conversion.c.sale_id == bindparam("sale_id"),
    conversion.c.type == bindparam("type"),
    conversion.c.part == bindparam("part"),
)
_LIST_OF = _ROWS.where(conversion.c.sale_id == bindparam("sale_id")).order_by(conversion.c.id)
_SET_STATE = update(conversion).where(conversion.c.id == bindparam("of")).values(state=bindparam("state"))
_SET_EVENT = update(conversion).where(conversion.c.id == bindparam("of")).values(event_id=bindparam("event"))
_LIST_NAMED = (
    select(conversion.c.sale_id)
    .where(conversion.c.member_key == bindparam("key"), conversion.c.member == bindparam("member"))
    .order_by(conversion.c.id)
    .limit(bindparam("most"))
)
_FORGET_MEMBER = (
    update(conversion)
    .where(conversion.c.sale_id.in_(select(sale.c.id).where(sale.c.person_id == bindparam("of"))))
    .values(member="", member_key="", fingerprint="")
)
_FORGET_NUMBER = (
    update(conversion)
    .where(
        conversion.c.member_key == literal_column(f"'{MemberKey.TELEGRAM_ID}'"),
        conversion.c.member == bindparam("said"),
    )
    .values(member="", member_key="", fingerprint="")
)


def add(tx: Tx, sale_id: SaleId, report: Report, *, actor_id: PersonId | None) -> ConversionId | None:
    """Take a report; None where the order has one of this type and part."""
    said = {name: getattr(report, name) for name in _REPORT}
    number = tx.scalar(_ADD, sale_id=sale_id, **said, state="", received_at=tx.now, actor_id=actor_id)
    return None if number is None else ConversionId(number)


def get(tx: Tx, conversion_id: ConversionId) -> Conversion:
    """Return one that is there."""
    row = tx.row(_GET, of=conversion_id)
    assert row is not None, "nobody deletes one"
    return _to_conversion(row)


def find(tx: Tx, sale_id: SaleId, type_: ConversionType, part: str) -> Conversion | None:
    """Return what was reported of an order under a type and part."""
    row = tx.row(_FIND, sale_id=sale_id, type=type_, part=part)
    return None if row is None else _to_conversion(row)


def list_of(tx: Tx, sale_id: SaleId) -> list[Conversion]:
    """Return all that was reported of an order, in the order in which it came."""
    return [_to_conversion(row) for row in tx.rows(_LIST_OF, sale_id=sale_id)]


def list_named(tx: Tx, key: MemberKey, member: str, limit: int) -> list[SaleId]:
    """Return orders whose buyer was named so."""
    return [SaleId(number) for (number,) in tx.rows(_LIST_NAMED, key=key, member=member, most=limit)]


def set_state(tx: Tx, conversion_id: ConversionId, state: str) -> None:
    """Write down what its sender is answered."""
    tx.run(_SET_STATE, of=conversion_id, state=state)


def set_event(tx: Tx, conversion_id: ConversionId, event_id: EventId) -> None:
    """Write down by which event a refund took something back, or rules were asked of a custom event."""
    tx.run(_SET_EVENT, of=conversion_id, event=event_id)


def forget_member(tx: Tx, person_id: PersonId) -> None:
    """Take out by what somebody's orders named them; any repetition of such a report is taken for the same."""
    tx.run(_FORGET_MEMBER, of=person_id)


def forget_number(tx: Tx, telegram_id: int) -> None:
    """Take out somebody's number at Telegram, also where nobody was found by it."""
    tx.run(_FORGET_NUMBER, said=str(telegram_id))


def _to_conversion(row: Row) -> Conversion:
    values = dict(pair_names((*_SHOWN, "order_id"), row))
    said = {name: values.pop(name) for name in _REPORT}
    event_id = values["event_id"]
    report = Report(
        **said
        | {
            "order_id": values.pop("order_id"),
            "type": ConversionType(said["type"]),
            "member_key": MemberKey(said["member_key"]),
            "channel": Channel(said["channel"]),
        }
    )
    return Conversion(**values | {"report": report, "event_id": None if event_id is None else EventId(event_id)})
