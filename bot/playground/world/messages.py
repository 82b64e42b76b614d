from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.buttons import Button, Keyboard, render_keyboard
from bot.playground.world.chats import Chat
from bot.playground.world.files import Document, Photo
from bot.playground.world.people import Person

Entity = Mapping[str, Any]
"""A MessageEntity as the Bot API writes it: offsets and lengths in UTF-16 units."""

SECOND = 1_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says, apart from who said it where."""

    text: str = ""
    """The text, or the caption where there is a picture or a file."""
    entities: tuple[Entity, ...] = ()
    photo: Photo | None = None
    document: Document | None = None
    keyboard: Keyboard = field(default=(), repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Rarer fields of the Bot API's Message, as they are rendered."""

    @property
    def has_media(self) -> bool:
        """Whether the text is a caption."""
        return self.photo is not None or self.document is not None

    def equals(self, other: Content) -> bool:
        """Whether a human would see, and tap, the same."""
        return _compare_key(self) == _compare_key(other)


def _compare_key(content: Content) -> tuple[Any, ...]:
    photo = content.photo.unique_id if content.photo else ""
    document = content.document.file.unique_id if content.document else ""
    return content.text, list(content.entities), photo, document, render_keyboard(content.keyboard), content.extra


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
        self._render_origin(message, with_reply=with_reply)
        render_content(self.content, message)
        return message

    def _render_origin(self, message: dict[str, Any], *, with_reply: bool) -> None:
        if self.forward_origin is not None:
            message["forward_origin"] = dict(self.forward_origin)
        if self.reply_to is not None and with_reply:
            message["reply_to_message"] = self.reply_to.render(with_reply=False)
        if self.via_bot is not None:
            message["via_bot"] = self.via_bot.render()
        if self.edited_at is not None:
            message["edit_date"] = self.edited_at // SECOND


def render_content(content: Content, into: dict[str, Any]) -> None:
    """Add the fields of what is said to a rendered message."""
    media = content.has_media
    if content.photo is not None:
        into["photo"] = content.photo.render()
    if content.document is not None:
        into["document"] = content.document.render()
    if content.text:
        into["caption" if media else "text"] = content.text
    if content.entities:
        into["caption_entities" if media else "entities"] = list(content.entities)
    into.update(content.extra)
    if content.keyboard:
        into["reply_markup"] = {"inline_keyboard": render_keyboard(content.keyboard)}
