"""What came of the last look at the books: table `inspection`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.columns import pair_names
from storage.frozen import frozen
from storage.schema.proof import inspection
from storage.tx import Conflicting, Tx


@frozen
class Inspection:
    """What a look at the books has found."""

    looked_at: int
    entries: int
    """Rows of the ledger."""
    head: str
    """Of the ledger, hexadecimal."""
    faults: int
    said: str = ""
    """The first fault, in words."""


_COLUMNS = ("looked_at", "entries", "head", "faults", "said")
_FIND = select(*(inspection.c[name] for name in _COLUMNS))
_SET = Conflicting(
    lambda insert: (
        insert(inspection)
        .values(id=1, **{name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_update(index_elements=["id"], set_={name: bindparam(name) for name in _COLUMNS})
    )
)


def find(tx: Tx) -> Inspection | None:
    """Return what was found last; None where nobody has looked yet."""
    row = tx.row(_FIND)
    return None if row is None else Inspection(**dict(pair_names(_COLUMNS, row)))


def set(tx: Tx, found: Inspection) -> None:  # noqa: A001  # read as inspections.set
    """Write down what was found."""
    tx.run(_SET, **{name: getattr(found, name) for name in _COLUMNS})
