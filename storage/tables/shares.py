"""Who passed something on, and how: table `share`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, literal_column, select

from storage.records import PersonId, ShareWay
from storage.schema import share
from storage.tables import people
from storage.tx import Tx

_ADD = (
    insert(share)
    .inline()
    .values(
        person_id=bindparam("person_id"), way=bindparam("way"), story=bindparam("story"), shared_at=bindparam("now")
    )
)
_LAST_STORY = (
    select(share.c.story)
    .where(share.c.person_id == bindparam("person_id"), share.c.story != literal_column("''"))
    .order_by(share.c.id.desc())
    .limit(1)
)
_COUNT_ALL = select(func.count()).select_from(share)
_COUNT_BY_WAY = select(share.c.way, func.count()).group_by(share.c.way)


def add(tx: Tx, person_id: PersonId, way: ShareWay, story: str = "") -> None:
    """Note that a member got something to pass on; `story` is the key of the story on it, where there is one."""
    tx.run(_ADD, person_id=person_id, way=way, story=story, now=tx.now)
    people.note_shared(tx, person_id)


def find_last_story(tx: Tx, person_id: PersonId) -> str:
    """Return the key of the story a member shared last; empty where there is none."""
    return tx.scalar(_LAST_STORY, person_id=person_id) or ""


def count_all(tx: Tx) -> int:
    """Count all shares; reads them all, for statistics only."""
    return int(tx.scalar(_COUNT_ALL))


def count_by_way(tx: Tx) -> dict[str, int]:
    """Count the shares of each way that was used; reads them all, for statistics only."""
    return dict(tx.rows(_COUNT_BY_WAY))
