"""Share cards that Telegram has already: table `card`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select, tuple_

from storage.records import PersonId
from storage.schema.sharing import card
from storage.tx import Conflicting, Tx

_FIND = select(card.c.file_id).where(card.c.person_id == bindparam("person_id"), card.c.version == bindparam("version"))
_LIST = select(card.c.version, card.c.file_id).where(
    card.c.person_id == bindparam("person_id"), card.c.version.in_(bindparam("versions", expanding=True))
)
_LIST_OWNERS = (
    select(card.c.person_id)
    .where(card.c.person_id > bindparam("after"))
    .distinct()
    .order_by(card.c.person_id)
    .limit(bindparam("limit"))
)
_LIST_OF = select(card.c.person_id, card.c.version).where(
    card.c.person_id.in_(bindparam("ids", expanding=True)), card.c.uploaded_at < bindparam("before")
)
_SET = Conflicting(
    lambda insert: (
        insert(card)
        .values(
            person_id=bindparam("person_id"),
            version=bindparam("version"),
            file_id=bindparam("file_id"),
            uploaded_at=bindparam("now"),
        )
        .on_conflict_do_update(
            index_elements=["person_id", "version"],
            set_={"file_id": bindparam("file_id"), "uploaded_at": bindparam("now")},
        )
    )
)
_FORGET = delete(card).where(card.c.person_id == bindparam("of"), card.c.version == bindparam("which"))

_FORGET_OF = delete(card).where(card.c.person_id == bindparam("of"))
_DELETE_BEFORE = delete(card).where(
    tuple_(card.c.person_id, card.c.version).in_(
        select(card.c.person_id, card.c.version)
        .where(card.c.uploaded_at < bindparam("before"))
        .order_by(card.c.uploaded_at)
        .limit(bindparam("limit"))
    )
)


def find_file_id(tx: Tx, person_id: PersonId, version: str) -> str | None:
    """Return Telegram's name for a person's card of a version."""
    file_id: str | None = tx.scalar(_FIND, person_id=person_id, version=version)
    return file_id


def list_file_ids(tx: Tx, person_id: PersonId, versions: Collection[str]) -> dict[str, str]:
    """Return Telegram's names for a person's cards, by version; those that Telegram has not are missing."""
    return dict(tx.rows(_LIST, person_id=person_id, versions=list(versions)))


def list_owners(tx: Tx, *, after: PersonId, limit: int) -> list[PersonId]:
    """Return the next people whose cards Telegram has, in order."""
    return [person_id for (person_id,) in tx.rows(_LIST_OWNERS, after=after, limit=limit)]


def list_versions(tx: Tx, person_ids: Collection[PersonId], *, before: int) -> list[tuple[PersonId, str]]:
    """Return whose cards of which versions were uploaded before a moment."""
    found = tx.rows(_LIST_OF, ids=list(person_ids), before=before) if person_ids else ()
    return [(person_id, version) for person_id, version in found]


def set_file_id(tx: Tx, person_id: PersonId, version: str, file_id: str) -> None:
    """Keep Telegram's name for a card that was uploaded."""
    tx.run(_SET, person_id=person_id, version=version, file_id=file_id, now=tx.now)


def forget(tx: Tx, person_id: PersonId, version: str) -> None:
    """Forget Telegram's name for a person's card of a version."""
    tx.run(_FORGET, of=person_id, which=version)


def delete_before(tx: Tx, *, before: int, limit: int) -> int:
    """Forget cards uploaded before a moment, and return how many; whoever wants one has it uploaded again."""
    return tx.run(_DELETE_BEFORE, before=before, limit=limit)


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Forget all cards of a person."""
    tx.run(_FORGET_OF, of=person_id)
