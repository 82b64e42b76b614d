"""Who passed something on, and how: table `share`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, literal_column, select

from storage.records import PersonId, ShareWay
from storage.schema import share
from storage.tables import people, tallies
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
_COUNT_SINCE = (
    select(func.count())
    .select_from(share)
    .where(
        share.c.person_id == bindparam("person_id"),
        share.c.shared_at >= bindparam("since"),
        share.c.way.in_(bindparam("ways", expanding=True)),
    )
)
_LIST_OLDEST = (
    select(share.c.id, share.c.way, share.c.shared_at)
    .where(share.c.id > literal_column("0"))
    .order_by(share.c.id)
    .limit(bindparam("limit"))
)
_DELETE = delete(share).where(share.c.id.in_(bindparam("ids", expanding=True)))
_TAKE_OF = delete(share).where(share.c.person_id == bindparam("of")).returning(share.c.way)
_SUBJECT = "share"
_COUNT_BY_WAY = select(share.c.way, func.count()).group_by(share.c.way)


def add(tx: Tx, person_id: PersonId, way: ShareWay, story: str = "") -> None:
    """Note that a member got something to pass on; `story` is the key of the story on it, where there is one."""
    tx.run(_ADD, person_id=person_id, way=way, story=story, now=tx.now)
    people.note_shared(tx, person_id)


def find_last_story(tx: Tx, person_id: PersonId) -> str:
    """Return the key of the story a member shared last; empty where there is none."""
    return tx.scalar(_LAST_STORY, person_id=person_id) or ""


def count_since(tx: Tx, person_id: PersonId, ways: Collection[ShareWay], *, since: int) -> int:
    """Count what a member got to pass on by these ways since a moment."""
    return int(tx.scalar(_COUNT_SINCE, person_id=person_id, ways=[*ways], since=since))


def count_all(tx: Tx) -> int:
    """Count all shares; reads them all, for statistics only."""
    return sum(count_by_way(tx).values())


def count_by_way(tx: Tx) -> dict[str, int]:
    """Count the shares of each way that was used, also those of which only the sum is left; reads them all."""
    return dict(tallies.read(tx, _SUBJECT) + Counter(dict(tx.rows(_COUNT_BY_WAY))))


def fold(tx: Tx, *, before: int, limit: int) -> int:
    """Keep only the sums of shares from before a moment, oldest first; returns how many rows went."""
    old = [row for row in tx.rows(_LIST_OLDEST, limit=limit) if row[2] < before]
    if old:
        tallies.add(tx, _SUBJECT, (way for _, way, _ in old))
        tx.run(_DELETE, ids=[each for each, _, _ in old])
    return len(old)


def fold_of(tx: Tx, person_id: PersonId) -> None:
    """Keep only the sums of a person's shares."""
    tallies.add(tx, _SUBJECT, [way for (way,) in tx.rows(_TAKE_OF, of=person_id)])
