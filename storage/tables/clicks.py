"""Links that were opened: table `click`."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import bindparam, delete, func, insert, literal_column, select

from storage.records import PersonId
from storage.schema import click
from storage.tables import tallies
from storage.tx import Tx

_ADD = (
    insert(click)
    .inline()
    .values(person_id=bindparam("person_id"), source=bindparam("source"), clicked_at=bindparam("now"))
)
_LIST_OLDEST = (
    select(click.c.id, click.c.source, click.c.clicked_at)
    .where(click.c.id > literal_column("0"))
    .order_by(click.c.id)
    .limit(bindparam("limit"))
)
_DELETE = delete(click).where(click.c.id.in_(bindparam("ids", expanding=True)))
_TAKE_OF = delete(click).where(click.c.person_id == bindparam("of")).returning(click.c.source)
_SUBJECT = "click"
_COUNT_BY_SOURCE = select(click.c.source, func.count()).group_by(click.c.source)


def add(tx: Tx, person_id: PersonId, source: str) -> None:
    """Note that a member's link was opened, by the way it had travelled."""
    tx.run(_ADD, person_id=person_id, source=source, now=tx.now)


def count_by_source(tx: Tx) -> dict[str, int]:
    """Count the clicks of each source, also those of which only the sum is left; reads them all, for statistics only."""
    return dict(tallies.read(tx, _SUBJECT) + Counter(dict(tx.rows(_COUNT_BY_SOURCE))))


def fold(tx: Tx, *, before: int, limit: int) -> int:
    """Keep only the sums of clicks from before a moment, oldest first; returns how many rows went."""
    old = [row for row in tx.rows(_LIST_OLDEST, limit=limit) if row[2] < before]
    if old:
        tallies.add(tx, _SUBJECT, (source for _, source, _ in old))
        tx.run(_DELETE, ids=[each for each, _, _ in old])
    return len(old)


def fold_of(tx: Tx, person_id: PersonId) -> None:
    """Keep only the sums of a person's clicks."""
    tallies.add(tx, _SUBJECT, [source for (source,) in tx.rows(_TAKE_OF, of=person_id)])
