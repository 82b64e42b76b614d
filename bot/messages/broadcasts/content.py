"""An admin's own message: kept as values, sent again as it was, formatting and all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import Message

Content = dict[str, object]
"""Parameters of sendMessage (`text` …) or sendPhoto (`photo`: a file_id, `caption` …) as Telegram's JSON has them."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A call of the Bot API that is the same for everybody but for the chat."""

    method: str
    parameters: Mapping[str, str | bool]

    def address(self, chat_id: int) -> dict[str, object]:
        """The parameters that send it to one chat."""
        return {"chat_id": chat_id, **self.parameters}


def parse_content(message: Message) -> Content | None:
    """What can go to everybody: a text, or one photo with or without a caption; None for anything else.

    A forwarded message is somebody else's, an album is more than one message: neither can be sent again as it was.
    """
    if message.forward_origin is not None or message.media_group_id is not None:
        return None
    if message.text:
        return _parse_text(message)
    return _parse_photo(message) if message.photo else None


def compose_parcel(content: Content) -> Parcel:
    """The call that sends `content`; nested parameters are written as JSON once, not once per chat."""
    parameters = {
        name: value if isinstance(value, str | bool) else json.dumps(value) for name, value in content.items() if value
    }
    return Parcel("sendPhoto" if "photo" in content else "sendMessage", parameters)


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
