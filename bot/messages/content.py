"""An admin's own message: kept as values, sent again as it was, formatting and all."""

from __future__ import annotations

from telegram import Message

Content = dict[str, object]
"""`text` and `entities`, or `photo` (file_id), `caption` and `caption_entities`; entities as Telegram's JSON."""


def parse_content(message: Message) -> Content | None:
    """What can go to everybody: a text, or a photo with or without a caption; None for anything else."""
    if message.text:
        return {"text": message.text, "entities": [entity.to_dict() for entity in message.entities]}
    if message.photo:
        return {
            "photo": message.photo[-1].file_id,
            "caption": message.caption or "",
            "caption_entities": [entity.to_dict() for entity in message.caption_entities],
        }
    return None


def compose_request(content: Content, chat_id: int) -> tuple[str, dict[str, object]]:
    """The Bot API method and its parameters that send `content` to one chat; empty parameters are left out."""
    method = "sendPhoto" if "photo" in content else "sendMessage"
    return method, {"chat_id": chat_id, **{name: value for name, value in content.items() if value}}
