"""What the two sides of a ticket hear of each other."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice, Thread
from storage.frozen import frozen
from storage.records import PersonId
from storage.ticket import About, SaidId, Shape, TicketId


@frozen
class TicketNotice(Notice):
    """What all of them have in common: a reply to one is meant for its ticket."""

    threaded: ClassVar[bool] = True
    ticket: TicketId

    @property
    def thread(self) -> Thread | None:
        """The ticket."""
        return Thread(self.ticket)


@frozen
class TicketOpened(TicketNotice):
    """To the team: a member asks something; their words come behind."""

    kind: ClassVar[str] = "ticket_opened"
    person: PersonId
    about: About
    due: int = 0
    """By when an answer is promised."""
    again: bool = False
    """It was closed, and is not solved."""


@frozen
class TicketPassed(TicketNotice):
    """What one side has said, to the other."""

    kind: ClassVar[str] = "ticket_passed"
    words_id: SaidId
    from_chat: int
    source: int
    """The message; 0 where there is none, and `words` is all that was said."""
    words: str = ""
    signed: str = ""
    """Who of the team says it, where they want that known."""
    to_staff: bool = False

    @property
    def thread(self) -> Thread | None:
        """The ticket, and what was said in it."""
        return Thread(self.ticket, self.words_id)


@frozen
class TicketEdited(TicketNotice):
    """What was said is said in other words; the copy changes."""

    kind: ClassVar[str] = "ticket_edited"
    words_id: SaidId
    message: int
    """The copy."""
    shape: Shape
    words: str
    entities: str = ""
    """As JSON."""
    to_staff: bool = False

    @property
    def thread(self) -> Thread | None:
        """The ticket, and what was said in it."""
        return Thread(self.ticket, self.words_id)


@frozen
class TicketUnsent(TicketNotice):
    """To whoever said something: it could not be passed on."""

    kind: ClassVar[str] = "ticket_unsent"
    blocked: bool = False
    """The other side has shut the bot out."""
    to_staff: bool = False


@frozen
class TicketClosed(TicketNotice):
    """To the member: is it solved?"""

    kind: ClassVar[str] = "ticket_closed"


@frozen
class TicketSolved(TicketNotice):
    """To whoever of the team had it: the member says that it is solved."""

    kind: ClassVar[str] = "ticket_solved"
    person: PersonId


@frozen
class TicketTaken(TicketNotice):
    """To the team: somebody has it."""

    kind: ClassVar[str] = "ticket_taken"
    by: PersonId
    person: PersonId


@frozen
class TicketWaits(TicketNotice):
    """To the team: an answer is due soon; to an owner: it was due."""

    kind: ClassVar[str] = "ticket_waits"
    person: PersonId
    due: int
    late: bool = False


@frozen
class TicketTopicShut(TicketNotice):
    """To the staff's group: the ticket's topic closes, or opens again."""

    kind: ClassVar[str] = "ticket_topic_shut"
    shut: bool
    person: PersonId
