"""What the world remembers, and the few primitive moves everything else is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from bot.playground.world.chats import Chat, Message
from bot.playground.world.content import SECOND, Content
from bot.playground.world.entities import Formatted
from bot.playground.world.errors import ImpossibleError
from bot.playground.world.files import FileStore
from bot.playground.world.floods import Floods
from bot.playground.world.gifts import GiftShelf
from bot.playground.world.invites import Invite
from bot.playground.world.journal import Journal
from bot.playground.world.members import Member
from bot.playground.world.people import Person
from bot.playground.world.profile import Profile
from bot.playground.world.queries import Callback, GuestCall, InlineCache, InlineQuery
from bot.playground.world.updates import Update, UpdateQueue
from bot.playground.world.webhooks import Webhook

Clock = Callable[[], int]
"""Returns UTC microseconds."""

FIRST_PERSON_ID = 1_000_000_001  # above 2^29, so that a 32-bit habit of the bot shows early
FIRST_CHANNEL_ID = -1_001_000_000_001
FIRST_GROUP_ID = -1_000_001
FIRST_HIDDEN_ID = 9_000_000_000_000_001


@dataclass(slots=True, kw_only=True)
class BotSettings:
    """What the bot's owner set in BotFather, and how long Telegram waits for answers."""

    inline_mode: bool = True
    inline_feedback: bool = True
    guest_mode: bool = True
    private_topics: bool = False
    """Whether private chats with the bot may be parted into topics."""
    reads_all_group_messages: bool = False
    callback_answer_seconds: int = 15
    """How long a tap may go unanswered; Telegram does not publish it, people report 10 to 15."""
    inline_answer_seconds: int = 30
    guest_answer_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Happening:
    """Something changed: what (see the list in `State.emit`), where, and the message if it was one."""

    kind: str
    chat: Chat | None = None
    message: Message | None = None
    about: Any = None


Listener = Callable[[Happening], None]


class State:
    """People, chats, files, queues and the journal."""

    def __init__(self, *, clock: Clock, seed: int, bot_id: int, bot_name: str, bot_username: str) -> None:
        self.clock = clock
        self.random = Random(seed)  # noqa: S311 - a world that can be run again, no secrets
        self.bot = Person(id=bot_id, first_name=bot_name, username=bot_username, is_bot=True)
        self.settings = BotSettings()
        self.people: dict[int, Person] = {bot_id: self.bot}
        self.chats: dict[int, Chat] = {}
        self.names: dict[str, Chat | Person] = {bot_username.lower(): self.bot}
        self.files = FileStore(self.random)
        self.updates = UpdateQueue(clock, self.random)
        self.webhook = Webhook()
        self.journal = Journal()
        self.floods = Floods()
        self.gifts = GiftShelf()
        self.profile = Profile()
        self.callbacks: dict[str, Callback] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.inline_cache = InlineCache()
        self.inline_messages: dict[str, Message] = {}
        self.guest_calls: dict[str, GuestCall] = {}
        self.invites: dict[str, Invite] = {}
        self._chats_of: dict[int, dict[int, Chat]] = {}
        self._listeners: list[Listener] = []
        self._person_ids = count(FIRST_PERSON_ID)
        self._channel_ids = count(FIRST_CHANNEL_ID, -1)
        self._group_ids = count(FIRST_GROUP_ID, -1)
        self._hidden_ids = count(FIRST_HIDDEN_ID)
        self._account_message_ids = count(1)

    @property
    def now(self) -> int:
        """UTC microseconds."""
        return self.clock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at everything that happens from now on; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, kind: str, chat: Chat | None = None, message: Message | None = None, about: Any = None) -> None:
        """Tell the listeners.

        Kinds: message, edited, deleted, chat, members, typing, pinned, reaction, callback, callback_answered,
        inline_query, inline_answered, guest_call, update, webhook, request (a call comes), poll (somebody waits for
        updates), gift (somebody got one), delivered (an update, to a webhook), call (a call is done), violation.
        """
        if self._listeners:
            happening = Happening(kind, chat, message, about)
            for listener in tuple(self._listeners):
                listener(happening)

    def notify(self, kind: str, body: dict[str, Any], lane: tuple[str, int]) -> Update | None:
        """Queue an update for the bot."""
        update = self.updates.add(kind, body, lane)
        if update is not None:
            self.emit("update", about=update)
        return update

    def make_id(self) -> str:
        """Return a fresh identifier of a query, digits only as Telegram's are."""
        return str(self.random.getrandbits(62))

    def add_chat(self, chat: Chat) -> Chat:
        """Make a chat known to its members and, by its name, to everybody."""
        self.chats[chat.id] = chat
        chat.changed_at = self.now
        if chat.username:
            self.names[chat.username.lower()] = chat
        for member in chat.members.values():
            self._chats_of.setdefault(member.person.id, {})[chat.id] = chat
        return chat

    def set_member(self, chat: Chat, member: Member) -> Member:
        """Put somebody's new standing into a chat and return the old one."""
        old = chat.find_member(member.person) or Member(person=member.person, status="left")
        chat.members[member.person.id] = member
        mine = self._chats_of.setdefault(member.person.id, {})
        if member.is_inside:
            mine[chat.id] = chat
        else:
            mine.pop(chat.id, None)
        self.emit("members", chat, about=member)
        return old

    def list_chats(self, person: Person) -> list[Chat]:
        """Return the chats of a person, the one that changed last first."""
        return sorted(self._chats_of.get(person.id, {}).values(), key=lambda chat: -chat.changed_at)

    def find_direct_chat(self, one: Person, other: Person) -> Chat | None:
        """Return the private chat of two people, if they have one."""
        if self.bot in {one, other}:
            return self.chats.get(one.id if other is self.bot else other.id)
        wanted = {one.id, other.id}
        mine = self._chats_of.get(one.id, {}).values()
        return next((chat for chat in mine if chat.is_private and set(chat.members) == wanted), None)

    def add_message(self, chat: Chat, content: Content, **fields: Any) -> Message:
        """Put a message at the end of a chat; fields are those of Message."""
        fields.setdefault("thread_id", _find_thread(chat, fields.get("reply_to")))
        message = Message(chat=chat, id=self._number_message(chat), at=self.now, content=content, **fields)
        chat.messages[message.id] = message
        chat.changed_at = message.at
        if message.inline_id:
            self.inline_messages[message.inline_id] = message
        self.emit("message", chat, message)
        return message

    def change_message(self, message: Message, content: Content, *, marks_edited: bool = True) -> Message:
        """Put an edited message in the place of the one there was."""
        edited_at = self.now if marks_edited else message.edited_at
        edited = replace(message, content=content, edited_at=edited_at)
        edited.chat.messages[edited.id] = edited
        if edited.inline_id:
            self.inline_messages[edited.inline_id] = edited
        self.emit("edited", edited.chat, edited)
        return edited

    def remove_message(self, message: Message) -> None:
        """Take a message out of its chat."""
        message.chat.messages.pop(message.id, None)
        self.emit("deleted", message.chat, message)

    def bot_sees(self, chat: Chat) -> bool:
        """Whether the bot takes part in a chat."""
        return not chat.hidden_from_bot and chat.holds(self.bot)

    def resolve_mentions(self, formatted: Formatted) -> Formatted:
        """Put users in the place of user ids in mentions by id; those of strangers go."""
        if not any("user_id" in entity for entity in formatted.entities):
            return formatted
        found = (self._resolve_mention(entity) for entity in formatted.entities)
        return Formatted(formatted.text, tuple(entity for entity in found if entity))

    def require(self, held: object, words: str) -> None:
        """Raise ImpossibleError with these words unless something holds."""
        if not held:
            raise ImpossibleError(words)

    def next_person_id(self) -> int:
        """Return an id no person has."""
        return next(number for number in self._person_ids if number not in self.people)

    def next_chat_id(self, kind: str) -> int:
        """Return an id no chat of this kind has; a private one stays hidden from the bot."""
        ids = {"group": self._group_ids, "private": self._hidden_ids}
        return next(ids.get(kind, self._channel_ids))

    def _resolve_mention(self, entity: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if "user_id" not in entity:
            return entity
        person = self.people.get(entity["user_id"])
        if person is None:
            return None
        return {key: value for key, value in entity.items() if key != "user_id"} | {"user": person.render()}

    def _number_message(self, chat: Chat) -> int:
        """Private chats and basic groups share one count, as they do in a bot's account."""
        shared = chat.kind in {"private", "group"} and not chat.hidden_from_bot
        chat.last_message_id = next(self._account_message_ids) if shared else chat.last_message_id + 1
        return chat.last_message_id


def _find_thread(chat: Chat, answered: Message | None) -> int:
    """An answer goes to the topic of the question; in a supergroup without topics answers form threads of their own."""
    if answered is None or answered.chat is not chat:
        return 0
    if chat.topics or chat.is_forum or chat.kind != "supergroup":
        return answered.thread_id
    return answered.thread_id or answered.id


__all__ = ["SECOND", "BotSettings", "Clock", "Happening", "Listener", "State"]
