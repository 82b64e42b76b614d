"""Who may look at the dashboard in a browser: table `web_key`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select

from storage.records import PersonId
from storage.schema.web import web_key
from storage.tx import Tx
from storage.web_key import WebKeyKind

_COLUMNS = ("key_hash", "kind", "person_id", "expires_at")

_ADD = insert(web_key).values({name: bindparam(name) for name in _COLUMNS})
_FIND = select(web_key.c.person_id).where(
    web_key.c.key_hash == bindparam("key_hash"),
    web_key.c.kind == bindparam("kind"),
    web_key.c.expires_at > bindparam("now"),
)
_DELETE = delete(web_key).where(web_key.c.key_hash == bindparam("key_hash"))
_DELETE_OVER = delete(web_key).where(web_key.c.expires_at <= bindparam("now"))
_DELETE_OF = delete(web_key).where(web_key.c.person_id == bindparam("of"))
_DELETE_LINKS_OF = delete(web_key).where(web_key.c.person_id == bindparam("of"), web_key.c.kind == bindparam("kind"))


def add(tx: Tx, key_hash: str, kind: WebKeyKind, *, person_id: PersonId, expires_at: int) -> None:
    """Let a link or a session be used until then."""
    tx.run(_ADD, key_hash=key_hash, kind=kind, person_id=person_id, expires_at=expires_at)


def find(tx: Tx, key_hash: str, kind: WebKeyKind) -> PersonId | None:
    """Return whose it is; None for one that was used or ended, has expired, or never was."""
    found = tx.scalar(_FIND, key_hash=key_hash, kind=kind, now=tx.now)
    return None if found is None else PersonId(found)


def take(tx: Tx, key_hash: str) -> bool:
    """Use it up; False where somebody was quicker."""
    return tx.run(_DELETE, key_hash=key_hash) == 1


def delete_links_of(tx: Tx, person_id: PersonId) -> None:
    """Forget the links that somebody asked for and did not use."""
    tx.run(_DELETE_LINKS_OF, of=person_id, kind=WebKeyKind.LINK)


def delete_over(tx: Tx) -> int:
    """Forget what has expired, and return how many."""
    return tx.run(_DELETE_OVER, now=tx.now)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget the links and sessions of somebody."""
    tx.run(_DELETE_OF, of=person_id)
