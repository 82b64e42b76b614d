"""Ready sentences for answers: the shipped ones, and what the shop says in their place or beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.roles import MANAGERS, TEAM
from bot.core.tickets import TEMPLATES
from bot.services.campaigns import list_languages
from bot.services.members import MemberView, compose_name, compute_language, demand, enter, may, view_member
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import conversations, people, shops, ticket_templates, tickets
from storage.ticket import TicketId, TicketRow
from storage.tx import Tx

WRITING = "ticket_template"
"""The flow in which a manager says a sentence in the shop's own words."""
WAIT_SECONDS = 30 * 60
MOST_TEMPLATES = 20


@frozen
class TemplatesView:
    """What can be said with a tap."""

    member: MemberView
    names: Sequence[str]
    """The shipped ones first."""
    ticket: TicketRow | None = None
    """What it would be said to."""
    may_write: bool = False


@frozen
class TemplateView:
    """One of them, for somebody or for all."""

    member: MemberView
    name: str
    own: Mapping[str, str] = field(default_factory=dict)
    """What the shop says, by language; empty where it says what is shipped."""
    languages: Sequence[str] = ()
    """In which members read it."""
    hours: int = 24
    may_write: bool = False
    ticket: TicketRow | None = None
    """What it would be said to; None for none in particular."""
    reader: str = ""
    """Whoever would read it."""
    reader_language: str = ""


def list_all(tx: Tx, *, visitor: Profile, ticket_id: TicketId | None = None) -> TemplatesView:
    """All that can be said with a tap.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return TemplatesView(
        member=view_member(tx, enter(tx, visitor)),
        names=_list_names(tx),
        ticket=tickets.find(tx, ticket_id) if ticket_id is not None else None,
        may_write=may(tx, telegram_id=visitor.telegram_id, roles=MANAGERS),
    )


def view(tx: Tx, *, visitor: Profile, name: str, ticket_id: TicketId | None = None) -> TemplateView | None:
    """One of them; None where there is none of this name, or no such ticket.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    ticket = tickets.find(tx, ticket_id) if ticket_id is not None else None
    if name not in _list_names(tx) or (ticket_id is not None and ticket is None):
        return None
    reader = people.get(tx, ticket.person_id) if ticket is not None else None
    return TemplateView(
        member=view_member(tx, enter(tx, visitor)),
        name=name,
        own=ticket_templates.list_all(tx).get(name, {}),
        languages=list_languages(tx),
        hours=shops.find_desk(tx)[1],
        may_write=may(tx, telegram_id=visitor.telegram_id, roles=MANAGERS),
        ticket=ticket,
        reader=compose_name(reader.profile) if reader is not None else "",
        reader_language=compute_language(tx, reader) if reader is not None else "",
    )


def ask_words(tx: Tx, *, visitor: Profile, name: str, language: str) -> TemplatesView:
    """Wait for what the shop says itself; for a new name where it is empty.

    Raises:
        NotAllowed: this is no manager.
    """
    demand(tx, visitor, MANAGERS)
    found = list_all(tx, visitor=visitor)
    step, expires_at = ("words" if name else "name"), tx.now + WAIT_SECONDS * 1_000_000
    conversations.open(tx, found.member.id, WRITING, step, {"name": name, "language": language}, expires_at=expires_at)
    return found


def set_words(tx: Tx, *, visitor: Profile, name: str, language: str, words: str) -> TemplateView | None:
    """Say it so from now on; None where there are too many already.

    Raises:
        NotAllowed: this is no manager.
    """
    demand(tx, visitor, MANAGERS)
    conversations.leave(tx, enter(tx, visitor).id, WRITING)
    names = _list_names(tx)
    if name not in names and len(names) >= MOST_TEMPLATES:
        return None
    ticket_templates.set_words(tx, name, language, words)
    return view(tx, visitor=visitor, name=name)


def drop(tx: Tx, *, visitor: Profile, name: str) -> TemplatesView:
    """Say what is shipped again, or nothing of this name any more.

    Raises:
        NotAllowed: this is no manager.
    """
    demand(tx, visitor, MANAGERS)
    ticket_templates.delete_all_of(tx, name)
    return list_all(tx, visitor=visitor)


def _list_names(tx: Tx) -> list[str]:
    return list(dict.fromkeys([*TEMPLATES, *ticket_templates.list_all(tx)]))
