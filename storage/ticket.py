"""What a member asks a person of the shop, and what is said on both sides."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from storage.frozen import frozen
from storage.records import PersonId

TicketId = NewType("TicketId", int)
SaidId = NewType("SaidId", int)


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    """Nobody has looked at it."""
    TAKEN = "taken"
    """Somebody of the team will answer."""
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    """It was closed, and is not solved for the member."""


class About(StrEnum):
    """What a ticket is about."""

    ASKED = "asked"
    """Whatever the member has to say."""
    PULSE = "pulse"
    """The member was not content, and said so when asked."""
    COMPLAINT = "complaint"
    """Words that nothing here understood."""
    CLAIM = "claim"
    """Who recommended the shop."""
    REWARD = "reward"
    """A reward that has not come."""
    ORDER = "order"
    """An order that does not count."""


class Side(StrEnum):
    """Who says something in a ticket."""

    MEMBER = "member"
    STAFF = "staff"
    NOTE = "note"
    """Somebody of the team, to the team alone."""


class Shape(StrEnum):
    """In which shape something is said."""

    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    DOCUMENT = "document"
    OTHER = "other"


class SaidState(StrEnum):
    """What became of something that was said."""

    SAID = "said"
    EDITED = "edited"
    UNSENT = "unsent"
    """It could not be passed on."""


@frozen
class Said:
    """Something said, before it stands in a ticket."""

    words: str = ""
    """At most 4,096 characters, as Telegram has them; of a picture or file what stands below it."""
    shape: Shape = Shape.TEXT
    chat_id: int = 0
    """Where it was said; 0 where nobody typed it."""
    message_id: int = 0


@frozen
class SaidRow:
    """Something said in a ticket."""

    id: SaidId
    ticket_id: TicketId
    author_id: PersonId | None
    """None for somebody who was forgotten."""
    side: Side
    shape: Shape
    words: str
    state: SaidState
    chat_id: int
    message_id: int
    said_at: int


@frozen
class TicketRow:
    """A ticket."""

    id: TicketId
    person_id: PersonId
    about: About
    state: TicketState
    opened_at: int
    taken_by_id: PersonId | None = None
    due_at: int | None = None
    """By when an answer is promised; None where none is owed."""
    look_at: int | None = None
    """When somebody of the team or an owner is to be told that it waits; None for never again."""
    answered_at: int | None = None
    """When the first answer was given."""
    closed_at: int | None = None
    solved_at: int | None = None
    """When the member said that it is solved."""
    topic_id: int | None = None
    """Its topic in the staff's group; None where there is none."""


@frozen
class CopyRow:
    """A message of the bot that stands for something in a ticket: a reply to it is meant for that ticket."""

    chat_id: int
    message_id: int
    ticket_id: TicketId
    said_id: SaidId | None
    """None for a message about the ticket itself."""
