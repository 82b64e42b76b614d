"""What is kept of an update: the one table that says which of Telegram's fields are read here.

Everything else is dropped before it is stored: bios, what a message replies to, who made an invite link. A capability
that reads another field names it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.updates.raw_values import (
    Keep,
    keep_any,
    keep_flag,
    keep_list,
    keep_mark,
    keep_number,
    keep_object,
    keep_scalars,
    keep_text,
)

_PERSON = keep_object(
    {
        "id": keep_number,
        "is_bot": keep_flag,
        **dict.fromkeys(("first_name", "last_name", "username", "language_code"), keep_text),
    }
)
_STRANGER = keep_object({"id": keep_number, "is_bot": keep_flag, "first_name": keep_mark})
"""Somebody whom an update mentions and is not about: that there is one, and not the name."""

_CHAT = keep_object(
    {
        "id": keep_number,
        "is_forum": keep_flag,
        **dict.fromkeys(("type", "title", "username", "first_name", "last_name"), keep_text),
    }
)
_FILE = keep_object(
    {
        **dict.fromkeys(("file_id", "file_unique_id", "mime_type", "file_name", "emoji", "type"), keep_text),
        **dict.fromkeys(("width", "height", "length", "file_size", "duration"), keep_number),
        **dict.fromkeys(("is_animated", "is_video"), keep_flag),
    }
)
_ENTITIES = keep_list(
    keep_object(
        {
            **dict.fromkeys(("type", "url", "language", "custom_emoji_id"), keep_text),
            **dict.fromkeys(("offset", "length", "unix_time"), keep_number),
            "user": _STRANGER,
        }
    )
)
_FILES = ("document", "voice", "video", "animation", "audio", "sticker", "video_note")
_WHERE: dict[str, Keep] = {
    **dict.fromkeys(("message_id", "date", "edit_date", "message_thread_id"), keep_number),
    "is_topic_message": keep_flag,
    "chat": _CHAT,
}
_ASKED = keep_object({**_WHERE, "from": _STRANGER})
"""A message that another one answers: where it is, and whether a bot wrote it."""


def _keep_origin(value: Any) -> dict[str, Any]:
    """That a message was forwarded, and when it was written; not whose it is."""
    date = keep_object({"date": keep_number})(value).get("date", 0)
    return {"type": "hidden_user", "date": date, "sender_user_name": "…"}


_CONTENT: dict[str, Keep] = {
    **_WHERE,
    "from": _PERSON,
    "sender_chat": _CHAT,
    "via_bot": _STRANGER,
    **dict.fromkeys(("text", "caption", "media_group_id", "guest_query_id"), keep_text),
    **dict.fromkeys(("entities", "caption_entities"), _ENTITIES),
    **dict.fromkeys(("migrate_to_chat_id", "migrate_from_chat_id"), keep_number),
    **dict.fromkeys(("show_caption_above_media", "has_media_spoiler"), keep_flag),
    **dict.fromkeys(_FILES, _FILE),
    "photo": keep_list(_FILE),
    "link_preview_options": keep_scalars,
    "contact": keep_object(
        {"user_id": keep_number, **dict.fromkeys(("phone_number", "first_name", "last_name"), keep_text)}
    ),
    "location": keep_scalars,
    "forward_origin": _keep_origin,
    "reply_to_message": _ASKED,
}
_TAPPED = keep_object({**_WHERE, "from": _STRANGER, "text": keep_mark, "caption": keep_mark, "photo": keep_list(_FILE)})
"""A message with buttons: which one it is, and of what sort; its words are our own."""

_LINK = keep_object(
    {
        **dict.fromkeys(("invite_link", "name"), keep_text),
        **dict.fromkeys(("creates_join_request", "is_primary", "is_revoked"), keep_flag),
        "creator": _STRANGER,
    }
)
_MEMBER = keep_object({"user": _PERSON, "custom_title": keep_mark, "tag": keep_mark}, rest=keep_scalars)
_CHANGE = keep_object(
    {
        "chat": _CHAT,
        "from": _PERSON,
        "date": keep_number,
        "old_chat_member": _MEMBER,
        "new_chat_member": _MEMBER,
        "invite_link": _LINK,
        **dict.fromkeys(("via_join_request", "via_chat_folder_invite_link"), keep_flag),
    }
)
_MESSAGE = keep_object(_CONTENT)

KEPT: Mapping[str, Callable[[Any], Any]] = {
    "message": _MESSAGE,
    "edited_message": _MESSAGE,
    "guest_message": _MESSAGE,
    "callback_query": keep_object(
        {
            "from": _PERSON,
            "message": _TAPPED,
            **dict.fromkeys(("id", "inline_message_id", "chat_instance", "data"), keep_text),
        }
    ),
    "inline_query": keep_object({"from": _PERSON, **dict.fromkeys(("id", "query", "offset", "chat_type"), keep_text)}),
    "chosen_inline_result": keep_object(
        {"from": _PERSON, **dict.fromkeys(("result_id", "query", "inline_message_id"), keep_text)}
    ),
    "my_chat_member": _CHANGE,
    "chat_member": _CHANGE,
    "chat_join_request": keep_object(
        {"chat": _CHAT, "from": _PERSON, "user_chat_id": keep_number, "date": keep_number, "invite_link": _LINK}
    ),
}
"""By kind of update; of a kind that is not named here everything of a reasonable size is kept."""


def keep_what_is_read(kind: str, content: object) -> object:
    """The part of an update's content that is stored, cleaned.

    Raises:
        MalformedUpdate: something in it is of another type or size than Telegram's.
    """
    return None if content is None else KEPT.get(kind, keep_any)(content)
