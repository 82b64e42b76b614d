"""What the team does with tickets: answer, take, hand over, note, close."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from bot.core.roles import TEAM
from bot.core.tickets import decide_answered, decide_closed, decide_taken
from bot.services.members import MemberView, compose_name, demand, enter, list_chats, may, view_member
from bot.services.notices import owe
from bot.services.tickets.notices import TicketClosed, TicketTaken
from bot.services.tickets.passing import is_team, list_whole_desk, pass_on, shut_topic, tell_desk
from bot.services.tickets.tickets import MOST_SAID, TicketView, say
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import conversations, people, shops, ticket_words, tickets
from storage.ticket import CopyRow, Said, SaidRow, Side, TicketId, TicketRow
from storage.tx import Tx

ANSWER = "ticket_answer"
"""The flow in which somebody of the team may send other words than those of a template."""
NOTE = "ticket_note"
"""Likewise what only the team reads."""
WAIT_SECONDS = 30 * 60
PAGE = 8


@frozen
class DeskView:
    """The tickets that wait, as the team sees them."""

    member: MemberView
    tickets: Sequence[tuple[TicketRow, str]]
    """Each with the name of whoever asks: those that came back first, then what is due soonest."""
    waiting: int
    page: int
    signs: bool
    now: int


@frozen
class Colleagues:
    """To whom a ticket can be handed."""

    member: MemberView
    ticket: TicketRow
    people: Sequence[tuple[PersonId, str]]


class Replied(Enum):
    """What became of a reply to a message of the bot."""

    ANSWERED = auto()
    """The member reads it."""
    ADDED = auto()
    """The team reads it."""
    NOT_YOURS = auto()
    """Whoever wrote it is not of the team, or not any more."""


def note_desk(tx: Tx, *, chat: int | str | None, hours: int) -> None:
    """The team's group and the promised hours, as the settings have them from this start on."""
    shops.set_desk(tx, str(chat) if chat is not None else None, hours)


def list_desk(tx: Tx, *, visitor: Profile, page: int = 0) -> DeskView:
    """The tickets that wait.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    person = enter(tx, visitor)
    rows = tickets.list_waiting(tx, limit=PAGE, offset=page * PAGE)
    named = people.list_by_ids(tx, sorted({each.person_id for each in rows}))
    return DeskView(
        member=view_member(tx, person),
        tickets=[(each, compose_name(named[each.person_id].profile)) for each in rows],
        waiting=tickets.count_waiting(tx),
        page=page,
        signs=ticket_words.signs(tx, person.id),
        now=tx.now,
    )


def view(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """A ticket with all that was said; None where there is none.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket = tickets.find(tx, ticket_id)
    return None if ticket is None else _view(tx, visitor, ticket)


def answer(tx: Tx, *, visitor: Profile, ticket_id: TicketId, said: Said) -> TicketView | None:
    """Answer a member; None where there is no such ticket.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket = tickets.lock(tx, ticket_id)
    if ticket is None:
        return None
    person = enter(tx, visitor)
    ticket = decide_answered(ticket, person.id, tx.now)
    tickets.save(tx, ticket)
    pass_on(tx, ticket, person, Side.STAFF, said)
    conversations.leave(tx, person.id, ANSWER)
    return _view(tx, visitor, ticket)


def reply(
    tx: Tx, *, visitor: Profile, chat_id: int, message_id: int, said: Said
) -> tuple[Replied, TicketView | None] | None:
    """A message answers one of the bot's: pass it on where that belongs to a ticket; None where to none."""
    copy = ticket_words.find_copy(tx, chat_id, message_id)
    ticket = tickets.find(tx, copy.ticket_id) if copy is not None else None
    if copy is None or ticket is None:
        return None
    person, of_team = enter(tx, visitor), may(tx, telegram_id=visitor.telegram_id, roles=TEAM)
    if ticket.person_id == person.id and chat_id > 0 and not (of_team and _is_desks(tx, copy)):
        return Replied.ADDED, say(tx, visitor=visitor, said=said, ticket_id=ticket.id, about=ticket.about)
    if not of_team:
        return Replied.NOT_YOURS, None
    return Replied.ANSWERED, answer(tx, visitor=visitor, ticket_id=ticket.id, said=said)


def _is_desks(tx: Tx, copy: CopyRow) -> bool:
    """Whether a message of the bot is the team's side of a ticket."""
    said = ticket_words.find(tx, copy.said_id) if copy.said_id is not None else None
    return said is None or said.side is Side.MEMBER


def take(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """Take a ticket, and let the others know; None where there is none.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _give(tx, visitor, ticket_id, enter(tx, visitor).id)


def hand(tx: Tx, *, visitor: Profile, ticket_id: TicketId, person_id: PersonId) -> TicketView | None:
    """Hand a ticket to somebody else of the team; None where there is none, and unchanged where they are not of it.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    if MemberAddress(person_id) not in list_chats(tx, TEAM):
        return view(tx, visitor=visitor, ticket_id=ticket_id)
    return _give(tx, visitor, ticket_id, person_id)


def list_colleagues(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> Colleagues | None:
    """To whom a ticket can be handed; None where there is none.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket = tickets.find(tx, ticket_id)
    if ticket is None:
        return None
    ids = [each.person_id for each in list_chats(tx, TEAM) if each.person_id != ticket.taken_by_id]
    named = people.list_by_ids(tx, ids)
    return Colleagues(
        member=view_member(tx, enter(tx, visitor)),
        ticket=ticket,
        people=[(each, compose_name(named[each].profile)) for each in ids],
    )


def close(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """Close a ticket, and ask the member whether it is solved; None where there is none.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    before = tickets.lock(tx, ticket_id)
    if before is None:
        return None
    closed = decide_closed(before, tx.now)
    if closed is not None:
        tickets.save(tx, closed)
        owe(tx, MemberAddress(closed.person_id), TicketClosed(ticket=closed.id), key=f"{closed.id}:{tx.now}")
        shut_topic(tx, closed, shut=True)
    return _view(tx, visitor, closed or before)


def ask(tx: Tx, *, visitor: Profile, ticket_id: TicketId, flow: str) -> TicketView | None:
    """Wait for words of the team to a ticket: an answer or a note; None where there is none.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    found = view(tx, visitor=visitor, ticket_id=ticket_id)
    if found is not None:
        expires_at = tx.now + WAIT_SECONDS * 1_000_000
        conversations.open(tx, found.member.id, flow, "words", {"ticket": ticket_id}, expires_at=expires_at)
    return found


def note(tx: Tx, *, visitor: Profile, ticket_id: TicketId, words: str) -> TicketView | None:
    """Write down what only the team reads; None where there is no such ticket.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket, person = tickets.find(tx, ticket_id), enter(tx, visitor)
    conversations.leave(tx, person.id, NOTE)
    if ticket is None:
        return None
    ticket_words.add(tx, ticket.id, author_id=person.id, side=Side.NOTE, said=Said(words=words))
    return _view(tx, visitor, ticket)


def set_signs(tx: Tx, *, visitor: Profile, signs: bool) -> DeskView:
    """Whether one's name stands above what one answers.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket_words.set_signs(tx, enter(tx, visitor).id, signs=signs)
    return list_desk(tx, visitor=visitor)


def belongs(tx: Tx, *, chat_id: int, message_id: int) -> bool:
    """Whether a message of the bot belongs to a ticket."""
    return ticket_words.find_copy(tx, chat_id, message_id) is not None


def adopt(tx: Tx, *, ticket_id: TicketId, chat_id: int, message_id: int) -> bool:
    """Write down a message of the bot that says itself which ticket it belongs to; False where there is none."""
    if tickets.find(tx, ticket_id) is None:
        return False
    copy = CopyRow(chat_id=chat_id, message_id=message_id, ticket_id=ticket_id, said_id=None)
    ticket_words.add_copy(tx, copy)
    return True


def is_at_desk(tx: Tx, *, chat_id: int) -> bool:
    """Whether tickets are answered in this group."""
    return ticket_words.stands_in(tx, chat_id)


def _give(tx: Tx, visitor: Profile, ticket_id: TicketId, to_id: PersonId) -> TicketView | None:
    before = tickets.lock(tx, ticket_id)
    if before is None:
        return None
    taken = decide_taken(before, to_id)
    if taken is not None:
        tickets.save(tx, taken)
        told = TicketTaken(ticket=taken.id, by=to_id, person=taken.person_id)
        own = MemberAddress(enter(tx, visitor).id)
        tell_desk(tx, [each for each in list_whole_desk(tx) if each != own], told, key=f"{taken.id}:{tx.now}")
    return _view(tx, visitor, taken or before)


def _view(tx: Tx, visitor: Profile, ticket: TicketRow) -> TicketView:
    by = ticket.taken_by_id
    said: list[SaidRow] = ticket_words.list_of(tx, ticket.id, MOST_SAID)
    return TicketView(
        member=view_member(tx, enter(tx, visitor)),
        ticket=ticket,
        name=compose_name(people.get(tx, ticket.person_id).profile),
        taken_by=compose_name(people.get(tx, by).profile) if by is not None and is_team(tx, by) else "",
        said=said,
        hours=shops.find_desk(tx)[1],
    )
