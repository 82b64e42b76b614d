"""Lists of people that the shop has sent: table `listed`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, select

from storage.records import PersonId
from storage.schema.segments import listed
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(listed)
        .values(list=bindparam("name"), person_id=bindparam("of"), listed_at=bindparam("at"))
        .on_conflict_do_nothing(index_elements=["list", "person_id"])
        .returning(listed.c.person_id)
    )
)
_DELETE = delete(listed).where(listed.c.list == bindparam("name"))
_DELETE_OF = delete(listed).where(listed.c.person_id == bindparam("of"))
_COUNT_EACH = (
    select(listed.c.list, func.count()).group_by(listed.c.list).order_by(listed.c.list).limit(bindparam("limit"))
)


def add(tx: Tx, name: str, people: Collection[PersonId]) -> int:
    """Put people into a list, and return how many are new in it."""
    added = tx.row_each(_ADD, [{"name": name, "of": each, "at": tx.now} for each in people])
    return sum(row is not None for row in added)


def clear(tx: Tx, name: str) -> int:
    """Take everybody out of a list, which is its end; returns how many there were."""
    return tx.run(_DELETE, name=name)


def count_each(tx: Tx, *, limit: int) -> dict[str, int]:
    """Return how many stand in each list, by name."""
    return {name: int(count) for name, count in tx.rows(_COUNT_EACH, limit=limit)}


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Take somebody out of all lists."""
    tx.run(_DELETE_OF, of=person_id)
