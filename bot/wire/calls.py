"""The calls of the Bot API that send a message, or show it in the place of another."""

from __future__ import annotations

import json

from telegram import InputFile
from telegram.constants import ParseMode

from bot.messages.outgoing import NO_PREVIEW, OutgoingMessage

UPLOAD = "upload"
"""The part of a request that holds the picture which `media` speaks of."""

_MEDIA = {f"send{each.title()}": each for each in ("photo", "video", "animation", "document", "audio")}


def _compose_media_edit(kind: str, parameters: dict[str, object]) -> tuple[str, dict[str, object]]:
    """What was to be sent, shown in the place of another of its kind; all but where and its buttons belongs to the file."""
    kept: dict[str, object] = {
        name: parameters.pop(name) for name in ("chat_id", "message_id", "reply_markup") if name in parameters
    }
    entities = {"caption_entities": json.loads(str(parameters.pop("caption_entities", "[]")))}
    media = {"type": kind, "media": parameters.pop(kind), **entities, **parameters}
    return "editMessageMedia", {**kept, "media": json.dumps(media)}


def compose_edit(message: OutgoingMessage, **where: object) -> tuple[str, dict[str, object]]:
    """The method of the Bot API that shows it in the place of another, likewise."""
    method, parameters = compose_call(message, **where)
    if message.method in _MEDIA:
        return _compose_media_edit(_MEDIA[method], parameters)
    if message.photo is None:
        return "editMessageText", parameters
    if message.photo.file_id is None:
        parameters[UPLOAD] = parameters["photo"]
    media = {"type": "photo", "media": message.photo.file_id or f"attach://{UPLOAD}"}
    said = {name: parameters.pop(name) for name in ("caption", "parse_mode") if name in parameters}
    del parameters["photo"]
    return "editMessageMedia", {**parameters, "media": json.dumps(media | said)}


def compose_call(message: OutgoingMessage, **where: object) -> tuple[str, dict[str, object]]:
    """The method of the Bot API that sends it, and its parameters beside `where`; what is nested is JSON text."""
    if message.method:
        return message.method, where | dict(message.formatting or {})
    method, parameters = "sendMessage", {**where}
    if message.text:
        parameters["caption" if message.photo or message.document else "text"] = message.text
    if message.photo is not None:
        method, parameters["photo"] = "sendPhoto", message.photo.attach()
    elif message.document is not None:
        attached = InputFile(message.document.content, filename=message.document.name)
        method, parameters["document"] = "sendDocument", attached
    elif message.formatting is None:
        parameters["link_preview_options"] = NO_PREVIEW
    if message.formatting is None:
        parameters["parse_mode"] = ParseMode.HTML.value
    if message.keyboard is not None:
        parameters["reply_markup"] = message.keyboard
    return method, parameters | dict(message.formatting or {})
