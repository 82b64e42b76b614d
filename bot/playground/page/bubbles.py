"""Messages as the page draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.playground.world import Button, Chat, Message, Person, World
from bot.playground.world.files import Document, Photo, PhotoSize

_BUBBLE_WIDTH = 600
"""Pixels: a bubble on a dense screen."""
_THUMB_WIDTH = 160

_SERVICE_WORDS = (
    ("new_chat_members", "came in"),
    ("left_chat_member", "went out"),
    ("pinned_message", "pinned a message"),
)


def render_message(world: World, viewer: Person | None, message: Message) -> dict[str, Any]:
    """Return one bubble; what is not there is left out."""
    found = {
        "id": message.id,
        "at": message.at // 1000,
        "mine": viewer is not None and message.sender is viewer,
        "text": message.text,
        "entities": [dict(entity) for entity in message.entities],
        "edited": message.edited_at is not None,
        "photo": render_photo(message.photo) if message.photo else None,
        "document": render_document(message.content.document) if message.content.document else None,
        "poll": _render_poll(message.content.extra["poll"]) if "poll" in message.content.extra else None,
        "keyboard": [[_render_button(button) for button in row] for row in message.keyboard],
        "via": message.via_bot.username if message.via_bot else None,
        "forwarded": _render_origin(message.forward_origin) if message.forward_origin else None,
        "reply": _render_reply(message.reply_to) if message.reply_to else None,
        "sender": _render_sender(world, viewer, message),
        "views": count_readers(message.chat) if message.chat.kind == "channel" else None,
        "service": _describe_service(message) if message.is_service else None,
    }
    needed = {"id", "at", "text", "entities", "mine"}
    return {key: value for key, value in found.items() if value or key in needed}


def render_last(viewer: Person | None, message: Message) -> dict[str, Any]:
    """Return what the chat list shows of a chat's last message."""
    return {
        "id": message.id,
        "at": message.at // 1000,
        "mine": viewer is not None and message.sender is viewer,
        "text": message.text[:120],
        "photo": message.photo is not None,
    }


def render_photo(photo: Photo) -> dict[str, Any]:
    """Return the addresses of a picture's sizes and its shape in pixels."""
    big = photo.biggest
    return {
        "url": _address(_choose_size(photo, _BUBBLE_WIDTH)),
        "thumb": _address(_choose_size(photo, _THUMB_WIDTH)),
        "large": _address(big),
        "width": big.width,
        "height": big.height,
    }


def render_document(document: Document) -> dict[str, str]:
    """Return what a file is called and where it opens."""
    name = document.name or document.kind.replace("_", " ")
    return {"name": name, "url": f"/play/file/{document.file.file_id}/{quote(name, safe='')}"}


def _render_poll(poll: Mapping[str, Any]) -> dict[str, Any]:
    """What a poll asks, and what can be answered."""
    return {
        "question": poll["question"],
        "options": [option["text"] for option in poll["options"]],
        "kind": "Quiz" if poll["type"] == "quiz" else "Poll",
    }


def count_readers(chat: Chat) -> int:
    """Return how many humans a channel's post reaches."""
    return sum(member.is_inside and not member.person.is_bot for member in chat.members.values())


def _choose_size(photo: Photo, width: int) -> PhotoSize:
    return next((size for size in photo.sizes if size.width >= width), photo.biggest)


def _address(size: PhotoSize) -> str:
    return f"/play/photo/{size.file.file_id}"


def _render_button(button: Button) -> dict[str, str]:
    style = {"style": button.looks["style"]} if "style" in button.looks else {}
    return {"text": button.text, "action": button.action} | style


def _render_origin(origin: Mapping[str, Any]) -> dict[str, str]:
    if "sender_user" in origin:
        user = origin["sender_user"]
        name = f"{user['first_name']} {user.get('last_name', '')}".strip()
        return {"name": name, "peer": "bot" if user["is_bot"] else f"u{user['id']}"}
    if "chat" in origin:
        return {"name": origin["chat"].get("title", ""), "peer": f"c{origin['chat']['id']}"}
    return {"name": origin.get("sender_user_name", ""), "peer": "u"}


def _render_reply(message: Message) -> dict[str, str]:
    name = message.sender.full_name if message.sender else message.chat.title
    return {"name": name, "text": message.text[:120] or "Picture"}


def _render_sender(world: World, viewer: Person | None, message: Message) -> dict[str, str] | None:
    """In a group every bubble of another's says whose it is; between two people a guest's does."""
    sender = message.sender
    is_guest = sender is world.bot and message.chat.is_private and message.chat.hidden_from_bot
    if sender is None or sender is viewer or not (is_guest or message.chat.kind in {"group", "supergroup"}):
        return None
    return {"name": sender.full_name, "peer": "bot" if sender is world.bot else f"u{sender.id}"}


def _describe_service(message: Message) -> str:
    name = message.sender.full_name if message.sender else message.chat.title
    words = next((words for key, words in _SERVICE_WORDS if key in message.content.extra), "")
    return f"{name} {words}".strip()
