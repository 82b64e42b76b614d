"""Everybody ever seen in the community chat, so that a rejoin is never credited: table `chat_join`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, tuple_, update

from storage.columns import pair_names
from storage.frozen import frozen
from storage.records import PersonId, ReferralId
from storage.schema.sharing import chat_join
from storage.tx import Conflicting, Tx


@frozen
class ChatJoin:
    """Somebody who was seen in the community chat."""

    chat_id: int
    telegram_id: int
    person_id: PersonId | None
    referral_id: ReferralId | None
    joined_at: int | None
    """The first time ever; None for somebody who was there before the bot looked."""
    left_at: int | None
    """None while inside."""


_KEY = ("chat_id", "telegram_id")
_OF = (chat_join.c.chat_id == bindparam("chat"), chat_join.c.telegram_id == bindparam("telegram"))

_ADD = Conflicting(
    lambda insert: (
        insert(chat_join)
        .values({name: bindparam(name) for name in (*_KEY, "joined_at", "left_at")})
        .on_conflict_do_nothing(index_elements=_KEY)
    )
)
_MOVED = ("telegram_id", "person_id", "referral_id", "joined_at", "left_at")
_MOVE = Conflicting(
    lambda insert: (
        insert(chat_join)
        .from_select(
            ["chat_id", *_MOVED],
            select(bindparam("new", type_=chat_join.c.chat_id.type), *(chat_join.c[name] for name in _MOVED)).where(
                chat_join.c.chat_id == bindparam("old")
            ),
        )
        .on_conflict_do_nothing(index_elements=_KEY)
    )
)
_RETURN = update(chat_join).where(*_OF).values(left_at=None)
_LEAVE = (
    update(chat_join)
    .where(*_OF, chat_join.c.left_at.is_(None))
    .values(left_at=bindparam("now"))
    .returning(chat_join.c.joined_at)
)
_FIND = select(chat_join).where(*_OF)
_SET_REFERRAL = (
    update(chat_join).where(*_OF).values(person_id=bindparam("person_id"), referral_id=bindparam("referral_id"))
)

_DELETE_OF = delete(chat_join).where(chat_join.c.telegram_id == bindparam("of"))
_DELETE_LEFT = delete(chat_join).where(
    tuple_(chat_join.c.chat_id, chat_join.c.telegram_id).in_(
        select(chat_join.c.chat_id, chat_join.c.telegram_id)
        .where(chat_join.c.left_at < bindparam("before"), chat_join.c.referral_id.is_(None))
        .limit(bindparam("limit"))
    )
)


def note_join(tx: Tx, chat_id: int, telegram_id: int) -> bool:
    """Note that somebody is in the chat; True only for the first time that anything was seen of them there."""
    if tx.run(_ADD, chat_id=chat_id, telegram_id=telegram_id, joined_at=tx.now, left_at=None) == 1:
        return True
    tx.run(_RETURN, chat=chat_id, telegram=telegram_id)
    return False


def note_left(tx: Tx, chat_id: int, telegram_id: int) -> int | None:
    """Note that somebody has left, and return when they first joined.

    None where that is not known, and where they had left already. Somebody never seen before is remembered, too: they
    were in the chat before the bot was, and coming back is no first join.
    """
    if tx.run(_ADD, chat_id=chat_id, telegram_id=telegram_id, joined_at=None, left_at=tx.now) == 1:
        return None
    joined_at: int | None = tx.scalar(_LEAVE, chat=chat_id, telegram=telegram_id, now=tx.now)
    return joined_at


def find(tx: Tx, chat_id: int, telegram_id: int) -> ChatJoin | None:
    """Return what was seen of somebody in a chat."""
    row = tx.row(_FIND, chat=chat_id, telegram=telegram_id)
    return None if row is None else ChatJoin(**dict(pair_names(chat_join.c.keys(), row)))


def move(tx: Tx, old_id: int, new_id: int) -> None:
    """The chat has another id now: what was seen of people there holds under it, but for what was seen there already."""
    tx.run(_MOVE, old=old_id, new=new_id)


def set_referral(
    tx: Tx, chat_id: int, telegram_id: int, *, person_id: PersonId, referral_id: ReferralId | None
) -> None:
    """Keep who somebody in the chat is, and which referral their joining made."""
    tx.run(_SET_REFERRAL, chat=chat_id, telegram=telegram_id, person_id=person_id, referral_id=referral_id)


def delete_left(tx: Tx, *, before: int, limit: int) -> int:
    """Forget people who have left before a moment and by whom nobody counts, and return how many."""
    return tx.run(_DELETE_LEFT, before=before, limit=limit)


def delete_of(tx: Tx, telegram_id: int) -> None:
    """Forget what was seen of somebody in any chat."""
    tx.run(_DELETE_OF, of=telegram_id)
