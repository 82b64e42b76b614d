"""What a message answers: another in its chat or elsewhere, or a part of it that is quoted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.playground.world import Chat, Message, World
from bot.playground.world.content import Content
from bot.playground.world.entities import read_formatted
from bot.playground.world.errors import bad_request
from bot.playground.world.humans import make_origin
from bot.playground.world.nesting import SPLIT
from bot.playground.world.reading import measure_utf16

_QUOTED = frozenset({*SPLIT, "custom_emoji", "date_time"})
"""What a quotation keeps of the formatting."""


def find_answered(world: World, given: Mapping[str, Any] | None, chat: Chat) -> dict[str, Any]:
    """Return the fields of a message by which it answers what a call's reply_parameters name."""
    if not given:
        return {}
    where = chat if given.get("chat_id", chat.id) == chat.id else world.get_chat(given["chat_id"])
    message = where.find_message(given["message_id"])
    if message is None:
        if given.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = _read_quote(given, message)
    if where is chat:
        return {"reply_to": message, "lasting": quoted}
    if message.is_protected or message.is_service:
        return {}  # what must not leave its chat is answered nowhere else, without a word
    return {"lasting": {"external_reply": _render_external(message), **quoted}}


def _read_quote(given: Mapping[str, Any], message: Message) -> dict[str, Any]:
    quote = read_formatted(given.get("quote", ""), given.get("quote_parse_mode"), given.get("quote_entities"))
    if not quote.text:
        return {}
    found = message.text.find(quote.text)
    if found < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    entities = [entity for entity in quote.entities if entity["type"] in _QUOTED]
    position = measure_utf16(message.text[:found])
    shown = {"text": quote.text} | ({"entities": entities} if entities else {})
    return {"quote": shown | {"position": position, "is_manual": True}}


def _render_external(message: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"origin": dict(message.forward_origin or make_origin(message))}
    if message.chat.kind in {"supergroup", "channel"}:
        shown |= {"chat": message.chat.render(), "message_id": message.id}
    return shown | _render_media(message.content)


def _render_media(content: Content) -> dict[str, Any]:
    if content.photo is not None:
        return {"photo": content.photo.render()}
    if content.document is not None:
        return {"document": content.document.render()}
    return {key: value for key, value in content.extra.items() if key == "link_preview_options"}
