"""The shop's secret, and who was forgotten, as only it can tell: tables `code_key` and `forgotten`."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from hashlib import blake2b

from sqlalchemy import bindparam, delete, select

from storage.errors import RowMissing
from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.people import code_key, forgotten
from storage.tx import Conflicting, Tx

_HASH = partial(blake2b, person=b"forgotten", digest_size=16)

_GET = select(code_key.c.key, code_key.c.unchecked_upto).where(code_key.c.id == 1)
_ADD_FORGOTTEN = Conflicting(
    lambda insert: (
        insert(forgotten)
        .values(fingerprint=bindparam("fingerprint"), forgotten_at=bindparam("now"))
        .on_conflict_do_update(index_elements=["fingerprint"], set_={"forgotten_at": bindparam("now")})
    )
)
_FIND_FORGOTTEN = select(forgotten.c.forgotten_at).where(forgotten.c.fingerprint == bindparam("of"))
_DELETE_FORGOTTEN = delete(forgotten).where(
    forgotten.c.fingerprint.in_(
        select(forgotten.c.fingerprint).where(forgotten.c.forgotten_at < bindparam("before")).limit(bindparam("limit"))
    )
)


@frozen
class CodeKey:
    """What the last character of a code is computed with."""

    key: bytes = field(repr=False)
    unchecked_upto: PersonId
    """People up to this id may have a code from before there was a key."""


def get(tx: Tx) -> CodeKey:
    """Return the secret; it never changes.

    Raises:
        RowMissing: somebody has taken it out of the database.
    """
    kept: CodeKey | None = tx.kept.get("code_key")
    if kept is None:
        row = tx.row(_GET)
        if row is None:
            raise RowMissing("The table code_key is empty, though a migration fills it.")
        kept = tx.kept["code_key"] = CodeKey(key=bytes(row[0]), unchecked_upto=row[1])
    return kept


def add_forgotten(tx: Tx, telegram_id: int) -> None:
    """Note that somebody is forgotten now, so that only this shop can tell."""
    tx.run(_ADD_FORGOTTEN, fingerprint=_HASH(str(telegram_id).encode(), key=get(tx).key).hexdigest(), now=tx.now)


def was_forgotten(tx: Tx, telegram_id: int) -> bool:
    """Whether somebody had themselves forgotten, not so long ago that this is forgotten as well."""
    sealed = _HASH(str(telegram_id).encode(), key=get(tx).key).hexdigest()
    return tx.scalar(_FIND_FORGOTTEN, of=sealed) is not None


def delete_forgotten(tx: Tx, *, before: int, limit: int) -> int:
    """Forget who was forgotten before a moment, and return how many."""
    return tx.run(_DELETE_FORGOTTEN, before=before, limit=limit)
