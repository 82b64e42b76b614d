"""Members' profile photos, as their cards show them: table `face`."""

from __future__ import annotations

from dataclasses import field

from sqlalchemy import and_, bindparam, delete, exists, select, tuple_, update

from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.people import face, person
from storage.tx import Conflicting, Tx

_SET = Conflicting(
    lambda insert: (
        insert(face)
        .values(
            person_id=bindparam("of"),
            photo_id=bindparam("which"),
            content=bindparam("content"),
            looked_at=bindparam("now"),
        )
        .on_conflict_do_update(
            index_elements=["person_id", "photo_id"],
            set_={"content": bindparam("content"), "looked_at": bindparam("now")},
        )
    )
)
_THIS = and_(face.c.person_id == bindparam("of"), face.c.photo_id == bindparam("which"))
_NOTE = update(face).where(_THIS).values(looked_at=bindparam("now"))
_FIND = select(face.c.content).where(_THIS)
_LIST = (
    select(face.c.photo_id, face.c.looked_at)
    .where(face.c.person_id == bindparam("of"))
    .order_by(face.c.looked_at.desc(), face.c.photo_id)
)
_DELETE_OF = delete(face).where(face.c.person_id == bindparam("of"))
_KEEP = delete(face).where(
    face.c.person_id == bindparam("of"),
    face.c.photo_id != bindparam("which"),
    face.c.photo_id != bindparam("another"),
)
_IS_SHOWN = exists().where(person.c.id == face.c.person_id, person.c.face == face.c.photo_id)
_DELETE_UNSHOWN = delete(face).where(
    tuple_(face.c.person_id, face.c.photo_id).in_(
        select(face.c.person_id, face.c.photo_id)
        .where(face.c.looked_at < bindparam("before"), ~_IS_SHOWN)
        .order_by(face.c.looked_at)
        .limit(bindparam("limit"))
    )
)


@frozen
class SeenFace:
    """A profile photo that is kept."""

    photo_id: str
    """Telegram's `file_unique_id`."""
    looked_at: int = field(compare=False)
    """When Telegram was asked last."""


def set_content(tx: Tx, person_id: PersonId, photo_id: str, content: bytes) -> None:
    """Keep a member's photo, looked at now."""
    tx.run(_SET, of=person_id, which=photo_id, content=content, now=tx.now)


def note_look(tx: Tx, person_id: PersonId, photo_id: str) -> None:
    """Note that this is still the member's photo."""
    tx.run(_NOTE, of=person_id, which=photo_id, now=tx.now)


def find_content(tx: Tx, person_id: PersonId, photo_id: str) -> bytes | None:
    """Return a member's photo, for whoever draws; None where it is gone."""
    content = tx.scalar(_FIND, of=person_id, which=photo_id)
    return None if content is None else bytes(content)


def list_seen(tx: Tx, person_id: PersonId) -> list[SeenFace]:
    """Return a member's photos, the one looked at last first; never more than two."""
    return [SeenFace(photo_id=photo_id, looked_at=at) for photo_id, at in tx.rows(_LIST, of=person_id)]


def keep_only(tx: Tx, person_id: PersonId, photo_id: str, another: str = "") -> None:
    """Forget all photos of a member but this one, and where it is named another."""
    tx.run(_KEEP, of=person_id, which=photo_id, another=another)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget all photos of a person."""
    tx.run(_DELETE_OF, of=person_id)


def delete_unshown(tx: Tx, *, before: int, limit: int) -> int:
    """Forget photos on nobody's card that were looked at before a moment, and return how many."""
    return tx.run(_DELETE_UNSHOWN, before=before, limit=limit)
