"""An admin's own message: kept as values, sent again as it was, formatting and all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from telegram import Message

from bot.messages.outgoing import OutgoingMessage, Photo

Content = dict[str, object]
"""Parameters of sendMessage (`text` …) or sendPhoto (`photo`: a file_id, `caption` …) as Telegram's JSON has them."""

TEXT_LIMIT = 4096
"""Code points of a message: Telegram counts these, and not the UTF-16 units of its entities' offsets."""

CAPTION_LIMIT = 1024
"""Likewise, below a picture that a bot sends."""


class Unfit(StrEnum):
    """Why a message cannot go to everybody."""

    FORWARDED = "forwarded"
    """It is somebody else's."""
    ALBUM = "album"
    """It is more than one message."""
    TEXT_TOO_LONG = "text_too_long"
    CAPTION_TOO_LONG = "caption_too_long"
    VIDEO = "video"
    FILE = "file"
    SOUND = "sound"
    STICKER = "sticker"
    POLL = "poll"
    PLACE = "place"
    CONTACT = "contact"
    DICE = "dice"
    STORY = "story"
    OTHER = "other"
    TELEGRAM = "telegram"
    """Telegram did not want to show it to its own author."""


@dataclass(frozen=True, slots=True)
class ContentMistake:
    """What is wrong with a message that was meant for everybody."""

    why: Unfit
    length: int = 0
    """Of a text or caption that is too long."""
    said: str = ""
    """Telegram's own words."""


_KINDS = {
    "animation": Unfit.VIDEO,  # before `document`, which comes along with it
    "video": Unfit.VIDEO,
    "video_note": Unfit.VIDEO,
    "document": Unfit.FILE,
    "voice": Unfit.SOUND,
    "audio": Unfit.SOUND,
    "sticker": Unfit.STICKER,
    "poll": Unfit.POLL,
    "location": Unfit.PLACE,
    "contact": Unfit.CONTACT,
    "dice": Unfit.DICE,
    "story": Unfit.STORY,
}
"""By the field of the message; a venue has a location too."""


def parse_content(message: Message) -> Content | ContentMistake:
    """What can go to everybody: a text, or one photo with or without a caption; for anything else, why it cannot.

    A file is known by one bot and one kind of message alone, so a picture that was sent as a file stays a file.
    """
    if message.forward_origin is not None:
        return ContentMistake(Unfit.FORWARDED)
    if message.media_group_id is not None:
        return ContentMistake(Unfit.ALBUM)
    if message.text or message.photo:
        return _find_excess(message) or (_parse_text(message) if message.text else _parse_photo(message))
    found = (why for field, why in _KINDS.items() if getattr(message, field))
    return ContentMistake(next(found, Unfit.OTHER))


def _find_excess(message: Message) -> ContentMistake | None:
    """What is too long for a bot: premium members write captions that no bot can."""
    text, caption = len(message.text or ""), len(message.caption or "")
    if text > TEXT_LIMIT:
        return ContentMistake(Unfit.TEXT_TOO_LONG, length=text)
    return ContentMistake(Unfit.CAPTION_TOO_LONG, length=caption) if caption > CAPTION_LIMIT else None


def compose_outgoing(content: Content) -> OutgoingMessage:
    """The message that sends `content`; nested parameters are written as JSON once, not once per chat."""
    parameters = {
        name: value if isinstance(value, str | bool) else json.dumps(value) for name, value in content.items() if value
    }
    text, photo = parameters.pop("text", parameters.pop("caption", "")), parameters.pop("photo", None)
    return OutgoingMessage(
        text=str(text), photo=Photo(file_id=str(photo)) if photo is not None else None, formatting=parameters
    )


def _parse_text(message: Message) -> Content:
    preview = message.link_preview_options
    return {
        "text": message.text,
        "entities": [entity.to_dict() for entity in message.entities],
        "link_preview_options": preview.to_dict() if preview else {},
    }


def _parse_photo(message: Message) -> Content:
    return {
        "photo": message.photo[-1].file_id,
        "caption": message.caption or "",
        "caption_entities": [entity.to_dict() for entity in message.caption_entities],
        "show_caption_above_media": bool(message.show_caption_above_media),
        "has_spoiler": bool(message.has_media_spoiler),
    }
