"""What humans ask of the bot besides messages: taps on buttons, inline queries, calls of a guest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.chats import Chat, Message
from bot.playground.world.content import Content
from bot.playground.world.people import Person


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the bot answered a tap: words in a toast or an alert, or a link to open."""

    text: str = ""
    show_alert: bool = False
    url: str = ""


@dataclass(eq=False, slots=True, kw_only=True)
class Callback:
    """A tap on a button with callback data."""

    id: str
    person: Person
    message: Message = field(repr=False)
    data: str
    asked_at: int
    answer: CallbackAnswer | None = None


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One choice the bot offers in the inline picker."""

    id: str
    kind: str
    title: str
    description: str
    content: Content
    """What is sent when it is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAnswer:
    """What the picker shows."""

    results: tuple[InlineResult, ...]
    next_offset: str = ""
    button: Mapping[str, Any] | None = None
    """The button above the results: text and start_parameter."""

    def get_result(self, result_id: str) -> InlineResult:
        """Return the result of an id; KeyError if there is none."""
        return {result.id: result for result in self.results}[result_id]


@dataclass(eq=False, slots=True, kw_only=True)
class InlineQuery:
    """Words typed after the bot's name, in any chat."""

    id: str
    person: Person
    chat: Chat
    query: str
    offset: str
    asked_at: int
    answer: InlineAnswer | None = None
    was_cached: bool = False
    """Telegram answered by itself from what the bot had said before; the bot did not hear of it."""


@dataclass(slots=True)
class InlineCache:
    """Answers Telegram keeps: for everybody who types the same, unless they are personal."""

    _kept: dict[tuple[str, str, int], tuple[int, InlineAnswer]] = field(default_factory=dict)

    def find(self, query: InlineQuery) -> InlineAnswer | None:
        """Return a kept answer that is still good for this query."""
        for person_id in (query.person.id, 0):
            until_at, answer = self._kept.get((query.query, query.offset, person_id), (0, None))
            if until_at > query.asked_at:
                return answer
        return None

    def keep(self, query: InlineQuery, answer: InlineAnswer, *, until_at: int, is_personal: bool) -> None:
        """Keep an answer until a moment (microseconds)."""
        owner = query.person.id if is_personal else 0
        self._kept[query.query, query.offset, owner] = (until_at, answer)


@dataclass(eq=False, slots=True, kw_only=True)
class GuestCall:
    """The bot was mentioned in a chat it is not in."""

    id: str
    message: Message
    asked_at: int
    reply: Message | None = None
