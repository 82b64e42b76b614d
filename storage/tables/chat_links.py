"""Personal invite links to the community chat: table `chat_link`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.records import PersonId
from storage.schema.sharing import chat_link
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(chat_link)
        .values(
            link=bindparam("link"),
            person_id=bindparam("person_id"),
            chat_id=bindparam("chat_id"),
            created_at=bindparam("now"),
        )
        .on_conflict_do_nothing(index_elements=["link"])
    )
)
_FIND = (
    select(chat_link.c.link)
    .where(chat_link.c.person_id == bindparam("person_id"), chat_link.c.chat_id == bindparam("chat_id"))
    .order_by(chat_link.c.created_at.desc())
    .limit(1)
)
_FIND_OWNER = select(chat_link.c.person_id).where(chat_link.c.link == bindparam("link"))

_LIST_OF = select(chat_link.c.chat_id, chat_link.c.link).where(chat_link.c.person_id == bindparam("of")).limit(1000)
_DELETE_OF = delete(chat_link).where(chat_link.c.person_id == bindparam("of"))


def add(tx: Tx, person_id: PersonId, chat_id: int, link: str) -> None:
    """Keep a link that was made for a member; earlier ones go on leading to the member too."""
    tx.run(_ADD, link=link, person_id=person_id, chat_id=chat_id, now=tx.now)


def find(tx: Tx, person_id: PersonId, chat_id: int) -> str | None:
    """Return a member's newest link to a chat."""
    link: str | None = tx.scalar(_FIND, person_id=person_id, chat_id=chat_id)
    return link


def find_owner(tx: Tx, link: str) -> PersonId | None:
    """Return whom a link was made for."""
    owner: PersonId | None = tx.scalar(_FIND_OWNER, link=link)
    return owner


def list_of(tx: Tx, person_id: PersonId) -> list[tuple[int, str]]:
    """Return the chats and links that were made for a member: one or two as a rule, a thousand at most."""
    return [(chat_id, link) for chat_id, link in tx.rows(_LIST_OF, of=person_id)]


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget the links that were made for a member: whoever comes by one counts for nobody."""
    tx.run(_DELETE_OF, of=person_id)
