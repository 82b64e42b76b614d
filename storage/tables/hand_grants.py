"""Who of the team gave points by hand, and why: table `hand_grant`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, literal_column, select

from storage.columns import pair_names
from storage.facts import GrantId, GrantState
from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.rewards import grant
from storage.schema.team import hand_grant
from storage.tx import Tx

_COLUMNS = ("grant_id", "actor_id", "reason", "given_at")
_ADD = insert(hand_grant).values({name: bindparam(name) for name in _COLUMNS})
_SUM = (
    select(func.coalesce(func.sum(grant.c.points), literal_column("0")))
    .select_from(hand_grant.join(grant, grant.c.id == hand_grant.c.grant_id))
    .where(
        hand_grant.c.actor_id == bindparam("of"),
        hand_grant.c.given_at >= bindparam("since"),
        grant.c.state != literal_column(f"'{GrantState.REVOKED}'"),
    )
)
_COUNT = select(func.count()).select_from(hand_grant).where(hand_grant.c.actor_id == bindparam("of"))
_FIND = select(*(hand_grant.c[name] for name in _COLUMNS)).where(hand_grant.c.grant_id == bindparam("of"))


@frozen
class HandGrant:
    """Points that somebody of the team gave."""

    grant_id: GrantId
    actor_id: PersonId
    reason: str
    given_at: int


def add(tx: Tx, grant_id: GrantId, *, actor_id: PersonId, reason: str) -> None:
    """Write down who gave it, and why."""
    tx.run(_ADD, grant_id=grant_id, actor_id=actor_id, reason=reason, given_at=tx.now)


def sum_since(tx: Tx, actor_id: PersonId, since: int) -> int:
    """Return how many points somebody has given since a moment, those taken back left out."""
    return int(tx.scalar(_SUM, of=actor_id, since=since))


def count_by(tx: Tx, actor_id: PersonId) -> int:
    """Count what somebody has ever given."""
    return int(tx.scalar(_COUNT, of=actor_id))


def find(tx: Tx, grant_id: GrantId) -> HandGrant | None:
    """Return who gave a grant; None where no hand did."""
    row = tx.row(_FIND, of=grant_id)
    return None if row is None else HandGrant(**dict(pair_names(_COLUMNS, row)))
