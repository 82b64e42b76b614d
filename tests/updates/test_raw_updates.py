from __future__ import annotations

import json
from typing import Any

import pytest
from telegram import Update

from bot.assets import ASSETS
from bot.updates.raw_updates import find_update_id, parse_update

ADA = {"id": 42, "first_name": "Ada"}
CHAT = {"id": -1007, "type": "channel"}
MEMBER = {"status": "member", "user": ADA}
MOVED = {"old_chat_member": MEMBER, "new_chat_member": MEMBER}


@pytest.mark.parametrize(
    ("content", "sender_id"),
    [
        ({"message": {"from": ADA, "chat": CHAT}}, 42),
        ({"channel_post": {"sender_chat": CHAT, "chat": CHAT}}, -1007),
        ({"callback_query": {"id": "1", "from": ADA, "message": {"chat": CHAT}}}, 42),
        ({"inline_query": {"id": "1", "from": ADA}}, 42),
        ({"my_chat_member": {"from": ADA, "chat": CHAT, **MOVED}}, 42),
        ({"chat_member": {"from": {"id": 7}, "chat": CHAT, **MOVED}}, 42),
        ({"message_reaction": {"user": ADA, "chat": CHAT}}, 42),
        ({"message_reaction": {"actor_chat": CHAT, "chat": {"id": 5}}}, -1007),
        ({"message_reaction_count": {"chat": CHAT}}, -1007),
        ({"poll_answer": {"voter_chat": CHAT}}, -1007),
        ({"guest_message": {"from": ADA, "chat": CHAT, "guest_query_id": "7"}}, 42),
        ({"poll": {"id": "9"}}, None),
        ({"some_new_thing": {"from": ADA}}, 42),
        ({"message": None}, None),
        ({}, None),
    ],
)
def test_the_sender_is_found_in_every_kind_of_update(content: dict[str, object], sender_id: int | None) -> None:
    """The person if there is one, else the chat, else nobody."""
    update = parse_update({"update_id": 1, **content})
    assert update is not None
    assert update.sender_id == sender_id
    assert update.is_fleeting is not {"inline_query", "guest_message"}.isdisjoint(content)
    assert update.is_guest is ("guest_message" in content)


def test_what_breaks_a_database_is_taken_out() -> None:
    """NUL and lone surrogates go, in names of fields too; everything else stays as it is."""
    entry = {
        "update_id": 1,
        "message": {"text": "a\x00b\ud83dc \u5582 \U0001f600"},
        "some_new_thing": {"list": ["\udc00", 1, None, {"\x00k": True}]},
    }
    update = parse_update(entry)
    assert update is not None
    kept = json.loads(update.raw.decode())
    assert kept["message"] == {"text": "abc \u5582 \U0001f600"}
    assert kept["some_new_thing"] == {"list": ["", 1, None, {"k": True}]}


def test_the_six_letters_of_an_escaped_nul_are_honest_text() -> None:
    """Somebody may write about it."""
    update = parse_update({"update_id": 1, "message": {"text": "\\u0000"}})
    assert update is not None
    assert json.loads(update.raw)["message"]["text"] == "\\u0000"


def _nest(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("entry", "update_id"),
    [
        (None, None),
        ("text", None),
        ([], None),
        ({}, None),
        ({"update_id": "1"}, None),
        ({"update_id": True}, None),
        ({"update_id": -1}, None),
        ({"update_id": 2**63}, None),
        ({"update_id": 7, "message": _nest(200_000)}, 7),
        ({"update_id": 7, "some_new_thing": _nest(200_000)}, 7),
        ({"update_id": 7, "message": "text"}, 7),
        ({"update_id": 7, "message": {"from": {"id": 2**70}}}, 7),
        ({"update_id": 7, "message": {"from": {"id": True}}}, 7),
        ({"update_id": 7, "message": {"from": {"id": "42"}}}, 7),
        ({"update_id": 7, "message": {"text": 5}}, 7),
        ({"update_id": 7, "message": {"text": "x" * 100_001}}, 7),
        ({"update_id": 7, "message": {"entities": [{}] * 1_001}}, 7),
        ({"update_id": 7, "message": {"entities": {"type": "bold"}}}, 7),
        ({"update_id": 7, "callback_query": {"data": ["x"]}}, 7),
        ({"update_id": 7, "some_new_thing": {"n": 2**70}}, 7),
    ],
)
def test_what_is_no_update_is_left_out(entry: object, update_id: int | None) -> None:
    """It is not stored; where it has an id it can be confirmed all the same."""
    assert parse_update(entry) is None
    assert find_update_id(entry) == update_id


def _message(**more: object) -> dict[str, object]:
    return {"message_id": 5, "date": 1, "chat": {"id": 42, "type": "private"}, "from": ADA, "text": "hello", **more}


SECRETS = {
    "a bio": {"chat_join_request": {"chat": CHAT, "from": ADA, "date": 1, "bio": "SECRET"}},
    "what a message answers": {"message": _message(reply_to_message=_message(text="SECRET"))},
    "whom it answers": {"message": _message(reply_to_message=_message(**{"from": {"id": 7, "first_name": "SECRET"}}))},
    "who wrote it first": {
        "message": _message(
            forward_origin={
                "type": "user",
                "date": 1,
                "sender_user": {"id": 7, "is_bot": False, "first_name": "SECRET"},
            }
        )
    },
    "a quote": {"message": _message(quote={"text": "SECRET"})},
    "a chat's description": {"message": _message(chat={"id": 42, "type": "private", "bio": "SECRET"})},
    "somebody mentioned": {
        "message": _message(
            entities=[{"type": "text_mention", "offset": 0, "length": 1, "user": {"first_name": "SECRET"}}]
        )
    },
    "our own words": {
        "callback_query": {
            "id": "1",
            "from": ADA,
            "data": "x",
            "chat_instance": "1",
            "message": _message(text="the SECRET"),
        }
    },
    "who made a link": {
        "chat_member": {
            "chat": CHAT,
            "from": ADA,
            "date": 1,
            "invite_link": {"creator": {"first_name": "SECRET", "is_bot": True}},
            **MOVED,
        }
    },
    "who lets somebody in": {
        "chat_member": {"chat": CHAT, "from": {"id": 7, "first_name": "SECRET"}, "date": 1, **MOVED}
    },
    "who came by no link of ours": {
        "chat_member": {
            "chat": CHAT,
            "from": {"id": 7, "last_name": "SECRET"},
            "date": 1,
            "invite_link": {"creator": {"first_name": "Boss", "is_bot": False}},
            "old_chat_member": {"status": "left", "user": {"id": 42, "username": "SECRET"}},
            "new_chat_member": {"status": "member", "user": {"id": 42, "first_name": "SECRET"}},
        }
    },
    "who asks to be let in": {
        "chat_join_request": {"chat": CHAT, "from": {"id": 7, "first_name": "SECRET"}, "date": 1}
    },
    "a title somebody has": {
        "chat_member": {
            "chat": CHAT,
            "from": ADA,
            "date": 1,
            **MOVED,
            "new_chat_member": {"user": ADA, "custom_title": "A SECRET"},
        }
    },
}


@pytest.mark.parametrize("content", SECRETS.values(), ids=list(SECRETS))
def test_what_nobody_here_reads_is_not_stored(content: dict[str, object]) -> None:
    """Bios, other people's words and names, and our own text are dropped before anything is written."""
    update = parse_update({"update_id": 1, **content})
    assert update is not None
    assert b"SECRET" in json.dumps(content).encode()
    assert b"SECRET" not in update.raw


def test_what_makes_an_administrator_is_kept() -> None:
    """That there is a title is read, and not which."""
    change = {"chat": CHAT, "from": ADA, "date": 1, **MOVED, "new_chat_member": {"user": ADA, "custom_title": "Boss"}}
    update = parse_update({"update_id": 1, "chat_member": change})
    assert update is not None
    assert update.content["chat_member"]["new_chat_member"]["custom_title"] == "…"


def test_who_comes_by_a_link_of_ours_is_known_by_name() -> None:
    """Whoever invited them is told who came."""
    link = {"creator": {"id": 1, "is_bot": True, "first_name": "Bot"}, "invite_link": "https://t.me/+abc"}
    update = parse_update({"update_id": 1, "chat_member": {"chat": CHAT, "from": ADA, "invite_link": link, **MOVED}})
    assert update is not None
    assert update.content["chat_member"]["new_chat_member"]["user"]["first_name"] == "Ada"


@pytest.mark.parametrize("content", SECRETS.values(), ids=list(SECRETS))
def test_what_is_stored_can_still_be_read(content: dict[str, object]) -> None:
    """What is left of a real update is one that python-telegram-bot understands."""
    kind, value = next(iter(content.items()))
    assert isinstance(value, dict)
    _make_whole(value)
    update = parse_update({"update_id": 1, kind: value})
    assert update is not None
    assert getattr(Update.de_json(json.loads(update.raw), None), kind) is not None


def _make_whole(value: dict[str, Any]) -> None:
    """Add what Telegram always sends and the tables above leave out for brevity."""
    for name in ("from", "user", "creator"):
        if name in value:
            value[name] = {"id": 7, "is_bot": False, "first_name": "A", **value[name]}
    if "from" in value and "message_id" not in value and "data" not in value:
        value.setdefault("user_chat_id", 42)
        for name in ("old_chat_member", "new_chat_member"):
            value[name] = {"status": "member", "user": {"id": 7}, **value.get(name, {})}
    if "creator" in value:
        value |= {"invite_link": "x", "creates_join_request": False, "is_primary": False, "is_revoked": False}
    for each in value.values():
        for inner in each if isinstance(each, list) else [each]:
            if isinstance(inner, dict):
                _make_whole(inner)


SAID = [
    "animation",
    "audio",
    "caption",
    "caption_entities",
    "checklist",
    "contact",
    "dice",
    "document",
    "effect_id",
    "entities",
    "game",
    "giveaway",
    "giveaway_winners",
    "has_media_spoiler",
    "invoice",
    "link_preview_options",
    "live_photo",
    "location",
    "media_group_id",
    "paid_media",
    "photo",
    "poll",
    "rich_message",
    "show_caption_above_media",
    "sticker",
    "story",
    "suggested_post_info",
    "text",
    "venue",
    "video",
    "video_note",
    "voice",
    "chat_shared",
    "passport_data",
    "refunded_payment",
    "successful_payment",
    "users_shared",
    "web_app_data",
    "migrate_from_chat_id",
    "migrate_to_chat_id",
]
"""What somebody says, hands over or pays; and where a group has gone, which is for us to know."""

AROUND = [
    "message_id",
    "message_thread_id",
    "direct_messages_topic",
    "from",
    "sender_chat",
    "sender_boost_count",
    "sender_business_bot",
    "sender_tag",
    "date",
    "guest_query_id",
    "business_connection_id",
    "chat",
    "forward_origin",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "reply_to_checklist_task_id",
    "reply_to_poll_option_id",
    "via_bot",
    "guest_bot_caller_user",
    "guest_bot_caller_chat",
    "edit_date",
    "has_protected_content",
    "is_from_offline",
    "is_paid_post",
    "author_signature",
    "paid_star_count",
    "reply_markup",
]
"""Who, where, when and how."""


FIELDS = json.loads((ASSETS / "playground" / "bot-api.json").read_text(encoding="utf-8"))["types"]["Message"]["fields"]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_a_message_is_something_said_or_something_that_happened(name: str) -> None:
    """What happened in a chat is told by Telegram, and nobody waits for an answer to it; a new field is sorted first."""
    update = parse_update({"update_id": 1, "message": {name: {}, **_message()}})
    happened = update is not None and update.is_happening
    assert happened == (name not in {*SAID, *AROUND})


ORIGINS = [
    ({"type": "user", "sender_user": {"id": 7, "is_bot": False, "first_name": "Ada"}}, ("user", 7)),
    ({"type": "channel", "chat": CHAT, "message_id": 9}, ("channel", -1007)),
    ({"type": "chat", "sender_chat": {"id": -5, "type": "supergroup", "title": "Shop"}}, ("chat", -5)),
    ({"type": "hidden_user", "sender_user_name": "Ada"}, ("hidden_user", None)),
    ({"type": "user"}, ("hidden_user", None)),
    ({"type": "user", "sender_user": {"id": 7, "first_name": "Ada"}}, ("hidden_user", None)),
    ({"type": "ghost", "chat": CHAT}, ("hidden_user", None)),
]


@pytest.mark.parametrize(("origin", "kept"), ORIGINS)
def test_of_a_message_passed_on_the_writers_number_is_kept(
    origin: dict[str, Any], kept: tuple[str, int | None]
) -> None:
    """The team looks somebody up by it, and a chat is named by a post of it; whatever else there is parses all the same."""
    message = _message(forward_origin={"date": 5, **origin}, **{"from": {**ADA, "is_bot": False}})
    update = parse_update({"update_id": 1, "message": message})
    assert update is not None
    parsed = Update.de_json(json.loads(json.dumps(update.content)), None)
    assert parsed.message is not None
    found = parsed.message.forward_origin
    assert found is not None
    writer = getattr(found, "sender_user", None) or getattr(found, "sender_chat", None) or getattr(found, "chat", None)
    assert (found.type, writer.id if writer is not None else None) == kept
