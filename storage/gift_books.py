"""Whether gifts and the grants they were sent for say the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, and_, exists, func, not_, or_, select

from storage.facts import GrantKind, GrantState
from storage.gift import GiftState
from storage.schema.gifts import gift
from storage.schema.rewards import grant
from storage.tx import Tx


def _count(*where: Any) -> Select[Any]:
    return select(func.count()).where(*where)


_STATEMENTS: Mapping[str, Select[Any]] = MappingProxyType(
    {
        "gifts are with grants that stand otherwise": _count(
            or_(
                grant.c.kind != GrantKind.GIFT,
                (gift.c.state == GiftState.SENT) != (grant.c.state == GrantState.USED),
                and_(gift.c.state.in_([GiftState.SENDING, GiftState.UNKNOWN]), grant.c.state != GrantState.WAITING),
            )
        ).select_from(gift.join(grant, grant.c.id == gift.c.grant_id)),
        "gifts have arrived without having been sent": _count(
            grant.c.kind == GrantKind.GIFT,
            grant.c.state == GrantState.USED,
            not_(exists().where(gift.c.grant_id == grant.c.id)),
        ).select_from(grant),
        "gifts are stuck otherwise than their state says": _count(
            or_(
                gift.c.state.not_in(list(GiftState)),
                (gift.c.state == GiftState.STUCK) != gift.c.due_at.is_not(None),
            )
        ).select_from(gift),
    }
)
"""What must not be found, in words that a number is put before."""


def list_gift_faults(tx: Tx) -> list[str]:
    """Return in words what does not fit together; reads everything, and keeps nothing in memory."""
    found = {words: int(tx.scalar(statement)) for words, statement in _STATEMENTS.items()}
    return [f"{count} {words}" for words, count in found.items() if count]
