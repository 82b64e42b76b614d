"""Raw entries of getUpdates (or of a webhook), reduced to what is read here and sorted by who sent them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from bot.updates.happenings import HAPPENINGS
from bot.updates.keeping import (
    LARGEST_ID,
    Keep,
    MalformedUpdate,
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
            **dict.fromkeys(("type", "url", "language", "custom_emoji_id", "date_time_format"), keep_text),
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
_BELOW = keep_object(
    {"inline_keyboard": keep_list(keep_list(keep_object({"text": keep_mark, "callback_data": keep_text})))}
)
_ASKED = keep_object({**_WHERE, "from": _STRANGER, "reply_markup": _BELOW})
"""A message that another one answers: where it is, whether a bot wrote it, and what its buttons are about."""


_FROM = {"user": "sender_user", "chat": "sender_chat", "channel": "chat"}
_PLACE = keep_object({"id": keep_number, "type": keep_text, "title": keep_mark})
_ORIGIN = keep_object({"type": keep_text, "sender_user": _STRANGER, "sender_chat": _PLACE, "chat": _PLACE})


def _keep_origin(value: Any) -> dict[str, Any]:
    """That a message was forwarded, when it was written, and the number of whoever wrote it; no name."""
    kept, date = _ORIGIN(value), keep_object({"date": keep_number})(value).get("date", 0)
    part = _FROM.get(kept.get("type", ""), "")
    if {"id", "is_bot", "first_name"} <= kept.get(part, {}).keys() or {"id", "type"} <= kept.get(part, {}).keys():
        return {"type": kept["type"], "date": date, "message_id": 1, part: kept[part]}
    return {"type": "hidden_user", "date": date, "sender_user_name": "…"}


def _keep_as(mark: dict[str, Any]) -> Keep:
    """Of a content that nobody reads no more than that it is there, in a form that can be parsed."""
    return lambda _: dict(mark)


_POLL_MEDIA = _keep_as({})
"""That a picture stands in a poll."""

_OPTION = keep_object(
    {
        **dict.fromkeys(("persistent_id", "text"), keep_text),
        "text_entities": _ENTITIES,
        "voter_count": keep_number,
        "media": _POLL_MEDIA,
    }
)
_POLL = keep_object(
    {
        **dict.fromkeys(
            ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only"), keep_flag
        ),
        **dict.fromkeys(("id", "question", "type", "explanation"), keep_text),
        **dict.fromkeys(("question_entities", "explanation_entities"), _ENTITIES),
        **dict.fromkeys(("media", "explanation_media"), _POLL_MEDIA),
        "options": keep_list(_OPTION),
        "total_voter_count": keep_number,
        "correct_option_ids": keep_list(keep_number),
    }
)
_UNREAD: dict[str, Keep] = {
    "dice": _keep_as({"emoji": "…", "value": 1}),
    "story": _keep_as({"id": 1, "chat": {"id": 1, "type": "private"}}),
}
"""Messages that are told apart by what they are, where a message to all is asked for."""

_PAID = ("currency", "telegram_payment_charge_id", "provider_payment_charge_id")
_PAYMENT = keep_object({**dict.fromkeys(_PAID, keep_text), "total_amount": keep_number, "invoice_payload": keep_mark})
"""How much was paid, and under which number; no address, and not what for."""

_CONTENT: dict[str, Keep] = {
    **_UNREAD,
    **_WHERE,
    "poll": _POLL,
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
    **dict.fromkeys(("successful_payment", "refunded_payment"), _PAYMENT),
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


def _keep_change(person: Keep) -> Keep:
    member = keep_object({"user": person, "custom_title": keep_mark, "tag": keep_mark}, rest=keep_scalars)
    both, flags = ("old_chat_member", "new_chat_member"), ("via_join_request", "via_chat_folder_invite_link")
    fields = {"chat": _CHAT, "from": person, "date": keep_number, "invite_link": _LINK}
    return keep_object({**fields, **dict.fromkeys(both, member), **dict.fromkeys(flags, keep_flag)}, needs=both)


_CHANGE, _CHANGE_OF_STRANGERS = _keep_change(_PERSON), _keep_change(_STRANGER)


def _keep_coming(value: Any) -> Any:
    """Who comes by a link that a bot has made is told of by name; whoever else comes or goes is none of ours."""
    kept = _CHANGE_OF_STRANGERS(value)
    ours = kept.get("invite_link", {}).get("creator", {}).get("is_bot", False)
    return _CHANGE(value) if ours else kept


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
    "chat_member": _keep_coming,
    "chat_join_request": keep_object(
        {"chat": _CHAT, "from": _STRANGER, "user_chat_id": keep_number, "date": keep_number, "invite_link": _LINK}
    ),
}
"""By kind of update; of a kind that is not named here everything of a reasonable size is kept."""


_SENDERS = ("from", "user", "actor_chat", "voter_chat", "sender_chat", "chat")
"""Where the different kinds of updates say whom they are from, best first."""


@dataclass(slots=True, kw_only=True)
class RawUpdate:
    """One update as it goes into the inbox."""

    update_id: int
    sender_id: int | None
    """Telegram id of the person, else of the chat; None for updates of nobody (polls)."""
    content: dict[str, Any]
    """What is kept of its JSON."""
    is_fleeting: bool
    """It skips the inbox, answered now or never: a call from another chat, or an inline query, which lives 30 seconds and changes nothing."""
    is_guest: bool = False
    """A call from a chat that is not ours: what is said there is never stored."""
    is_happening: bool = False
    """Telegram's own word of what was done to a chat: a topic opened, a message pinned. Nobody waits for an answer."""
    parsed: Update | None = field(default=None, repr=False)
    """Once somebody has looked at it."""

    @property
    def raw(self) -> bytes:
        """As it is stored: JSON without NUL and lone surrogates."""
        return json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()


def parse_update(entry: object) -> RawUpdate | None:
    """The update in an entry, None if the entry is no update at all."""
    update_id = find_update_id(entry)
    if update_id is None or not isinstance(entry, Mapping):
        return None
    try:
        kept = {
            str(kind): None if content is None else KEPT.get(kind, keep_any)(content)
            for kind, content in entry.items()
            if kind != "update_id"
        }
    except (MalformedUpdate, TypeError):
        return None
    return RawUpdate(
        update_id=update_id,
        sender_id=_find_sender_id(kept),
        content={"update_id": update_id, **kept},
        is_fleeting="inline_query" in kept or "guest_message" in kept,
        is_guest="guest_message" in kept,
        is_happening=isinstance(said := entry.get("message"), Mapping) and not HAPPENINGS.isdisjoint(said),
    )


def find_update_id(entry: object) -> int | None:
    """The id that confirms an entry, even where the rest of it makes no sense."""
    return _read_id(entry.get("update_id"), least=0) if isinstance(entry, Mapping) else None


def _find_sender_id(entry: Mapping[str, object]) -> int | None:
    for kind, content in entry.items():
        if not isinstance(content, Mapping):
            continue
        if kind == "chat_member":
            content = _find_moved(content)  # noqa: PLW2901 -- the same, seen from whom it is about
        for name in _SENDERS:
            sender = content.get(name)
            sender_id = _read_id(sender.get("id"), least=-LARGEST_ID) if isinstance(sender, Mapping) else None
            if sender_id is not None:
                return sender_id
    return None


def _find_moved(change: Mapping[str, object]) -> Mapping[str, object]:
    """Who comes or goes, and not who lets them in or throws them out: what one person does stays in order."""
    member = change.get("new_chat_member")
    return member if isinstance(member, Mapping) and "user" in member else change


def _read_id(value: object, *, least: int) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_ID else None
