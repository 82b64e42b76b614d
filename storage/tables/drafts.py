"""Own words that a member has seen on the card and not yet kept: table `words_draft`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.records import PersonId
from storage.schema import words_draft
from storage.statements import Conflicting
from storage.tx import Tx

_SET = Conflicting(
    lambda insert: (
        insert(words_draft)
        .values(person_id=bindparam("person_id"), text=bindparam("text"), created_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=["person_id"], set_={"text": bindparam("text"), "created_at": bindparam("now")}
        )
    )
)
_FIND = select(words_draft.c.text).where(words_draft.c.person_id == bindparam("of"))
_CLEAR = delete(words_draft).where(words_draft.c.person_id == bindparam("of"))

_DELETE_BEFORE = delete(words_draft).where(words_draft.c.created_at < bindparam("before"))


def set(tx: Tx, person_id: PersonId, text: str) -> None:  # noqa: A001  # read as drafts.set
    """Hold words until they are kept or dropped; replaces earlier ones."""
    tx.run(_SET, person_id=person_id, text=text, now=tx.now)


def find(tx: Tx, person_id: PersonId) -> str | None:
    """Return the words held."""
    text: str | None = tx.scalar(_FIND, of=person_id)
    return text


def clear(tx: Tx, person_id: PersonId) -> None:
    """Drop the words held."""
    tx.run(_CLEAR, of=person_id)


def delete_before(tx: Tx, *, before: int) -> int:
    """Drop words that were written before a moment and never kept, and return how many."""
    return tx.run(_DELETE_BEFORE, before=before)
