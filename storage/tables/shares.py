"""Who passed something on, and how: table `share`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BindParameter, Select, bindparam, delete, func, insert, literal_column, select

from storage.records import PersonId, ShareWay
from storage.schema.campaigns import shop
from storage.schema.funnel import COUNTED_EVER, funnel
from storage.schema.people import person
from storage.schema.sharing import share
from storage.tables import people
from storage.tx import Tx

SENT = frozenset({ShareWay.INLINE, ShareWay.PAGE, ShareWay.GUEST})
"""Ways by which something is seen to leave its member's hands; a card that is forwarded is not seen."""

_ADD = (
    insert(share)
    .inline()
    .values(
        person_id=bindparam("person_id"),
        way=bindparam("way"),
        story=bindparam("story"),
        shared_at=bindparam("now"),
        campaign_id=func.coalesce(select(shop.c.campaign_id).scalar_subquery(), literal_column("0")),
        language=select(person.c.start_language).where(person.c.id == bindparam("person_id")).scalar_subquery(),
    )
)


def select_last_story(whose: BindParameter[int]) -> Select[tuple[str]]:
    """The statement for the key of the story that a member shared last."""
    return (
        select(share.c.story)
        .where(share.c.person_id == whose, share.c.story != literal_column("''"))
        .order_by(share.c.id.desc())
        .limit(1)
    )


_LAST_STORY = select_last_story(bindparam("person_id"))
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
    select(share.c.id, share.c.shared_at)
    .where(share.c.id > literal_column("0"))
    .order_by(share.c.id)
    .limit(bindparam("limit"))
)
_DELETE = delete(share).where(share.c.id.in_(bindparam("ids", expanding=True)))
_DELETE_OF = delete(share).where(share.c.person_id == bindparam("of"))
_COUNT_BY_WAY = (
    select(funnel.c.source, func.sum(funnel.c.prepared + funnel.c.sent))
    .where(COUNTED_EVER, funnel.c.prepared + funnel.c.sent > literal_column("0"))
    .group_by(funnel.c.source)
)


def add(tx: Tx, person_id: PersonId, way: ShareWay, story: str = "") -> None:
    """Note that a member got something to pass on; `story` is the key of the story on it, where there is one."""
    tx.run(_ADD, person_id=person_id, way=way, story=story, now=tx.now)
    people.note_shared(tx, person_id, is_sent=way in SENT)


def find_last_story(tx: Tx, person_id: PersonId) -> str:
    """Return the key of the story a member shared last; empty where there is none."""
    return tx.scalar(_LAST_STORY, person_id=person_id) or ""


def count_since(tx: Tx, person_id: PersonId, ways: Collection[ShareWay], *, since: int) -> int:
    """Count what a member got to pass on by these ways since a moment."""
    return int(tx.scalar(_COUNT_SINCE, person_id=person_id, ways=[*ways], since=since))


def count_all(tx: Tx) -> int:
    """Count all shares."""
    return sum(count_by_way(tx).values())


def count_by_way(tx: Tx) -> dict[str, int]:
    """Count the shares of each way that was used, as the funnel keeps it: also those of which the rows are gone."""
    return {way: int(count) for way, count in tx.rows(_COUNT_BY_WAY)}


def delete_before(tx: Tx, *, before: int, limit: int) -> int:
    """Delete shares from before a moment, oldest first; returns how many rows went. What the funnel counted stays."""
    old = [number for number, shared_at in tx.rows(_LIST_OLDEST, limit=limit) if shared_at < before]
    return tx.run(_DELETE, ids=old) if old else 0


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Delete a person's shares; likewise."""
    tx.run(_DELETE_OF, of=person_id)
