"""What is said in a ticket on its way to the other side: to whom, as which copies, and what could not be passed on."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import partial

from bot.core.roles import TEAM
from bot.services.members import compose_name, demand, list_chats
from bot.services.notices import Thread, owe
from bot.services.tickets.notices import (
    TicketEdited,
    TicketNotice,
    TicketOpened,
    TicketPassed,
    TicketTopicShut,
    TicketUnsent,
)
from storage.addresses import STAFF, Address, MemberAddress
from storage.records import Person, PersonId, Profile
from storage.tables import people, roles, shops, ticket_words, tickets
from storage.ticket import CopyRow, Said, SaidRow, SaidState, Shape, Side, TicketId, TicketRow
from storage.tx import Tx

MOST_COPIES = 100
"""Of one message: a team is smaller."""


def list_desk(tx: Tx, ticket: TicketRow) -> list[Address]:
    """Where the team reads of a ticket: in its group; else whoever has it; else everybody's own chat."""
    chat, _hours = shops.find_desk(tx)
    if chat is not None:
        return [STAFF]
    if ticket.taken_by_id is not None and is_team(tx, ticket.taken_by_id):
        return [MemberAddress(ticket.taken_by_id)]
    return list(list_chats(tx, TEAM))


def list_whole_desk(tx: Tx) -> list[Address]:
    """Where all of the team reads."""
    chat, _hours = shops.find_desk(tx)
    return [STAFF] if chat is not None else list(list_chats(tx, TEAM))


def is_team(tx: Tx, person_id: PersonId) -> bool:
    """Whether somebody is of the team now, and can be written to."""
    person = people.get(tx, person_id)
    return person.is_member and roles.find(tx, person.profile.telegram_id) in TEAM


def tell_desk(tx: Tx, addresses: Sequence[Address], notice: TicketNotice, *, key: str | int) -> None:
    """Owe the same to all of them."""
    for address in addresses:
        at = address.person_id if isinstance(address, MemberAddress) else address.role
        owe(tx, address, notice, key=f"{key}:{at}")


def tell_opened(tx: Tx, ticket: TicketRow, *, again: bool = False) -> None:
    """The team hears of a ticket, or that it came back."""
    opened = TicketOpened(
        ticket=ticket.id, person=ticket.person_id, about=ticket.about, due=ticket.due_at or 0, again=again
    )
    desk = list_desk(tx, ticket)
    if again and desk == [STAFF]:
        shut_topic(tx, ticket, shut=False)
    tell_desk(tx, desk, opened, key=f"{ticket.id}:{tx.now}")


def shut_topic(tx: Tx, ticket: TicketRow, *, shut: bool) -> None:
    """The ticket's topic closes or opens, where the team has a group."""
    if list_desk(tx, ticket) == [STAFF]:
        shutting = TicketTopicShut(ticket=ticket.id, shut=shut, person=ticket.person_id)
        tell_desk(tx, [STAFF], shutting, key=f"{ticket.id}:{tx.now}:{shut}")


def pass_on(tx: Tx, ticket: TicketRow, author: Person, side: Side, said: Said) -> SaidRow:
    """Put something said into a ticket, and owe it to the other side."""
    row = ticket_words.add(tx, ticket.id, author_id=author.id, side=side, said=said)
    to_staff = side is Side.MEMBER
    signed = compose_name(author.profile) if not to_staff and ticket_words.signs(tx, author.id) else ""
    passed = TicketPassed(
        ticket=ticket.id,
        words_id=row.id,
        from_chat=said.chat_id,
        source=said.message_id,
        words="" if said.message_id else said.words,
        signed=signed,
        to_staff=to_staff,
    )
    addresses = list_desk(tx, ticket) if to_staff else [MemberAddress(ticket.person_id)]
    tell_desk(tx, addresses, passed, key=row.id)
    return row


class Edited(Enum):
    """What became of the copies of something that was changed."""

    CHANGED = auto()
    REPLACED = auto()
    """A file cannot change in a copy: it was sent once more."""
    NOTHING = auto()


def is_said(tx: Tx, *, chat_id: int, message_id: int) -> bool:
    """Whether a message stands in a ticket."""
    return ticket_words.find_at(tx, chat_id, message_id) is not None


def pass_edit(tx: Tx, *, visitor: Profile, said: Said, entities: str) -> Edited:
    """What was said is said in other words: change its copies, as far as whoever says it still may."""
    row = ticket_words.find_at(tx, said.chat_id, said.message_id)
    if row is None or row.side is Side.NOTE:
        return Edited.NOTHING
    ticket, to_staff = tickets.get(tx, row.ticket_id), row.side is Side.MEMBER
    if not to_staff:
        demand(tx, visitor, TEAM)
    if said.shape is not Shape.TEXT and said.words == row.words:
        _pass_again(tx, ticket, row)
        return Edited.REPLACED
    ticket_words.edit(tx, row.id, said.words)
    edited = partial(
        TicketEdited,
        ticket=ticket.id,
        words_id=row.id,
        shape=said.shape,
        words=said.words,
        entities=entities,
        to_staff=to_staff,
    )
    for number, copy in enumerate(ticket_words.list_copies(tx, row.id, MOST_COPIES)):
        owe(tx, _find_address(tx, copy), edited(message=copy.message_id), key=f"{row.id}:{tx.now}:{number}")
    return Edited.CHANGED


def _pass_again(tx: Tx, ticket: TicketRow, row: SaidRow) -> None:
    to_staff = row.side is Side.MEMBER
    again = TicketPassed(
        ticket=ticket.id, words_id=row.id, from_chat=row.chat_id, source=row.message_id, to_staff=to_staff
    )
    addresses = list_desk(tx, ticket) if to_staff else [MemberAddress(ticket.person_id)]
    tell_desk(tx, addresses, again, key=f"{row.id}:{tx.now}")


def _find_address(tx: Tx, copy: CopyRow) -> Address:
    person = people.find_by_telegram_id(tx, copy.chat_id) if copy.chat_id > 0 else None
    return STAFF if person is None else MemberAddress(person.id)


def note_arrived(tx: Tx, thread: Thread, chat_id: int, message_id: int) -> None:
    """A message of the bot stands in a chat: a reply to it is meant for its ticket."""
    copy = CopyRow(chat_id=chat_id, message_id=message_id, ticket_id=thread.ticket_id, said_id=thread.said_id)
    if tickets.find(tx, thread.ticket_id) is not None:
        ticket_words.add_copy(tx, copy)


def note_unsent(tx: Tx, thread: Thread, *, blocked: bool) -> None:
    """Something said could not be passed on: whoever said it hears of it, once."""
    row = ticket_words.find(tx, thread.said_id) if thread.said_id is not None else None
    if row is None or row.state is SaidState.UNSENT or row.author_id is None or row.side is Side.NOTE:
        return
    if row.side is Side.MEMBER and (blocked or ticket_words.list_copies(tx, row.id, 1)):
        return  # one of several of the team: the others have it
    ticket_words.set_state(tx, row.id, SaidState.UNSENT)
    unsent = TicketUnsent(ticket=row.ticket_id, blocked=blocked, to_staff=row.side is Side.STAFF)
    ticket = tickets.get(tx, row.ticket_id)
    address = _find_author(row, ticket)
    if address is not None:
        owe(tx, address, unsent, key=row.id)


def _find_author(row: SaidRow, ticket: TicketRow) -> Address | None:
    if row.side is Side.MEMBER:
        return MemberAddress(ticket.person_id)
    assert row.author_id is not None
    return STAFF if row.chat_id < 0 else MemberAddress(row.author_id)


def find_topic(tx: Tx, ticket_id: TicketId) -> tuple[int | None, str]:
    """The topic of a ticket in the staff's group, None where it has none yet; and the name of whoever asks."""
    ticket = tickets.find(tx, ticket_id)
    if ticket is None:
        return None, ""
    return ticket.topic_id, compose_name(people.get(tx, ticket.person_id).profile)


def set_topic(tx: Tx, ticket_id: TicketId, topic_id: int | None) -> None:
    """Its topic is this one from now on."""
    tickets.set_topic(tx, ticket_id, topic_id)
