"""Who did what in running the shop: table `audit`, which only grows."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from storage.columns import pair_names
from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.team import audit
from storage.tx import Tx

_COLUMNS = ("actor_id", "act", "subject", "person_id", "before", "after", "acted_at")
_SHOWN = ("id", *_COLUMNS)

_ADD = insert(audit).values({name: bindparam(name) for name in _COLUMNS})
_LIST = (
    select(*(audit.c[name] for name in _SHOWN))
    .where(audit.c.id < bindparam("before_id"))
    .order_by(audit.c.id.desc())
    .limit(bindparam("most"))
)

LAST = 2**63 - 1


@frozen
class AuditRow:
    """One act."""

    id: int
    actor_id: PersonId | None
    """None for a command or a file."""
    act: str
    subject: str
    person_id: PersonId | None
    """To whom it was done, where it was done to somebody."""
    before: str
    after: str
    acted_at: int


def add(
    tx: Tx,
    *,
    actor_id: PersonId | None,
    act: str,
    subject: str,
    person_id: PersonId | None = None,
    before: str = "",
    after: str = "",
) -> None:
    """Write down what somebody has just done."""
    values = (actor_id, act, subject, person_id, before, after, tx.now)
    tx.run(_ADD, **dict(pair_names(_COLUMNS, values)))


def list_before(tx: Tx, before_id: int = LAST, *, most: int) -> list[AuditRow]:
    """Return acts, the latest first, from before one of them on."""
    return [AuditRow(**dict(pair_names(_SHOWN, row))) for row in tx.rows(_LIST, before_id=before_id, most=most)]
