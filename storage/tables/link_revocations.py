"""Invite links that Telegram is still to be told to close: table `link_revocation`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.schema.sharing import link_revocation
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(link_revocation)
        .values(link=bindparam("link"), chat_id=bindparam("chat_id"), owed_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["link"])
    )
)
_LIST = (
    select(link_revocation.c.chat_id, link_revocation.c.link)
    .order_by(link_revocation.c.owed_at)
    .limit(bindparam("limit"))
)
_DELETE = delete(link_revocation).where(link_revocation.c.link == bindparam("link"))
_DELETE_BEFORE = delete(link_revocation).where(link_revocation.c.owed_at < bindparam("before"))


def add(tx: Tx, chat_id: int, link: str) -> None:
    """Owe that a link is revoked; it leads to nobody's name any more."""
    tx.run(_ADD, link=link, chat_id=chat_id, now=tx.now)


def list_owed(tx: Tx, limit: int) -> list[tuple[int, str]]:
    """Return chats and links, oldest first."""
    return [(chat_id, link) for chat_id, link in tx.rows(_LIST, limit=limit)]


def delete_link(tx: Tx, link: str) -> None:
    """It is revoked, or cannot be."""
    tx.run(_DELETE, link=link)


def delete_before(tx: Tx, before: int) -> int:
    """Give up what has been owed since before a moment, and return how many."""
    return tx.run(_DELETE_BEFORE, before=before)
