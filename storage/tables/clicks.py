"""Links that were opened: table `click`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select

from storage.records import PersonId
from storage.schema import click
from storage.tx import Tx

_ADD = (
    insert(click)
    .inline()
    .values(person_id=bindparam("person_id"), source=bindparam("source"), clicked_at=bindparam("now"))
)
_COUNT_BY_SOURCE = select(click.c.source, func.count()).group_by(click.c.source)


def add(tx: Tx, person_id: PersonId, source: str) -> None:
    """Note that a member's link was opened, by the way it had travelled."""
    tx.run(_ADD, person_id=person_id, source=source, now=tx.now)


def count_by_source(tx: Tx) -> dict[str, int]:
    """Count the clicks of each source; reads them all, for statistics only."""
    return dict(tx.rows(_COUNT_BY_SOURCE))
