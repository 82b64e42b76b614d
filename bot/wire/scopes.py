"""What a 429 forbids: a chat, a family of methods, or everything. The one place that says how wide Telegram's word reaches."""

from __future__ import annotations

from bot.wire.pacing import Chat

EVERYTHING = "telegram"
"""The scope that holds back every message."""

_SENDING = ("send", "forward", "copy")
_EDITING = ("edit", "stop")
_NO_MESSAGE = "sendChatAction"
_PROFILE = ("setMy", "deleteMy", "setChatMenuButton")
_INVITES = "ChatInviteLink"


def is_edit(endpoint: str) -> bool:
    """Whether a method changes a message that is there."""
    return endpoint.startswith(_EDITING) and _INVITES not in endpoint


def is_paced(endpoint: str) -> bool:
    """Whether a method puts something into a chat, which Telegram counts."""
    return endpoint != _NO_MESSAGE and (endpoint.startswith(_SENDING) or is_edit(endpoint))


def is_answer(endpoint: str) -> bool:
    """Whether a method shows somebody something, and changes nothing else."""
    return is_paced(endpoint) or endpoint.startswith("answer")


def name_chat_scope(chat: Chat) -> str:
    """The scope of one chat: its messages and edits, which Telegram counts together."""
    return f"chat:{chat}"


def name_family(endpoint: str) -> str:
    """The scope of a method that puts nothing into a chat: those like it, and nothing else."""
    if endpoint.startswith(_PROFILE):
        return "family:profile"
    return "family:invites" if _INVITES in endpoint else f"family:{endpoint}"


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
