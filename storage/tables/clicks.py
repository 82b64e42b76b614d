"""Links that were opened: table `click`."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, delete, func, insert, literal_column, select

from storage.records import PersonId
from storage.schema.campaigns import shop
from storage.schema.funnel import COUNTED_EVER, funnel
from storage.schema.people import person
from storage.schema.sharing import click
from storage.tables.shares import select_last_story
from storage.tx import Tx

_OWN: BindParameter[int] = bindparam("person_id")
_ADD = (
    insert(click)
    .inline()
    .values(
        person_id=_OWN,
        source=bindparam("source"),
        clicked_at=bindparam("now"),
        story=func.coalesce(
            func.nullif(bindparam("story"), literal_column("''")),
            select_last_story(_OWN).scalar_subquery(),
            literal_column("''"),
        ),
        campaign_id=func.coalesce(
            bindparam("campaign"), select(shop.c.campaign_id).scalar_subquery(), literal_column("0")
        ),
        language=select(person.c.start_language).where(person.c.id == _OWN).scalar_subquery(),
        is_first=bindparam("is_first"),
    )
)
_LIST_OLDEST = (
    select(click.c.id, click.c.clicked_at)
    .where(click.c.id > literal_column("0"))
    .order_by(click.c.id)
    .limit(bindparam("limit"))
)
_DELETE = delete(click).where(click.c.id.in_(bindparam("ids", expanding=True)))
_DELETE_OF = delete(click).where(click.c.person_id == bindparam("of"))
_COUNT_BY_SOURCE = (
    select(funnel.c.source, func.sum(funnel.c.clicks))
    .where(COUNTED_EVER, funnel.c.clicks > literal_column("0"))
    .group_by(funnel.c.source)
)


def add(
    tx: Tx, person_id: PersonId, source: str, *, story: str = "", campaign: int | None = None, is_first: bool = True
) -> None:
    """Note that a member's link was opened.

    Args:
        tx: The transaction.
        person_id: Whose.
        source: The way it had travelled.
        story: The key of the one it names; where it names none, the member's last one.
        campaign: The number of the one it names; None for the shop's.
        is_first: By somebody who has opened no other today.
    """
    tx.run(_ADD, person_id=person_id, source=source, now=tx.now, story=story, campaign=campaign, is_first=is_first)


def count_by_source(tx: Tx) -> dict[str, int]:
    """Count the clicks of each source, as the funnel keeps it: also those of which the rows are gone."""
    return {source: int(count) for source, count in tx.rows(_COUNT_BY_SOURCE)}


def delete_before(tx: Tx, *, before: int, limit: int) -> int:
    """Delete clicks from before a moment, oldest first; returns how many rows went. What the funnel counted stays."""
    old = [number for number, clicked_at in tx.rows(_LIST_OLDEST, limit=limit) if clicked_at < before]
    return tx.run(_DELETE, ids=old) if old else 0


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Delete a person's clicks; likewise."""
    tx.run(_DELETE_OF, of=person_id)
