"""The calls of the Bot API: those that send a message or show it in the place of another, and what Telegram counts of each."""

from __future__ import annotations

import json
from functools import cache

from telegram import InputFile
from telegram.constants import ParseMode

from bot.messages.outgoing import NO_PREVIEW, OutgoingMessage
from bot.wire.pacing import Chat
from storage.frozen import frozen

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
    if method.startswith("edit"):
        return method, parameters
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
        below = {} if message.keyboard is None else {"reply_markup": message.keyboard}
        return message.method, where | below | dict(message.formatting or {})
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


EVERYTHING = "telegram"
"""The scope that holds back every message."""

_SENDING = ("send", "forward", "copy")
_EDITING = ("edit", "stop", "deleteMessage")
_NO_MESSAGE = "sendChatAction"
_PROFILE = ("setMy", "deleteMy", "setChatMenuButton")
_INVITES = "ChatInviteLink"


@frozen(kw_only=False)
class Kind:
    """What a method of the Bot API does, as far as Telegram counts it."""

    edits: bool
    """It changes a message that is there."""
    is_paced: bool
    """It puts something into a chat, which Telegram counts."""
    is_answer: bool
    """It shows somebody something, and changes nothing else."""
    several: str
    """The parameter that lists the messages it puts into a chat; empty for a method that sends one."""
    family: str
    """The scope of a method that puts nothing into a chat: those like it, and nothing else."""


_SEVERAL = {"sendMediaGroup": "media", "copyMessages": "message_ids", "forwardMessages": "message_ids"}
"""Methods that put several messages into a chat, and the parameter that lists them."""


@cache
def find_kind(endpoint: str) -> Kind:
    """The kind of a method, by its name."""
    edits = endpoint.startswith(_EDITING) and _INVITES not in endpoint
    is_paced = endpoint != _NO_MESSAGE and (endpoint.startswith(_SENDING) or edits)
    family = "family:invites" if _INVITES in endpoint else f"family:{endpoint}"
    if endpoint.startswith(_PROFILE):
        family = "family:profile"
    return Kind(edits, is_paced, is_paced or endpoint.startswith("answer"), _SEVERAL.get(endpoint, ""), family)


def count_messages(listed: object) -> int:
    """How many messages are listed in a parameter, as JSON or as they are: of an album each part counts."""
    found = json.loads(listed) if isinstance(listed, str) else listed
    return max(1, len(found)) if isinstance(found, list | tuple) else 1


def name_chat_scope(chat: Chat) -> str:
    """The scope of one chat: its messages and edits, which Telegram counts together."""
    return f"chat:{chat}"


def parse_chat(chat_id: object) -> Chat | None:
    """The chat as a number, or as the name of a public one; None where a request has no chat."""
    if isinstance(chat_id, int):
        return chat_id
    try:
        return int(str(chat_id))
    except ValueError:
        return str(chat_id) if chat_id else None


def parse_chat_scope(scope: str) -> Chat | None:
    """The chat that a stored scope names; None for any other scope."""
    kind, _, chat = scope.partition(":")
    return parse_chat(chat) if kind == "chat" else None
