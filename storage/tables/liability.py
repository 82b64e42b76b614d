"""What the shop owes its members, kept by the database: tables `liability` and `liability_bound`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select, update

from storage.facts import GrantKind, GrantState, LiabilityLevel
from storage.frozen import frozen
from storage.schema.coupons import coupon
from storage.schema.liability import liability, liability_bound
from storage.schema.redeeming import redemption
from storage.schema.referrals import account
from storage.schema.rewards import grant
from storage.tx import Tx

_KEPT = select(*(func.sum(liability.c[name]) for name in ("balances", "held", "counter", "coupons")))
_LOCK = select(liability_bound.c.told, liability_bound.c.most).with_for_update()
_SET_TOLD = update(liability_bound).values(told=bindparam("level"), most=bindparam("points"))
_FOLD = select(
    select(func.coalesce(func.sum(account.c.balance), literal_column("0")))
    .where(account.c.owner_id.is_not(None), account.c.balance > 0)
    .scalar_subquery(),
    select(func.coalesce(func.sum(grant.c.points), literal_column("0")))
    .where(grant.c.state == GrantState.HELD, grant.c.kind == GrantKind.POINTS)
    .scalar_subquery(),
    select(func.coalesce(func.sum(redemption.c.price), literal_column("0")))
    .where(redemption.c.state == literal_column("'redeemed'"))
    .scalar_subquery(),
    select(func.count()).where(coupon.c.state == literal_column("'given'")).scalar_subquery(),
)


@frozen
class LiabilityRow:
    """What is owed at this moment."""

    balances: int
    """Points that members can spend; who owes some is left out."""
    held: int
    """Points that are earned and cannot be spent yet."""
    counter: int
    """Points paid for what waits at the counter."""
    coupons: int
    """In members' hands, and not used."""

    @property
    def points(self) -> int:
        """All that is owed in points."""
        return self.balances + self.held + self.counter


def get(tx: Tx) -> LiabilityRow:
    """Return what is owed."""
    return _read(tx, _KEPT)


def lock_bound(tx: Tx) -> tuple[LiabilityLevel, int]:
    """Keep everybody else from promising more until this transaction ends; returns what owners were told last, of which bound."""
    row = tx.row(_LOCK)
    assert row is not None
    return LiabilityLevel(row[0]), int(row[1])


def set_told(tx: Tx, level: LiabilityLevel, most: int) -> None:
    """Note what owners were told last, of which bound."""
    tx.run(_SET_TOLD, level=level, points=most)


def fold(tx: Tx) -> LiabilityRow:
    """Sum up anew what is owed; reads every account."""
    return _read(tx, _FOLD)


def _read(tx: Tx, statement: Select[Any]) -> LiabilityRow:
    row = tx.row(statement)
    assert row is not None
    return LiabilityRow(balances=int(row[0]), held=int(row[1]), counter=int(row[2]), coupons=int(row[3]))
