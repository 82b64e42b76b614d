"""Who may report conversions, and which requests were answered: tables `api_key` and `api_request`."""

from __future__ import annotations

from typing import NewType

from sqlalchemy import bindparam, delete, insert, select, update

from storage.columns import pair_names
from storage.conversion import ConversionId
from storage.frozen import frozen
from storage.records import PersonId
from storage.schema.conversions import api_key, api_request
from storage.tx import Conflicting, Row, Tx

KeyId = NewType("KeyId", int)

_COLUMNS = ("name", "key_hash", "hint", "scopes", "made_at", "made_by_id")
_SHOWN = ("id", "name", "key_hash", "hint", "scopes", "made_at", "revoked_at")
_ADD = insert(api_key).values({name: bindparam(name) for name in _COLUMNS}).returning(api_key.c.id)
_LIST = select(*(api_key.c[name] for name in _SHOWN)).order_by(api_key.c.id)
_REVOKE = (
    update(api_key)
    .where(api_key.c.id == bindparam("of"), api_key.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_FORGET = update(api_key).where(api_key.c.made_by_id == bindparam("of")).values(made_by_id=None)
_NOTE = Conflicting(
    lambda insert: (
        insert(api_request)
        .values({name: bindparam(name) for name in ("digest", "fingerprint", "conversion_id", "received_at")})
        .on_conflict_do_nothing(index_elements=["digest"])
        .returning(api_request.c.conversion_id)
    )
)
_FIND = select(api_request.c.fingerprint, api_request.c.conversion_id).where(
    api_request.c.digest == bindparam("digest")
)
_OVER = select(api_request.c.digest).where(api_request.c.received_at < bindparam("before")).limit(bindparam("most"))
_DELETE_OVER = delete(api_request).where(api_request.c.digest.in_(_OVER.scalar_subquery()))


@frozen
class ApiKey:
    """A key, as far as it is known here."""

    id: KeyId
    name: str
    key_hash: str
    hint: str
    """Its last letters."""
    scopes: str
    """With blanks in between."""
    made_at: int
    revoked_at: int | None


def add(tx: Tx, *, name: str, key_hash: str, hint: str, scopes: str, made_by_id: PersonId | None) -> KeyId:
    """Note a key that was made."""
    values = (name, key_hash, hint, scopes, tx.now, made_by_id)
    return KeyId(tx.scalar(_ADD, **dict(pair_names(_COLUMNS, values))))


def list_all(tx: Tx) -> list[ApiKey]:
    """Return all keys, those that were revoked too, the oldest first; there are few."""
    return [_to_key(row) for row in tx.rows(_LIST)]


def revoke(tx: Tx, key_id: KeyId) -> bool:
    """Let a key open nothing any more; False where it does not as it is."""
    return tx.run(_REVOKE, of=key_id, now=tx.now) == 1


def forget_maker(tx: Tx, person_id: PersonId) -> None:
    """Leave nobody's name at the keys that somebody made."""
    tx.run(_FORGET, of=person_id)


def note_request(tx: Tx, digest: str, *, fingerprint: str, conversion_id: ConversionId) -> bool:
    """Remember what a request was answered with; False where another of its id came at the same moment."""
    return (
        tx.scalar(_NOTE, digest=digest, fingerprint=fingerprint, conversion_id=conversion_id, received_at=tx.now)
        is not None
    )


def find_request(tx: Tx, digest: str) -> tuple[str, ConversionId] | None:
    """Return what a request said, by its fingerprint, and what it was answered with."""
    row = tx.row(_FIND, digest=digest)
    return None if row is None else (row[0], ConversionId(row[1]))


def delete_requests(tx: Tx, *, before: int, limit: int) -> int:
    """Forget requests of long ago, and return how many."""
    return tx.run(_DELETE_OVER, before=before, most=limit)


def _to_key(row: Row) -> ApiKey:
    return ApiKey(**dict(pair_names(_SHOWN, row)))
