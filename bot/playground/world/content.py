"""What a message says, apart from who said it where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.buttons import Keyboard, render_keyboard
from bot.playground.world.files import Document, Photo

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


_OF_DOCUMENT = ("file_id", "file_unique_id", "file_name", "mime_type", "file_size")


def render_content(content: Content, into: dict[str, Any]) -> None:
    """Add the fields of what is said to a rendered message."""
    media = content.has_media
    if content.photo is not None:
        into["photo"] = content.photo.render()
    if content.document is not None:
        into[content.document.kind] = content.document.render()
        if content.document.kind == "animation":
            into["document"] = {key: into["animation"][key] for key in _OF_DOCUMENT if key in into["animation"]}
    if content.text:
        into["caption" if media else "text"] = content.text
    if content.entities:
        into["caption_entities" if media else "entities"] = list(content.entities)
    into.update(content.extra)
    if content.keyboard:
        into["reply_markup"] = {"inline_keyboard": render_keyboard(content.keyboard)}
