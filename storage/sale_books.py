"""Whether orders, what was reported of them and what they brought say the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select

from storage.conversion import ConversionType, SaleState
from storage.facts import EventKind, GrantState
from storage.schema.conversions import conversion, sale
from storage.schema.rewards import event, grant
from storage.tx import Tx

_COUNTS = [SaleState.COUNTED, SaleState.REDUCED]
_GONE = [SaleState.REFUNDED, SaleState.DROPPED]


def _count(*where: Any) -> Select[Any]:
    return select(func.count()).where(*where)


_REFUNDS = (
    select(func.coalesce(func.sum(conversion.c.amount), 0))
    .where(
        conversion.c.sale_id == sale.c.id,
        conversion.c.type == ConversionType.REFUND,
        conversion.c.currency == sale.c.currency,
    )
    .correlate(sale)
    .scalar_subquery()
)

_STATEMENTS: Mapping[str, Select[Any]] = MappingProxyType(
    {
        "orders count by nothing that happened, or wait although they do": _count(
            or_(
                and_(sale.c.state.in_(_COUNTS), sale.c.event_id.is_(None)),
                and_(sale.c.state.in_([SaleState.WAITING, SaleState.NOTED]), sale.c.event_id.is_not(None)),
                and_(sale.c.event_id.is_not(None), sale.c.person_id.is_(None)),
            )
        ).select_from(sale),
        "orders count by what happened to somebody else": _count(
            or_(event.c.kind != EventKind.PURCHASED, event.c.person_id != sale.c.person_id)
        ).select_from(sale.join(event, event.c.id == sale.c.event_id)),
        "purchases are no order's": _count(
            event.c.kind == EventKind.PURCHASED,
            event.c.key.startswith(f"{EventKind.PURCHASED}:sale:"),
            not_(exists().where(sale.c.event_id == event.c.id)),
        ).select_from(event),
        "orders have another amount than was reported": _count(
            conversion.c.type == ConversionType.PURCHASE,
            or_(conversion.c.amount != sale.c.amount, conversion.c.currency != sale.c.currency),
        ).select_from(conversion.join(sale, sale.c.id == conversion.c.sale_id)),
        "orders were refunded by more than was reported": _count(sale.c.refunded > _REFUNDS).select_from(sale),
        "orders that are gone have brought something that is still waiting": _count(
            sale.c.state.in_(_GONE),
            grant.c.state.in_([GrantState.HELD, GrantState.PENDING]),
        ).select_from(sale.join(grant, grant.c.event_id == sale.c.event_id)),
    }
)
"""What must not be found, in words that a number is put before."""


def list_sale_faults(tx: Tx) -> list[str]:
    """Return in words what does not fit together; reads everything, and keeps nothing in memory."""
    found = {words: int(tx.scalar(statement)) for words, statement in _STATEMENTS.items()}
    return [f"{count} {words}" for words, count in found.items() if count]
