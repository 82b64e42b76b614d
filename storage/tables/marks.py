"""What signals that look back remember of somebody: table `mark`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, literal_column, select, tuple_

from storage.records import PersonId
from storage.review import MarkKind
from storage.schema.fairness import mark
from storage.tx import Conflicting, Tx

_NOTE = Conflicting(
    lambda insert: (
        insert(mark)
        .values(
            person_id=bindparam("person_id"),
            kind=bindparam("kind"),
            times=literal_column("1"),
            noted_at=bindparam("now"),
        )
        .on_conflict_do_update(
            index_elements=["person_id", "kind"],
            set_={"times": mark.c.times + literal_column("1"), "noted_at": bindparam("now")},
        )
    )
)
_LIST_OF = select(mark.c.kind, mark.c.times).where(mark.c.person_id == bindparam("of"))
_DELETE_OF = delete(mark).where(mark.c.person_id == bindparam("of"))
_DELETE_BEFORE = delete(mark).where(
    tuple_(mark.c.person_id, mark.c.kind).in_(
        select(mark.c.person_id, mark.c.kind).where(mark.c.noted_at < bindparam("before")).limit(bindparam("limit"))
    )
)


def note(tx: Tx, people: Collection[PersonId], kind: MarkKind) -> None:
    """Note once more of each of them that it happened."""
    tx.run_each(_NOTE, [{"person_id": each, "kind": kind, "now": tx.now} for each in sorted(people)])


def list_of(tx: Tx, person_id: PersonId) -> dict[MarkKind, int]:
    """Return how often what happened with somebody."""
    return {MarkKind(kind): times for kind, times in tx.rows(_LIST_OF, of=person_id)}


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Remember nothing of somebody."""
    tx.run(_DELETE_OF, of=person_id)


def delete_before(tx: Tx, *, before: int, limit: int) -> int:
    """Delete a page of what happened long ago."""
    return tx.run(_DELETE_BEFORE, before=before, limit=limit)
