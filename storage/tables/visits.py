"""Who opened which link in which hour, so that it counts once: table `visit`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, tuple_

from storage.schema.sharing import visit
from storage.tx import Conflicting, Tx

_KEY = (visit.c.visitor, visit.c.code, visit.c.hour)

_ADD = Conflicting(
    lambda insert: (
        insert(visit)
        .values({column.name: bindparam(column.name) for column in _KEY})
        .on_conflict_do_nothing(index_elements=[column.name for column in _KEY])
    )
)
_KNOWN = select(visit.c.visitor).where(visit.c.visitor == bindparam("visitor")).limit(1)
_DELETE_OF = delete(visit).where(visit.c.code == bindparam("of"))
_DELETE_BEFORE = delete(visit).where(
    tuple_(*_KEY).in_(
        select(*_KEY).where(visit.c.hour < bindparam("before")).order_by(visit.c.hour).limit(bindparam("limit"))
    )
)


def add(tx: Tx, visitor: str, code: str, hour: int) -> bool:
    """Note a visit; True for the first of this visitor to this code in this hour."""
    return tx.run(_ADD, visitor=visitor, code=code, hour=hour) == 1


def is_known(tx: Tx, visitor: str) -> bool:
    """Whether this visitor has opened any link today: the name is one of a day."""
    return tx.row(_KNOWN, visitor=visitor) is not None


def delete_before(tx: Tx, hour: int, limit: int) -> int:
    """Forget visits of the hours before one, and return how many."""
    return tx.run(_DELETE_BEFORE, before=hour, limit=limit)


def delete_of(tx: Tx, code: str) -> None:
    """Forget who opened a link; reads the visits of a day."""
    tx.run(_DELETE_OF, of=code)
