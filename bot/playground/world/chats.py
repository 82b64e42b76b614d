"""Chats and the messages in them: each knows the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.world.buttons import Button, Keyboard
from bot.playground.world.content import SECOND, Content, Entity, render_content
from bot.playground.world.files import Photo
from bot.playground.world.members import PERMISSIONS, Member
from bot.playground.world.people import GIFT_TYPES, Person

ChatKind = Literal["private", "group", "supergroup", "channel"]

KIND_WORDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}
"""How Telegram's errors call a kind of chat."""


TOPIC_COLOR = 0x6FB9F0  # one of the six that Telegram knows


@dataclass(eq=False, slots=True, kw_only=True)
class Chat:
    """A conversation: two people (kind private), a group or a channel.

    A private chat with the bot has the person's id, as the Bot API says it. One between two humans has an id that
    the Bot API never shows.
    """

    id: int
    kind: ChatKind
    title: str = ""
    username: str = ""
    description: str = ""
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    last_message_id: int = 0
    changed_at: int = 0
    hidden_from_bot: bool = False
    started: bool = False
    """Private: the person has written to the bot, so the bot may write back."""
    blocked: bool = False
    """Private: the person has blocked the bot."""
    writable_until: int = 0
    """Private: a join request lets the bot write first until then (microseconds)."""
    joins_by_request: bool = False
    pinned_id: int | None = None
    invite_link: str = ""
    migrated_to: int = 0
    """Basic group: the id of the supergroup it became."""
    denied: frozenset[str] = frozenset()
    """Group: permissions that nobody but administrators has."""
    topics: dict[int, str] = field(default_factory=dict)
    """Names by thread id, where the chat is parted into topics; the general one is not among them."""
    closed_topics: set[int] = field(default_factory=set)
    parted: bool = False
    """Supergroup: it takes topics, whether there are any or not."""
    forgotten: set[int] = field(default_factory=set)
    """Ids of messages that phones still show and the server has given up: the bot cannot reach them any more."""

    @property
    def is_private(self) -> bool:
        """Whether two people talk here."""
        return self.kind == "private"

    @property
    def is_forum(self) -> bool:
        """Whether a group is parted into topics."""
        return self.kind == "supergroup" and (self.parted or bool(self.topics))

    def get_person(self) -> Person:
        """Return the human of a private chat with the bot, the first one where there are two."""
        if self.id in self.members:
            return self.members[self.id].person
        return next(iter(self.members.values())).person

    def find_member(self, person: Person) -> Member | None:
        """Return the membership, also a past one, or None."""
        return self.members.get(person.id)

    def find_message(self, message_id: int) -> Message | None:
        """Return a message as it is now; None where it is gone, or given up by the server."""
        return None if message_id in self.forgotten else self.messages.get(message_id)

    def holds(self, person: Person) -> bool:
        """Whether the person is in the chat now."""
        member = self.members.get(person.id)
        return member is not None and member.is_inside

    def list_admins(self) -> list[Member]:
        """Return the owner and the administrators."""
        return [member for member in self.members.values() if member.is_admin]

    def count_members(self) -> int:
        """Return how many are in the chat now."""
        return sum(member.is_inside for member in self.members.values())

    def get_title(self, viewer: Person) -> str:
        """Return what the viewer's chat list calls this chat."""
        if not self.is_private:
            return self.title
        others = [member.person for member in self.members.values() if member.person is not viewer]
        return others[0].full_name if others else viewer.full_name

    def list_messages(self) -> list[Message]:
        """Return the messages, oldest first."""
        return list(self.messages.values())

    def render(self) -> dict[str, Any]:
        """Return the Bot API's Chat."""
        chat: dict[str, Any] = {"id": self.id, "type": self.kind}
        if self.kind == "private":
            return chat | _render_names(self.get_person())
        chat["title"] = self.title
        if self.username:
            chat["username"] = self.username
        if self.is_forum:
            chat["is_forum"] = True
        return chat

    def render_full(self, *, shows_link: bool) -> dict[str, Any]:
        """Return the Bot API's ChatFullInfo; an administrator sees the invite link."""
        accepted = self.get_person().accepted_gifts if self.is_private else ()
        full = self.render() | {
            "accent_color_id": abs(self.id) % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": {name: name in accepted for name in GIFT_TYPES},
        }
        if self.is_private:
            full |= self.get_person().render_rating()
        if self.kind in {"group", "supergroup"}:
            full["permissions"] = {name: name not in self.denied for name in PERMISSIONS}
        if self.username:
            full["active_usernames"] = [self.username]
        if self.description:
            full["description"] = self.description
        if self.pinned_id is not None and (pinned := self.find_message(self.pinned_id)):
            full["pinned_message"] = pinned.render(with_reply=False)
        if self.invite_link and shows_link:
            full["invite_link"] = self.invite_link
        return full


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Message:
    """One bubble. An edit puts another one with the same id into the chat; what was seen before stays as it was."""

    chat: Chat
    id: int
    at: int
    """UTC microseconds."""
    content: Content
    sender: Person | None = None
    """None for what a channel posts."""
    via_bot: Person | None = None
    forward_origin: Mapping[str, Any] | None = None
    reply_to: Message | None = field(default=None, repr=False)
    edited_at: int | None = None
    inline_id: str = ""
    """The id by which a bot that is not in the chat edits a message it was asked for inline."""
    is_service: bool = False
    is_outgoing: bool = False
    """Sent by the bot itself, also where it shows as a channel's post."""
    lasting: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the Bot API's Message that no edit changes: protection, effect, album, what is quoted."""
    thread_id: int = 0
    """The topic, or in a group without topics the message that all answers hang on; 0 is none."""

    @property
    def text(self) -> str:
        """Text or caption."""
        return self.content.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        """Formatting of text or caption."""
        return self.content.entities

    @property
    def photo(self) -> Photo | None:
        """The picture, if there is one."""
        return self.content.photo

    @property
    def is_protected(self) -> bool:
        """Whether it may be neither forwarded nor saved."""
        return bool(self.lasting.get("has_protected_content"))

    @property
    def answered(self) -> Message | None:
        """The message this one answers, as it is now; None where it is gone."""
        return self.reply_to and self.reply_to.chat.find_message(self.reply_to.id)

    @property
    def keyboard(self) -> Keyboard:
        """Rows of buttons under the bubble."""
        return self.content.keyboard

    @property
    def buttons(self) -> list[Button]:
        """All buttons, row by row."""
        return [button for row in self.content.keyboard for button in row]

    def get_button(self, wanted: str) -> Button:
        """Return the first button whose label contains `wanted`; KeyError names the labels there are."""
        for button in self.buttons:
            if wanted in button.text:
                return button
        raise KeyError(f"no button {wanted!r} among {[button.text for button in self.buttons]}")

    def render(self, *, with_reply: bool = True) -> dict[str, Any]:
        """Return the Bot API's Message."""
        message: dict[str, Any] = {"message_id": self.id}
        if self.sender is not None:
            message["from"] = self.sender.render()
        else:
            message["sender_chat"] = self.chat.render()
        message["chat"] = self.chat.render()
        message["date"] = self.at // SECOND
        if self.thread_id:
            message["message_thread_id"] = self.thread_id
        if self.thread_id in self.chat.topics:
            message["is_topic_message"] = True
        self._render_origin(message, with_reply=with_reply)
        message.update(self.lasting)
        render_content(self.content, message)
        return message

    def render_inaccessible(self) -> dict[str, Any]:
        """Return the Bot API's InaccessibleMessage: where it was, and the date 0 by which it is told."""
        return {"chat": self.chat.render(), "message_id": self.id, "date": 0}

    def _render_origin(self, message: dict[str, Any], *, with_reply: bool) -> None:
        if self.forward_origin is not None:
            message["forward_origin"] = dict(self.forward_origin)
        if with_reply and (answered := self.answered):
            message["reply_to_message"] = answered.render(with_reply=False)
        if self.via_bot is not None:
            message["via_bot"] = self.via_bot.render()
        if self.edited_at is not None:
            message["edit_date"] = self.edited_at // SECOND


def _render_names(person: Person) -> dict[str, Any]:
    names = {"first_name": person.first_name, "last_name": person.last_name, "username": person.username}
    return {key: name for key, name in names.items() if name or key == "first_name"}
