"""Whether the bot may look into a group or channel, and what it may send there, in Telegram's words."""

from __future__ import annotations

from typing import Literal

from bot.playground.world.chats import KIND_WORDS, Chat
from bot.playground.world.content import Content
from bot.playground.world.errors import bad_request, forbidden
from bot.playground.world.members import Member

Access = Literal["read", "read_members", "write"]


def check_access(chat: Chat, member: Member | None, access: Access) -> None:
    """Raise ApiError unless the bot has access of a kind to a group or channel."""
    if member is None and not chat.username:
        raise bad_request("chat not found")  # a private one the bot never was in
    if chat.kind == "group":
        _check_basic(chat, member, access)
    elif member is not None and member.status == "kicked":
        raise forbidden(f"bot was kicked from the {KIND_WORDS[chat.kind]}")
    elif (member is None or not member.is_inside) and (access == "write" or not chat.username):
        raise forbidden(f"bot is not a member of the {KIND_WORDS[chat.kind]}")


def _check_basic(chat: Chat, member: Member | None, access: Access) -> None:
    """Of a basic group only its members are shut away from those who left."""
    if access == "read":
        return
    if chat.migrated_to:
        words = "group chat was upgraded to a supergroup chat"
        raise bad_request(words, migrate_to_chat_id=chat.migrated_to)
    if member is not None and member.status == "kicked":
        raise forbidden("bot was kicked from the group chat")
    if member is None or not member.is_inside:
        raise forbidden("bot is not a member of the group chat")


def check_permission(chat: Chat, member: Member | None, content: Content) -> None:
    """Raise ApiError where the chat lets the bot send nothing of this kind."""
    permission, what = _name_permission(content)
    if chat.kind not in {"group", "supergroup"} or member is None or member.is_admin:
        return
    if permission in chat.denied or not member.may_send(permission):
        raise bad_request(f"not enough rights to send {what} to the chat")


_OF_FILES = {
    "document": ("can_send_documents", "documents"),
    "video": ("can_send_videos", "videos"),
    "video_note": ("can_send_video_notes", "video notes"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "audio": ("can_send_audios", "audios"),
    "animation": ("can_send_other_messages", "animations"),
}


def _name_permission(content: Content) -> tuple[str, str]:
    if content.photo is not None:
        return "can_send_photos", "photos"
    if content.document is not None:
        return _OF_FILES[content.document.kind]
    if "poll" in content.extra:
        return "can_send_polls", "polls"
    return "can_send_messages", "text messages"
