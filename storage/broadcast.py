"""A message to many, and how it stands with each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId


class Action(StrEnum):
    """What a broadcast does with each of its recipients."""

    SEND = "send"
    EDIT = "edit"
    """Shows its content in the place of what another broadcast sent."""
    DELETE = "delete"
    """Takes back what another broadcast sent."""


class News(StrEnum):
    """What a broadcast is about: members take each kind or leave it."""

    OFFERS = "offers"
    STORIES = "stories"
    RESULTS = "results"


class Skip(StrEnum):
    """Why somebody of the audience gets nothing; kept as the error of their delivery."""

    NEWS = "news"
    """Does not want news of this kind."""
    WEEKLY = "weekly"
    """Has had as many broadcasts this week as the shop sends."""
    DISPLEASED = "displeased"
    """Has said lately that it was bad: no offers for a while."""
    GONE = "gone"
    """Of an edit: what it is about never arrived."""
    OLD = "old"
    """Of a deletion: Telegram takes nothing back any more."""


@frozen
class Broadcast:
    """A message to many."""

    id: BroadcastId
    author_id: PersonId
    state: BroadcastState
    content: dict[str, object] | None
    """As `bot.core.broadcasts.content` writes and reads it; None before there is any."""
    progress_message_id: int | None
    audience_upto: PersonId | None
    """Highest person id of the audience, fixed as the sending begins."""
    filled_upto: PersonId
    """Recipients up to this person id have their delivery row."""
    created_at: int
    started_at: int | None
    """When it was confirmed."""
    finished_at: int | None
    claimed_by: str = ""
    """The run of the program that has claimed recipients last."""
    sample_percent: int | None = None
    """It goes to so many of a hundred alone; None to all."""
    segment: str | None = None
    """Which members are meant, as `bot.core.segments` writes it; None for all."""
    action: Action = Action.SEND
    of_id: BroadcastId | None = None
    """The broadcast that this one edits or deletes, or of which it is one week's."""
    news: News = News.OFFERS
    timing: Mapping[str, object] | None = None
    """As `bot.core.broadcasts.timing` writes it; None for at once."""
    due_at: int = 0
    """Before this moment nobody is looked for; 0 for at once."""
    joined_upto: int | None = None
    """Of one that goes to each so long after joining: who had started by then is looked at."""
    paid: bool = False
    """Sent faster than is free of charge, for Stars."""


Place = tuple[str | None, str]
"""Where somebody is, as far as that is known: the zone that they chose, and the language that they read, either may be missing."""


class Window(NamedTuple):
    """From when until when somebody may be written to, microseconds."""

    due_at: int
    until_at: int
    """When it is too late, and is to be planned anew."""


@frozen
class Page:
    """Some members of an audience, one after the other, and what decides for them."""

    upto: PersonId
    """Where it ends."""
    joined_upto: int | None = None
    """Likewise, where it goes by when they joined."""
    windows: Mapping[Place, Window] | None = None
    """When somebody at a place gets it; None where all get it at once."""
    since: int = 0
    """From when on what they have received is counted."""
    recent: Collection[BroadcastId] = ()
    """The broadcasts that count for it."""
    most: int = 0
    """With so many of them received somebody gets nothing; 0 where nothing is counted."""
    displeased_since: int | None = None
    """Nor does whoever has said after that moment that it was bad; None where that does not matter."""


@frozen
class Planned:
    """What was decided for somebody of the audience."""

    person_id: PersonId
    due_at: int = 0
    until_at: int | None = None
    """When it is too late, and is to be planned anew; None for never."""
    skip: Skip | None = None
    """Why they get nothing; None where they do."""


@frozen
class Recipient:
    """One claimed recipient of a broadcast."""

    broadcast_id: BroadcastId
    person_id: PersonId
    telegram_id: int
    code: str = ""
    language: str = ""
    """What they chose, else what Telegram says; may be empty."""
    message_id: int | None = None
    """Of an edit or a deletion: what it is about."""
    more_ids: tuple[int, ...] = ()
    """Likewise: the messages that came along with it."""


class Due(NamedTuple):
    """Somebody who is queued and due."""

    recipient: Recipient
    zone: str | None
    """As chosen; None by language."""
    until_at: int | None
    """When it is too late; None for never."""


class SentMessage(NamedTuple):
    """What a broadcast has sent to somebody, as far as that is known."""

    state: DeliveryState
    message_id: int | None
    more_ids: tuple[int, ...]
    settled_at: int | None


@frozen
class Outcome:
    """How one delivery ended."""

    broadcast_id: BroadcastId
    person_id: PersonId
    state: DeliveryState
    message_id: int | None = None
    more_ids: tuple[int, ...] = ()
    """Of messages that came along with it, as of an album."""
    error: str = ""
