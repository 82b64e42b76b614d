"""What somebody earned by a referral: table `reward`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.records import PersonId, ReferralId, Reward, Side
from storage.schema import reward
from storage.statements import Conflicting
from storage.tx import Tx

_COLUMNS = ("referral_id", "side", "rule", "person_id", "points", "ledger_id")

_ADD = Conflicting(
    lambda insert: (
        insert(reward)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing(index_elements=["referral_id", "side", "rule"])
        .returning(reward.c.id)
    )
)
_LIST = (
    select(*(reward.c[name] for name in _COLUMNS))
    .where(reward.c.referral_id == bindparam("referral_id"))
    .order_by(reward.c.side, reward.c.rule)
)


def add(
    tx: Tx, *, referral_id: ReferralId, side: Side, rule: str, person_id: PersonId, points: int, ledger_id: int
) -> bool:
    """Note a reward beside its ledger line; False where this side has it already for this referral and rule."""
    values = (referral_id, side, rule, person_id, points, ledger_id)
    return tx.scalar(_ADD, **dict(zip(_COLUMNS, values, strict=True))) is not None


def list_by_referral(tx: Tx, referral_id: ReferralId) -> list[Reward]:
    """Return what both sides earned by a referral."""
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in tx.rows(_LIST, referral_id=referral_id)]
    return [Reward(**{**row, "side": Side(row["side"])}) for row in rows]
