"""What is said in tickets, and the messages that stand for it: tables `ticket_said`, `ticket_copy`, `ticket_signer`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select, update

from storage.records import PersonId
from storage.schema.tickets import ticket, ticket_copy, ticket_said, ticket_signer
from storage.ticket import CopyRow, Said, SaidId, SaidRow, SaidState, Shape, Side, TicketId
from storage.tx import Conflicting, Row, Tx

_SAID = ("ticket_id", "author_id", "side", "shape", "words", "state", "chat_id", "message_id", "said_at")
_ADD = insert(ticket_said).values({name: bindparam(name) for name in _SAID}).returning(ticket_said.c.id)
_ROWS = select(ticket_said.c.id, *(ticket_said.c[name] for name in _SAID))
_LATEST = _ROWS.where(ticket_said.c.ticket_id == bindparam("of")).order_by(ticket_said.c.id.desc())
_LIST_OF = _LATEST.limit(bindparam("most"))
_FIND = _ROWS.where(ticket_said.c.id == bindparam("of"))
_FIND_AT = (
    _ROWS.where(ticket_said.c.chat_id == bindparam("chat_id"), ticket_said.c.message_id == bindparam("message_id"))
    .order_by(ticket_said.c.id)
    .limit(1)
)
_EDIT = (
    update(ticket_said)
    .where(ticket_said.c.id == bindparam("of"))
    .values(words=bindparam("words"), state=bindparam("state"))
)
_SET_STATE = update(ticket_said).where(ticket_said.c.id == bindparam("of")).values(state=bindparam("state"))

_COPY = ("chat_id", "message_id", "ticket_id", "said_id")
_ADD_COPY = Conflicting(
    lambda insert: (
        insert(ticket_copy)
        .values({name: bindparam(name) for name in _COPY})
        .on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
    )
)
_COPIES = select(*(ticket_copy.c[name] for name in _COPY))
_FIND_COPY = _COPIES.where(
    ticket_copy.c.chat_id == bindparam("chat_id"), ticket_copy.c.message_id == bindparam("message_id")
)
_STANDS_IN = select(ticket_copy.c.ticket_id).where(ticket_copy.c.chat_id == bindparam("chat_id")).limit(1)
_LIST_COPIES = _COPIES.where(ticket_copy.c.said_id == bindparam("of")).limit(bindparam("most"))

_SIGN = Conflicting(
    lambda insert: (
        insert(ticket_signer).values(person_id=bindparam("of")).on_conflict_do_nothing(index_elements=["person_id"])
    )
)
_UNSIGN = delete(ticket_signer).where(ticket_signer.c.person_id == bindparam("of"))
_SIGNS = select(ticket_signer.c.person_id).where(ticket_signer.c.person_id == bindparam("of"))

_TICKETS_OF = select(ticket.c.id).where(ticket.c.person_id == bindparam("of"))
_DELETE_COPIES_OF = delete(ticket_copy).where(ticket_copy.c.ticket_id.in_(_TICKETS_OF))
_DELETE_SAID_OF = delete(ticket_said).where(ticket_said.c.ticket_id.in_(_TICKETS_OF))
_FORGET_AUTHOR = (
    update(ticket_said)
    .where(ticket_said.c.author_id == bindparam("of"))
    .values(author_id=None, chat_id=0, message_id=0)
)
_DELETE_COPIES_IN = delete(ticket_copy).where(ticket_copy.c.chat_id == bindparam("chat_id"))

_LIST_OVER = (
    select(ticket.c.id)
    .where(ticket.c.closed_at < bindparam("before"))
    .where(select(ticket_said.c.id).where(ticket_said.c.ticket_id == ticket.c.id).exists())
    .limit(bindparam("limit"))
)
_DELETE_COPIES = delete(ticket_copy).where(ticket_copy.c.ticket_id.in_(bindparam("ids", expanding=True)))
_DELETE_SAID = delete(ticket_said).where(ticket_said.c.ticket_id.in_(bindparam("ids", expanding=True)))


def add(tx: Tx, ticket_id: TicketId, *, author_id: PersonId, side: Side, said: Said) -> SaidRow:
    """Put something said into a ticket."""
    values = {"author_id": author_id, "side": side, "shape": said.shape, "words": said.words}
    where = {"chat_id": said.chat_id, "message_id": said.message_id}
    number = tx.scalar(_ADD, ticket_id=ticket_id, state=SaidState.SAID, said_at=tx.now, **values, **where)
    row = tx.row(_FIND, of=number)
    assert row is not None
    return _to_said(row)


def find(tx: Tx, said_id: SaidId) -> SaidRow | None:
    """Return something said; None where it is gone."""
    row = tx.row(_FIND, of=said_id)
    return None if row is None else _to_said(row)


def find_at(tx: Tx, chat_id: int, message_id: int) -> SaidRow | None:
    """Return what was said by this message of a chat; None where that belongs to no ticket."""
    row = tx.row(_FIND_AT, chat_id=chat_id, message_id=message_id)
    return None if row is None else _to_said(row)


def list_of(tx: Tx, ticket_id: TicketId, limit: int) -> list[SaidRow]:
    """Return what was said last in a ticket, oldest first."""
    return [_to_said(row) for row in reversed(tx.rows(_LIST_OF, of=ticket_id, most=limit))]


def edit(tx: Tx, said_id: SaidId, words: str) -> None:
    """It was said in other words since."""
    tx.run(_EDIT, of=said_id, words=words, state=SaidState.EDITED)


def set_state(tx: Tx, said_id: SaidId, state: SaidState) -> None:
    """What became of it."""
    tx.run(_SET_STATE, of=said_id, state=state)


def add_copy(tx: Tx, copy: CopyRow) -> None:
    """Remember a message of the bot; once more changes nothing."""
    tx.run(_ADD_COPY, **{name: getattr(copy, name) for name in _COPY})


def find_copy(tx: Tx, chat_id: int, message_id: int) -> CopyRow | None:
    """Return what a message of the bot stands for; None for one that belongs to no ticket."""
    row = tx.row(_FIND_COPY, chat_id=chat_id, message_id=message_id)
    return None if row is None else _to_copy(row)


def stands_in(tx: Tx, chat_id: int) -> bool:
    """Whether any message of a chat belongs to a ticket."""
    return tx.row(_STANDS_IN, chat_id=chat_id) is not None


def list_copies(tx: Tx, said_id: SaidId, limit: int) -> list[CopyRow]:
    """Return the messages that stand for something said."""
    return [_to_copy(row) for row in tx.rows(_LIST_COPIES, of=said_id, most=limit)]


def set_signs(tx: Tx, person_id: PersonId, *, signs: bool) -> None:
    """Whether somebody's name stands below what they answer."""
    tx.run(_SIGN if signs else _UNSIGN, of=person_id)


def signs(tx: Tx, person_id: PersonId) -> bool:
    """Whether somebody's name stands below what they answer."""
    return tx.row(_SIGNS, of=person_id) is not None


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what was said in somebody's tickets, and who it was that answered others'."""
    tx.run(_DELETE_COPIES_OF, of=person_id)
    tx.run(_DELETE_SAID_OF, of=person_id)
    tx.run(_FORGET_AUTHOR, of=person_id)
    tx.run(_UNSIGN, of=person_id)


def forget_chat(tx: Tx, telegram_id: int) -> None:
    """Forget which messages of the bot stand in somebody's chat."""
    tx.run(_DELETE_COPIES_IN, chat_id=telegram_id)


def delete_over(tx: Tx, *, before: int, limit: int) -> int:
    """Forget what was said in tickets that were closed before a moment, and return of how many."""
    ids = [number for (number,) in tx.rows(_LIST_OVER, before=before, limit=limit)]
    if ids:
        tx.run(_DELETE_COPIES, ids=ids)
        tx.run(_DELETE_SAID, ids=ids)
    return len(ids)


def _to_said(row: Row) -> SaidRow:
    number, ticket_id, author_id, side, shape, words, state, chat_id, message_id, said_at = row
    return SaidRow(
        id=number,
        ticket_id=ticket_id,
        author_id=author_id,
        side=Side(side),
        shape=Shape(shape),
        words=words,
        state=SaidState(state),
        chat_id=chat_id,
        message_id=message_id,
        said_at=said_at,
    )


def _to_copy(row: Row) -> CopyRow:
    chat_id, message_id, ticket_id, said_id = row
    return CopyRow(chat_id=chat_id, message_id=message_id, ticket_id=ticket_id, said_id=said_id)
