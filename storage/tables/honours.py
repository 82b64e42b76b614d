"""Who has which tier: table `honour`."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, case, delete, false, literal_column, or_, select, true, update

from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.honours import honour
from storage.schema.people import person, profile
from storage.tx import Conflicting, Tx

_FIND = select(honour.c.tier, honour.c.until_at).where(honour.c.person_id == bindparam("of"))
_SET = Conflicting(
    lambda insert: (
        insert(honour)
        .values(
            person_id=bindparam("of"),
            tier=bindparam("tier"),
            until_at=bindparam("until_at"),
            reached_at=bindparam("at"),
        )
        .on_conflict_do_update(
            index_elements=["person_id"],
            set_={
                "tier": insert(honour).excluded.tier,
                "until_at": insert(honour).excluded.until_at,
                "reached_at": case(
                    (honour.c.tier == insert(honour).excluded.tier, honour.c.reached_at),
                    else_=insert(honour).excluded.reached_at,
                ),
            },
        )
    )
)
_LIST_ENDING = (
    select(honour.c.person_id)
    .where(honour.c.until_at.is_not(None), honour.c.until_at <= bindparam("now"))
    .order_by(honour.c.until_at)
    .limit(bindparam("limit"))
)
_LIST_WORTHY = (
    select(person.c.id)
    .select_from(person.outerjoin(honour, honour.c.person_id == person.c.id))
    .where(
        person.c.id > bindparam("after"),
        or_(
            person.c.score >= bindparam("least"),
            and_(honour.c.tier.is_not(None), honour.c.tier != literal_column("''")),
        ),
    )
    .order_by(person.c.id)
    .limit(bindparam("limit"))
)
_OWE_TAG = update(honour).where(honour.c.person_id == bindparam("of")).values(tag_owed=true())
_OWE_OTHER_TAG = _OWE_TAG.where(honour.c.tag != bindparam("wanted"))
_SETTLE_TAG = (
    update(honour)
    .where(honour.c.person_id == bindparam("of"), honour.c.tier == bindparam("was"))
    .values(tag_owed=false(), tag=bindparam("told"))
)
_LIST_TAGS = (
    select(honour.c.person_id, profile.c.telegram_id, honour.c.tier)
    .join(profile, profile.c.person_id == honour.c.person_id)
    .where(honour.c.tag_owed, honour.c.person_id > bindparam("after"))
    .order_by(honour.c.person_id)
    .limit(bindparam("limit"))
)
_DELETE_OF = delete(honour).where(honour.c.person_id == bindparam("of"))


@frozen
class TagOwed:
    """A member whose tag in the community chat is to be set."""

    person_id: PersonId
    telegram_id: int
    tier: str
    """Empty where it is to be taken away."""


def find(tx: Tx, person_id: PersonId) -> tuple[str, int | None]:
    """Return the key of somebody's tier, empty for none, and until when it lasts by itself."""
    row = tx.row(_FIND, of=person_id)
    return ("", None) if row is None else (row[0], row[1])


def set_tier(tx: Tx, person_id: PersonId, tier: str, until_at: int | None) -> None:
    """Write which tier somebody has from now on; empty for none."""
    tx.run(_SET, of=person_id, tier=tier, until_at=until_at, at=tx.now)


def list_ending(tx: Tx, limit: int) -> list[PersonId]:
    """Return those whose tier has come to its end, the longest ago first."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_ENDING, now=tx.now, limit=limit)]


def list_worthy(tx: Tx, *, after: PersonId, least: int, limit: int) -> list[PersonId]:
    """Return those who have a tier or at least so many friends who count, by id from behind one."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_WORTHY, after=after, least=least, limit=limit)]


def owe_tag(tx: Tx, person_id: PersonId) -> None:
    """Have the community chat told of somebody's tier; of who never had one there is nothing to tell."""
    tx.run(_OWE_TAG, of=person_id)


def owe_other_tag(tx: Tx, person_id: PersonId, wanted: str) -> None:
    """Have it told, unless it was told just this."""
    tx.run(_OWE_OTHER_TAG, of=person_id, wanted=wanted)


def settle_tag(tx: Tx, owed: TagOwed, told: str) -> None:
    """The chat knows what it was told, or cannot be told; a tier that has changed since is still owed."""
    tx.run(_SETTLE_TAG, of=owed.person_id, was=owed.tier, told=told)


def list_tags_owed(tx: Tx, *, after: PersonId, limit: int) -> list[TagOwed]:
    """Return members whose tag is owed, by id from behind one."""
    rows = tx.rows(_LIST_TAGS, after=after, limit=limit)
    return [
        TagOwed(person_id=PersonId(number), telegram_id=telegram_id, tier=tier) for number, telegram_id, tier in rows
    ]


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Somebody has no tier, and never had."""
    tx.run(_DELETE_OF, of=person_id)
