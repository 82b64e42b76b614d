"""Field by field what of each kind of update is kept: what somebody here reads, as it came, and of other things that they were there."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bot.updates.raw_updates import KEPT, parse_update

HIDDEN = "…"
PERSON: dict[str, Any] = {
    "id": 42,
    "is_bot": False,
    "first_name": "Ada",
    "last_name": "Lovelace",
    "username": "ada",
    "language_code": "en",
}
STRANGER = {"id": 7, "is_bot": True, "first_name": HIDDEN}
CHAT: dict[str, Any] = {
    "id": -1007,
    "type": "supergroup",
    "title": "Neighbours",
    "first_name": "A",
    "last_name": "B",
    "username": "neighbours",
    "is_forum": True,
}
FILE: dict[str, Any] = {
    **dict.fromkeys(("file_id", "file_unique_id", "mime_type", "file_name", "emoji", "type"), "x"),
    **dict.fromkeys(("width", "height", "length", "file_size", "duration"), 5),
    "is_animated": True,
    "is_video": False,
}
ENTITY: dict[str, Any] = {
    **dict.fromkeys(("type", "url", "language", "custom_emoji_id", "date_time_format"), "x"),
    **dict.fromkeys(("offset", "length", "unix_time"), 1),
    "user": STRANGER,
}
WHERE: dict[str, Any] = {
    **dict.fromkeys(("message_id", "date", "edit_date", "message_thread_id"), 3),
    "is_topic_message": True,
    "chat": CHAT,
}
SIZES = [FILE, {**FILE, "width": 90}]
BELOW = {"inline_keyboard": [[{"text": HIDDEN, "callback_data": "go"}], [{"text": HIDDEN}]]}
POLL: dict[str, Any] = {
    **dict.fromkeys(("id", "question", "type", "explanation"), "x"),
    **{key: [ENTITY] for key in ("question_entities", "explanation_entities")},
    **{key: {} for key in ("media", "explanation_media")},
    "options": [{"persistent_id": "1", "text": "x", "voter_count": 2, "text_entities": [ENTITY], "media": {}}],
    "correct_option_ids": [0],
    "total_voter_count": 2,
    "is_closed": True,
    "is_anonymous": False,
    "allows_multiple_answers": True,
    "allows_revoting": False,
    "members_only": True,
}
PAYMENT: dict[str, Any] = {
    "invoice_payload": HIDDEN,
    **dict.fromkeys(("currency", "telegram_payment_charge_id", "provider_payment_charge_id"), "x"),
    "total_amount": 7,
}
MESSAGE: dict[str, Any] = {
    **WHERE,
    "dice": {"emoji": HIDDEN, "value": 1},
    "story": {"id": 1, "chat": {"id": 1, "type": "private"}},
    "poll": POLL,
    "from": PERSON,
    "sender_chat": CHAT,
    "via_bot": STRANGER,
    **{key: [ENTITY] for key in ("entities", "caption_entities")},
    **dict.fromkeys(["document", "voice", "video", "animation", "audio", "sticker", "video_note"], FILE),
    "photo": SIZES,
    "link_preview_options": {"is_disabled": True, "url": "https://example.org"},
    "contact": {"user_id": 9, "phone_number": "+1", "first_name": "A", "last_name": "B"},
    "location": {"latitude": 1.5, "longitude": 2.5},
    **dict.fromkeys(("successful_payment", "refunded_payment"), PAYMENT),
    "forward_origin": {"type": "user", "date": 1, "message_id": 1, "sender_user": STRANGER},
    "reply_to_message": {**WHERE, "from": STRANGER, "reply_markup": BELOW},
    **dict.fromkeys(("text", "caption", "media_group_id", "guest_query_id"), "x"),
    **dict.fromkeys(("migrate_to_chat_id", "migrate_from_chat_id"), -5),
    "show_caption_above_media": True,
    "has_media_spoiler": False,
}
TAPPED: dict[str, Any] = {**WHERE, "from": STRANGER, "text": HIDDEN, "caption": HIDDEN, "photo": SIZES}
LINK: dict[str, Any] = {
    "creator": STRANGER,
    "invite_link": "https://t.me/+abc",
    "name": "by Ada",
    **dict.fromkeys(("creates_join_request", "is_primary", "is_revoked"), False),
}


def change(person: dict[str, Any]) -> dict[str, Any]:
    """Somebody comes."""
    member = {"status": "member", "until_date": 5, "user": person, "custom_title": HIDDEN, "tag": HIDDEN}
    return {
        "chat": CHAT,
        "from": person,
        "date": 1,
        "invite_link": LINK,
        "old_chat_member": {**member, "status": "left"},
        "new_chat_member": member,
        "via_join_request": True,
        "via_chat_folder_invite_link": False,
    }


WHOLE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("message", "edited_message", "guest_message"), MESSAGE),
    "callback_query": {
        "from": PERSON,
        "message": TAPPED,
        **dict.fromkeys(("id", "inline_message_id", "chat_instance", "data"), "x"),
    },
    "inline_query": {"from": PERSON, **dict.fromkeys(("id", "query", "offset", "chat_type"), "x")},
    "chosen_inline_result": {"from": PERSON, **dict.fromkeys(("result_id", "query", "inline_message_id"), "x")},
    "my_chat_member": change(PERSON),
    "chat_member": change(PERSON),
    "chat_join_request": {"chat": CHAT, "from": STRANGER, "invite_link": LINK, "user_chat_id": 8, "date": 1},
}
"""Of each kind everything that is kept of it, as it is kept."""


def strew(value: Any, *, inside: str = "") -> Any:
    """The same with what Telegram may add to every object, and with the words where we keep but a mark."""
    if isinstance(value, list):
        return [strew(each, inside=inside) for each in value]
    if value == HIDDEN:
        return "SECRET"
    if not isinstance(value, dict):
        return value
    more = {} if inside in {"link_preview_options", "location"} else {"something_new": {"text": "SECRET"}}
    return {**{name: strew(each, inside=name) for name, each in value.items()}, **more}


def test_all_kinds_are_looked_at() -> None:
    """A kind that is added here has its fields written down below."""
    assert WHOLE.keys() == KEPT.keys()


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_read_is_kept_and_nothing_else(kind: str) -> None:
    """Each field as it came; names and words that are not read leave a mark, and what is unknown leaves nothing."""
    update = parse_update({"update_id": 1, kind: strew(copy.deepcopy(WHOLE[kind]))})
    assert update is not None
    assert b"SECRET" not in update.raw
    assert update.content[kind] == WHOLE[kind]


def test_who_comes_by_a_link_of_nobody_we_know_stays_without_a_name() -> None:
    """A link that a person has made is none of a member's."""
    said = change(PERSON) | {"invite_link": {**LINK, "creator": {**STRANGER, "is_bot": False}}}
    update = parse_update({"update_id": 1, "chat_member": said})
    assert update is not None
    nameless = {"id": 42, "is_bot": False, "first_name": HIDDEN}
    kept = update.content["chat_member"]
    assert [kept["from"], kept["old_chat_member"]["user"], kept["new_chat_member"]["user"]] == [nameless] * 3


@pytest.mark.parametrize("missing", ["old_chat_member", "new_chat_member"])
@pytest.mark.parametrize("kind", ["chat_member", "my_chat_member"])
def test_a_change_without_its_two_sides_is_none(kind: str, missing: str) -> None:
    """Nobody could say who came and who went."""
    said = change(PERSON)
    del said[missing]
    assert parse_update({"update_id": 1, kind: said}) is None


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        (
            {"type": "chat", "date": 2, "sender_chat": {"id": -1, "type": "group", "title": "SECRET"}},
            {"type": "chat", "date": 2, "message_id": 1, "sender_chat": {"id": -1, "type": "group", "title": HIDDEN}},
        ),
        (
            {"type": "channel", "date": 2, "message_id": 77, "chat": {"id": -1, "type": "channel"}},
            {"type": "channel", "date": 2, "message_id": 1, "chat": {"id": -1, "type": "channel"}},
        ),
        (
            {"type": "user", "date": 2, "sender_user": {"id": 7, "first_name": "SECRET"}},
            {"type": "hidden_user", "date": 2, "sender_user_name": HIDDEN},
        ),
        (
            {"type": "channel", "date": 2, "chat": {"id": -1}},
            {"type": "hidden_user", "date": 2, "sender_user_name": HIDDEN},
        ),
        (
            {"type": "hidden_user", "date": 2, "sender_user_name": "SECRET"},
            {"type": "hidden_user", "date": 2, "sender_user_name": HIDDEN},
        ),
        ({}, {"type": "hidden_user", "date": 0, "sender_user_name": HIDDEN}),
    ],
)
def test_whoever_wrote_what_is_passed_on_is_a_number(origin: dict[str, Any], kept: dict[str, Any]) -> None:
    """Where it is said by whom, and by nobody we could name where it is not."""
    message = {**WHERE, "from": PERSON, "forward_origin": origin}
    update = parse_update({"update_id": 1, "message": message})
    assert update is not None
    assert update.content["message"]["forward_origin"] == kept
