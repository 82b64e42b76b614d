"""What the next text typed by a person means: table `expectation`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.records import PersonId
from storage.schema import expectation
from storage.statements import Conflicting
from storage.tx import Tx

_CONTENT = ("kind", "argument", "expires_at")

_SET = Conflicting(
    lambda insert: (
        insert(expectation)
        .values({name: bindparam(name) for name in ("person_id", *_CONTENT)})
        .on_conflict_do_update(index_elements=["person_id"], set_={name: bindparam(name) for name in _CONTENT})
    )
)
_FIND = select(expectation.c.kind, expectation.c.argument).where(
    expectation.c.person_id == bindparam("of"), expectation.c.expires_at > bindparam("now")
)
_TAKE = (
    delete(expectation)
    .where(expectation.c.person_id == bindparam("of"))
    .returning(expectation.c.kind, expectation.c.argument, expectation.c.expires_at)
)
_CLEAR = delete(expectation).where(expectation.c.person_id == bindparam("of"))

_DELETE_EXPIRED = delete(expectation).where(expectation.c.expires_at <= bindparam("now"))


def set(tx: Tx, person_id: PersonId, kind: str, argument: str, expires_at: int) -> None:  # noqa: A001  # read as expectations.set
    """Expect a text until a moment; replaces what was expected before."""
    tx.run(_SET, person_id=person_id, kind=kind, argument=argument, expires_at=expires_at)


def find(tx: Tx, person_id: PersonId) -> tuple[str, str] | None:
    """Return kind and argument of what is expected, and go on expecting it."""
    row = tx.row(_FIND, of=person_id, now=tx.now)
    return None if row is None else (row[0], row[1])


def take(tx: Tx, person_id: PersonId) -> tuple[str, str] | None:
    """Return kind and argument of what is expected, and expect it no more; None where nothing is, or too late."""
    row = tx.row(_TAKE, of=person_id)
    return None if row is None or row[2] <= tx.now else (row[0], row[1])


def clear(tx: Tx, person_id: PersonId) -> None:
    """Expect nothing more."""
    tx.run(_CLEAR, of=person_id)


def delete_expired(tx: Tx) -> int:
    """Forget what is not expected any more, and return how many."""
    return tx.run(_DELETE_EXPIRED, now=tx.now)
