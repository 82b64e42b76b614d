"""What a flow is: a dialogue declared step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from telegram import Message

from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from storage.conversation import Conversation
from storage.frozen import frozen


class Answer(StrEnum):
    """In which shape an answer comes."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    CONTACT = "contact"
    OTHER = "other"
    """Whatever else can be sent."""


ANYTHING = frozenset(Answer)
TEXT = frozenset({Answer.TEXT})

Reader = Callable[[Message], Any]
"""What an answer says, as JSON can hold it; None for what is no answer to this question."""

OnAnswer = Callable[[Any, Any, Conversation], Awaitable[None]]
"""Is given the update, its context and the place in the dialogue."""


def read_text(message: Message) -> str | None:
    """The words, without blanks around them."""
    return (message.text or "").strip() or None


@frozen
class Step:
    """One question and its answer."""

    name: str
    ask: Callable[[Texts, Shop, Mapping[str, Any]], OutgoingMessage] | None = None
    """The question, given the answers so far; buttons that lead on or out are put below it. None: the flow asks itself."""
    takes: frozenset[Answer] = TEXT
    """Anything else is no answer; none at all where only a tap is one."""
    read: Reader = read_text
    choices: Callable[[Texts, Shop, Mapping[str, Any]], Mapping[str, str]] | None = None
    """Answers by tapping: labels by key."""
    optional: bool = False
    """Can be skipped."""
    on_answer: OnAnswer | None = None
    """Takes the answer and says what follows, in place of the machine."""
    takes_commands: bool = False
    """A sentence that begins with a slash is an answer too."""
    takes_edits: bool = False
    """The answer can be edited afterwards: `message_ids` in the data says which messages it was."""
    takes_passed: bool = False
    """What was made by this bot's inline mode is an answer too: a card that somebody got from a friend."""
    refuse: Callable[[Texts, Mapping[str, Any], Message], Html | None] | None = None
    """Given the answers so far: why a message is no answer, to be read above the question once more."""


@frozen
class Flow:
    """A dialogue; somebody is in one at a time, at one of its steps."""

    name: str
    steps: Sequence[Step]
    wait_seconds: int = 15 * 60
    """How long each question waits for its answer."""
    on_done: Callable[[Any, Any, Mapping[str, Any]], Awaitable[None]] | None = None
    """Given all answers by step; its service is run by `conversations.finish`, so that a second tap does nothing."""
    on_cancel: Callable[[Any, Any], Awaitable[None]] | None = None
    """Leaves the flow and says so; None: the machine does."""
    order: Callable[[Mapping[str, Any]], Sequence[str]] | None = None
    """The names of the steps that these answers lead through; None: all of them, as they are declared."""
    take: Callable[[Mapping[str, Any], str, Any], Mapping[str, Any]] | None = None
    """The answers with that of a step among them; None: it is kept under the step's name."""

    def find(self, name: str) -> Step | None:
        """The step called so; None for one that an earlier version had."""
        return next((step for step in self.steps if step.name == name), None)

    def find_after(self, name: str, data: Mapping[str, Any]) -> Step | None:
        """What is asked after the step called so; None after the last one."""
        names = self._list_names(data)
        rest = names[names.index(name) + 1 :] if name in names else []
        return self.find(rest[0]) if rest else None

    def find_before(self, name: str, data: Mapping[str, Any]) -> Step | None:
        """What was asked before the step called so; None before the first one."""
        names = self._list_names(data)
        before = names[: names.index(name)] if name in names else []
        return self.find(before[-1]) if before else None

    def add(self, data: Mapping[str, Any], name: str, value: object) -> Mapping[str, Any]:
        """The answers with that of the step called so."""
        return {**data, name: value} if self.take is None else self.take(data, name, value)

    def _list_names(self, data: Mapping[str, Any]) -> list[str]:
        return [step.name for step in self.steps] if self.order is None else [*self.order(data)]


def read_kind(message: Message) -> Answer:
    """In which shape a message comes."""
    kinds = {
        Answer.TEXT: message.text,
        Answer.PHOTO: message.photo,
        Answer.DOCUMENT: message.document,
        Answer.VOICE: message.voice,
        Answer.CONTACT: message.contact,
    }
    return next((kind for kind, content in kinds.items() if content), Answer.OTHER)
