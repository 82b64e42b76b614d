"""How many friends came by somebody, and what they had for them: table `inviter_sum`, which triggers keep."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, func, literal_column, or_, select, union_all

from storage.frozen import frozen
from storage.records import FOR_FRIEND, PersonId
from storage.schema.referrals import HOUSE_ACCOUNT, account, inviter_sum, ledger, referral
from storage.tx import Tx

_FIND = select(inviter_sum.c.friends, inviter_sum.c.points).where(inviter_sum.c.person_id == bindparam("of"))

_NONE: ColumnElement[int] = literal_column("0")
_LINE = union_all(
    select(ledger.c.credit_id.label("account_id"), ledger.c.amount).where(ledger.c.reason == FOR_FRIEND),
    select(ledger.c.debit_id, -ledger.c.amount).where(
        ledger.c.reason == FOR_FRIEND, ledger.c.debit_id != HOUSE_ACCOUNT
    ),
).subquery("line")
_BY_ACCOUNT = (
    select(_LINE.c.account_id, func.sum(_LINE.c.amount).label("points")).group_by(_LINE.c.account_id).subquery("summed")
)
_PART = union_all(
    select(
        referral.c.inviter_id.label("person_id"),
        func.count().label("friends"),
        _NONE.label("points"),
    ).group_by(referral.c.inviter_id),
    select(account.c.owner_id, _NONE, _BY_ACCOUNT.c.points)
    .join_from(_BY_ACCOUNT, account, account.c.id == _BY_ACCOUNT.c.account_id)
    .where(account.c.owner_id.is_not(None)),
    select(inviter_sum.c.person_id, -inviter_sum.c.friends, -inviter_sum.c.points),
).subquery("part")
_APART = (
    select(_PART.c.person_id)
    .group_by(_PART.c.person_id)
    .having(or_(func.sum(_PART.c.friends) != _NONE, func.sum(_PART.c.points) != _NONE))
    .subquery("apart")
)
_COUNT_APART = select(func.count()).select_from(_APART)


@frozen
class InviterSum:
    """What somebody's invitations came to."""

    friends: int = 0
    """Everybody who came by them, whatever became of it."""
    points: int = 0
    """What they were given for friends, less what was taken back for them; may be below zero."""


def find(tx: Tx, person_id: PersonId) -> InviterSum:
    """Return somebody's sums; costs the same however many friends they have."""
    row = tx.row(_FIND, of=person_id)
    return InviterSum() if row is None else InviterSum(friends=row[0], points=row[1])


def count_apart(tx: Tx) -> int:
    """Count those whose sums are not what their friends and their lines come to; reads everything. Anything but 0 is a fault."""
    return int(tx.scalar(_COUNT_APART))
