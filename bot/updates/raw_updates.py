"""Raw entries of getUpdates (or of a webhook), reduced to what is read here and sorted by who sent them.

Of every shape of value its own is kept, and nothing that is not asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from bot.updates.happenings import HAPPENINGS

LARGEST_ID = 2**63 - 1
MOST_CHARACTERS = 100_000
"""Telegram's longest text is 32,768."""

MOST_ITEMS = 1_000
"""Telegram's longest list is of 100 entities."""

MOST_LEVELS = 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL breaks databases, half a surrogate pair breaks UTF-8; neither means anything."""

Keep = Callable[[Any], Any]
"""Returns what is kept of a value; raises MalformedUpdate."""


class MalformedUpdate(ValueError):
    """A value is not what Telegram sends there."""


def keep_text(value: Any) -> str:
    """A text without what cannot be stored."""
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise MalformedUpdate("a text")
    return _UNSTORABLE.sub("", value) if _UNSTORABLE.search(value) else value


def keep_mark(value: Any) -> str:
    """Of a text no more than that it is there."""
    return keep_text(value)[:1] and "…"


def keep_number(value: Any) -> int:
    """A whole number of 64 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_ID:
        raise MalformedUpdate("a number")
    return value


def keep_flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise MalformedUpdate("a flag")
    return value


def keep_list(keep: Keep) -> Keep:
    """A list of values of one kind."""

    def keep_items(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise MalformedUpdate("a list")
        return [keep(each) for each in value]

    return keep_items


def keep_object(
    fields: Mapping[str, Keep] | None = None,
    *,
    texts: str = "",
    numbers: str = "",
    flags: str = "",
    rest: Keep | None = None,
    needs: Sequence[str] = (),
) -> Keep:
    """Some fields of an object, the usual ones by their names, without which it is none, and of the others what `rest` makes of the object."""
    usual = ((texts, keep_text), (numbers, keep_number), (flags, keep_flag))
    wanted: dict[str, Keep] = {**(fields or {}), **{name: keep for names, keep in usual for name in names.split()}}

    def keep_fields(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise MalformedUpdate("an object")
        kept = {} if rest is None else {name: each for name, each in rest(value).items() if name not in wanted}
        for name, each in value.items():
            keep = wanted.get(name)
            if keep is not None and each is not None:
                kept[name] = keep(each)
        if any(name not in kept for name in needs):
            raise MalformedUpdate("a whole object")
        return kept

    return keep_fields


def keep_scalars(value: Any) -> dict[str, Any]:
    """The fields of an object that hold no others."""
    if not isinstance(value, Mapping) or len(value) > MOST_ITEMS:
        raise MalformedUpdate("an object")
    return {
        keep_text(name): keep_any(each)
        for name, each in value.items()
        if isinstance(each, str | int | float) or each is None
    }


def keep_any(value: Any, levels: int = MOST_LEVELS) -> Any:
    """Whatever it is, if it is not too large or too deep."""
    if isinstance(value, str):
        return keep_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return keep_number(value)
    if value is None or isinstance(value, bool | float):
        return value
    if levels == 0 or len(value) > MOST_ITEMS:
        raise MalformedUpdate("a nesting")
    if isinstance(value, Mapping):
        return {keep_text(key): keep_any(each, levels - 1) for key, each in value.items()}
    return [keep_any(each, levels - 1) for each in value]


_NAMES = "first_name last_name username"
_PERSON = keep_object(numbers="id", flags="is_bot", texts=f"{_NAMES} language_code")
_STRANGER = keep_object({"first_name": keep_mark}, numbers="id", flags="is_bot")
"""Somebody whom an update mentions and is not about: that there is one, and not the name."""

_CHAT = keep_object(numbers="id", flags="is_forum", texts=f"type title {_NAMES}")
_FILE = keep_object(
    texts="file_id file_unique_id mime_type file_name emoji type",
    numbers="width height length file_size duration",
    flags="is_animated is_video",
)
_ENTITY_TEXTS = "type url language custom_emoji_id date_time_format"
_ENTITIES = keep_list(keep_object({"user": _STRANGER}, texts=_ENTITY_TEXTS, numbers="offset length unix_time"))
_WHERE: dict[str, Keep] = {
    **dict.fromkeys(("message_id", "date", "edit_date", "message_thread_id"), keep_number),
    "is_topic_message": keep_flag,
    "chat": _CHAT,
}
_TAP = keep_object({"text": keep_mark}, texts="callback_data")
_BELOW = keep_object({"inline_keyboard": keep_list(keep_list(_TAP))})
_ASKED = keep_object({**_WHERE, "from": _STRANGER, "reply_markup": _BELOW})
"""A message that another one answers: where it is, whether a bot wrote it, and what its buttons are about."""


_FROM = {"user": "sender_user", "chat": "sender_chat", "channel": "chat"}
_PLACE = keep_object({"title": keep_mark}, numbers="id", texts="type")
_ORIGIN = keep_object({"sender_user": _STRANGER, "sender_chat": _PLACE, "chat": _PLACE}, texts="type", numbers="date")


def _keep_origin(value: Any) -> dict[str, Any]:
    """That a message was forwarded, when it was written, and the number of whoever wrote it; no name."""
    kept = _ORIGIN(value)
    said = {"type": kept.get("type", ""), "date": kept.get("date", 0)}
    part = _FROM.get(said["type"], "")
    if {"id", "is_bot", "first_name"} <= kept.get(part, {}).keys() or {"id", "type"} <= kept.get(part, {}).keys():
        return {**said, "message_id": 1, part: kept[part]}
    return {**said, "type": "hidden_user", "sender_user_name": "…"}


def _keep_as(mark: dict[str, Any]) -> Keep:
    """Of a content that nobody reads no more than that it is there, in a form that can be parsed."""
    return lambda _: dict(mark)


_POLL_MEDIA = _keep_as({})
"""That a picture stands in a poll."""

_OPTION = keep_object(
    {"text_entities": _ENTITIES, "media": _POLL_MEDIA}, texts="persistent_id text", numbers="voter_count"
)
_POLL = keep_object(
    {
        **dict.fromkeys(("question_entities", "explanation_entities"), _ENTITIES),
        **dict.fromkeys(("media", "explanation_media"), _POLL_MEDIA),
        "options": keep_list(_OPTION),
        "correct_option_ids": keep_list(keep_number),
    },
    texts="id question type explanation",
    numbers="total_voter_count",
    flags="is_closed is_anonymous allows_multiple_answers allows_revoting members_only",
)
_PAYMENT = keep_object(
    {"invoice_payload": keep_mark},
    texts="currency telegram_payment_charge_id provider_payment_charge_id",
    numbers="total_amount",
)
"""How much was paid, and under which number; no address, and not what for."""

_MESSAGE = keep_object(
    {
        **_WHERE,
        "dice": _keep_as({"emoji": "…", "value": 1}),
        "story": _keep_as({"id": 1, "chat": {"id": 1, "type": "private"}}),
        "poll": _POLL,
        "from": _PERSON,
        "sender_chat": _CHAT,
        "via_bot": _STRANGER,
        **dict.fromkeys(("entities", "caption_entities"), _ENTITIES),
        **dict.fromkeys(["document", "voice", "video", "animation", "audio", "sticker", "video_note"], _FILE),
        "photo": keep_list(_FILE),
        "link_preview_options": keep_scalars,
        "contact": keep_object(numbers="user_id", texts="phone_number first_name last_name"),
        "location": keep_scalars,
        **dict.fromkeys(("successful_payment", "refunded_payment"), _PAYMENT),
        "forward_origin": _keep_origin,
        "reply_to_message": _ASKED,
    },
    texts="text caption media_group_id guest_query_id",
    numbers="migrate_to_chat_id migrate_from_chat_id",
    flags="show_caption_above_media has_media_spoiler",
)
_TAPPED = keep_object({**_WHERE, "from": _STRANGER, "text": keep_mark, "caption": keep_mark, "photo": keep_list(_FILE)})
"""A message with buttons: which one it is, and of what sort; its words are our own."""

_LINK = keep_object(
    {"creator": _STRANGER}, texts="invite_link name", flags="creates_join_request is_primary is_revoked"
)


def _keep_change(person: Keep) -> Keep:
    member = keep_object({"user": person, "custom_title": keep_mark, "tag": keep_mark}, rest=keep_scalars)
    both, flags = ("old_chat_member", "new_chat_member"), "via_join_request via_chat_folder_invite_link"
    fields = {"chat": _CHAT, "from": person, "invite_link": _LINK, **dict.fromkeys(both, member)}
    return keep_object(fields, numbers="date", flags=flags, needs=both)


_CHANGE, _CHANGE_OF_STRANGERS = _keep_change(_PERSON), _keep_change(_STRANGER)


def _keep_coming(value: Any) -> Any:
    """Who comes by a link that a bot has made is told of by name; whoever else comes or goes is none of ours."""
    kept = _CHANGE_OF_STRANGERS(value)
    ours = kept.get("invite_link", {}).get("creator", {}).get("is_bot", False)
    return _CHANGE(value) if ours else kept


KEPT: Mapping[str, Keep] = {
    **dict.fromkeys(("message", "edited_message", "guest_message"), _MESSAGE),
    "callback_query": keep_object(
        {"from": _PERSON, "message": _TAPPED}, texts="id inline_message_id chat_instance data"
    ),
    "inline_query": keep_object({"from": _PERSON}, texts="id query offset chat_type"),
    "chosen_inline_result": keep_object({"from": _PERSON}, texts="result_id query inline_message_id"),
    "my_chat_member": _CHANGE,
    "chat_member": _keep_coming,
    "chat_join_request": keep_object(
        {"chat": _CHAT, "from": _STRANGER, "invite_link": _LINK}, numbers="user_chat_id date"
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
