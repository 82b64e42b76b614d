"""Asking a person of the shop: what a member says, in a ticket of their own."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.core.tickets import (
    compute_due,
    compute_reminder,
    decide_reopened,
    decide_solved,
    decide_written,
    parse_said,
)
from bot.services.members import MemberView, enter, view_member
from bot.services.notices import owe
from bot.services.reminding.offers import offer, put_right
from bot.services.tickets.notices import TicketSolved
from bot.services.tickets.passing import is_team, pass_on, tell_opened
from bot.services.webhooks.publishing import publish_ticket
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.pulse import AskCause
from storage.records import Person, PersonId, Profile, Seq
from storage.tables import conversations, inbox, people, shops, ticket_words, tickets
from storage.ticket import About, Said, SaidRow, Side, TicketId, TicketRow, TicketState
from storage.tx import Tx

TICKET = "ticket"
"""The flow in which a member says what is wrong."""
WAIT_SECONDS = 30 * 60
"""So long after the last message the dialogue goes on by itself."""

MOST_TICKETS = 10
MOST_SAID = 10


@frozen
class TicketView:
    """A ticket as its member, or the team, sees it."""

    member: MemberView
    """Who looks at it."""
    ticket: TicketRow
    name: str = ""
    """Whoever asks."""
    taken_by: str = ""
    said: Sequence[SaidRow] = ()
    """What was said last, oldest first; a member reads no notes."""
    hours: int = 24
    """Within how many an answer is promised."""
    fresh: bool = False
    """It was opened now."""


@frozen
class OwnTickets:
    """What a member has asked, latest first."""

    member: MemberView
    tickets: Sequence[TicketRow]
    hours: int


def open(  # noqa: A001  # read as tickets.open
    tx: Tx, person_id: PersonId, *, about: About, said: Said
) -> tuple[TicketRow, bool]:
    """Put what somebody says before the team, in the ticket that waits already or in a new one; True for a new one.

    Args:
        tx: The transaction of what makes them say it.
        person_id: Whoever says it.
        about: What it is about.
        said: Their words; without a message of their own, these alone are passed on.
    """
    people.lock(tx, person_id)
    person, ticket = people.get(tx, person_id), tickets.find_unanswered(tx, person_id)
    fresh = ticket is None
    if ticket is None:
        _chat, hours = shops.find_desk(tx)
        due_at = compute_due(tx.now, hours)
        ticket = tickets.add(tx, person_id, about, due_at=due_at, look_at=compute_reminder(due_at, hours))
        publish_ticket(tx, ticket)
        tell_opened(tx, ticket)
    pass_on(tx, ticket, person, Side.MEMBER, said)
    return ticket, fresh


def view_own(tx: Tx, *, visitor: Profile) -> OwnTickets:
    """What a member has asked."""
    person = enter(tx, visitor)
    rows = tickets.list_of(tx, person.id, MOST_TICKETS)
    return OwnTickets(member=view_member(tx, person), tickets=rows, hours=shops.find_desk(tx)[1])


def begin(tx: Tx, *, visitor: Profile, about: About, ticket_id: TicketId | None = None) -> MemberView:
    """Wait for what a member has to say; to a ticket of theirs where one is named."""
    person = enter(tx, visitor)
    own = _find_own(tx, person, ticket_id) if ticket_id is not None else None
    _wait(tx, person, about, own)
    return view_member(tx, person)


def say(
    tx: Tx, *, visitor: Profile, said: Said, about: About = About.ASKED, ticket_id: TicketId | None = None
) -> TicketView:
    """A member says something: to the ticket named, where that is theirs, else to the one that waits or a new one."""
    person = enter(tx, visitor)
    own = _find_own(tx, person, ticket_id) if ticket_id is not None else None
    if own is None:
        ticket, fresh = open(tx, person.id, about=about, said=said)
    else:
        ticket, fresh = _write_more(tx, person, own, said), False
    _wait(tx, person, about, ticket)
    return _view(tx, person, ticket, fresh=fresh)


def complain(tx: Tx, *, visitor: Profile, seq: Seq) -> TicketView | None:
    """What a member sent and nobody understood is a complaint; None where it is gone, or was not theirs."""
    raw = inbox.find_raw(tx, seq, visitor.telegram_id)
    message = json.loads(raw).get("message") if raw else None
    said = parse_said(message) if isinstance(message, dict) else None
    if said is None:
        return None
    known = ticket_words.find_at(tx, said.chat_id, said.message_id)
    if known is not None:
        return _view(tx, enter(tx, visitor), tickets.get(tx, known.ticket_id))
    return say(tx, visitor=visitor, said=said, about=About.COMPLAINT)


def view_one(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """A ticket of the member's own; None for any other."""
    person = enter(tx, visitor)
    ticket = _find_own(tx, person, ticket_id)
    return None if ticket is None else _view(tx, person, ticket)


def set_solved(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """The member says that it is solved; None where it is not theirs."""
    person = enter(tx, visitor)
    ticket = _find_own(tx, person, ticket_id)
    if ticket is None:
        return None
    solved = decide_solved(ticket, tx.now)
    if solved is not None:
        tickets.save(tx, solved)
        _tell_solved(tx, solved)
        put_right(tx, person.id)
        offer(tx, person.id, AskCause.SOLVED)
    return _view(tx, person, solved or ticket)


def reopen(tx: Tx, *, visitor: Profile, ticket_id: TicketId) -> TicketView | None:
    """The member says that it is not solved, and may say more; None where it is not theirs."""
    person = enter(tx, visitor)
    ticket = _find_own(tx, person, ticket_id)
    if ticket is None:
        return None
    if ticket.state is TicketState.CLOSED:
        ticket = decide_reopened(ticket, tx.now, shops.find_desk(tx)[1])
        tickets.save(tx, ticket)
        tell_opened(tx, ticket, again=True)
    _wait(tx, person, ticket.about, ticket)
    return _view(tx, person, ticket)


def _write_more(tx: Tx, person: Person, before: TicketRow, said: Said) -> TicketRow:
    ticket = decide_written(before, tx.now, shops.find_desk(tx)[1])
    if ticket != before:
        tickets.save(tx, ticket)
    if before.state is TicketState.CLOSED:
        tell_opened(tx, ticket, again=True)
    pass_on(tx, ticket, person, Side.MEMBER, said)
    return ticket


def _wait(tx: Tx, person: Person, about: About, ticket: TicketRow | None) -> None:
    data: dict[str, object] = {"about": about} if ticket is None else {"about": about, "ticket": ticket.id}
    conversations.open(tx, person.id, TICKET, "words", data, expires_at=tx.now + WAIT_SECONDS * 1_000_000)


def _find_own(tx: Tx, person: Person, ticket_id: TicketId) -> TicketRow | None:
    ticket = tickets.lock(tx, ticket_id) if tx.writable else tickets.find(tx, ticket_id)
    return ticket if ticket is not None and ticket.person_id == person.id else None


def _view(tx: Tx, person: Person, ticket: TicketRow, *, fresh: bool = False) -> TicketView:
    said = [each for each in ticket_words.list_of(tx, ticket.id, MOST_SAID) if each.side is not Side.NOTE]
    hours = shops.find_desk(tx)[1]
    return TicketView(member=view_member(tx, person), ticket=ticket, said=said, hours=hours, fresh=fresh)


def _tell_solved(tx: Tx, ticket: TicketRow) -> None:
    if ticket.taken_by_id is not None and is_team(tx, ticket.taken_by_id):
        solved = TicketSolved(ticket=ticket.id, person=ticket.person_id)
        owe(tx, MemberAddress(ticket.taken_by_id), solved, key=f"{ticket.id}:{tx.now}")
