from __future__ import annotations

import json

import pytest

from bot.updates.raw_updates import find_update_id, parse_update

ADA = {"id": 42, "first_name": "Ada"}
CHAT = {"id": -1007, "type": "channel"}


@pytest.mark.parametrize(
    ("content", "sender_id"),
    [
        ({"message": {"from": ADA, "chat": CHAT}}, 42),
        ({"channel_post": {"sender_chat": CHAT, "chat": CHAT}}, -1007),
        ({"callback_query": {"id": "1", "from": ADA, "message": {"chat": CHAT}}}, 42),
        ({"inline_query": {"id": "1", "from": ADA}}, 42),
        ({"my_chat_member": {"from": ADA, "chat": CHAT}}, 42),
        ({"chat_member": {"from": {"id": 7}, "chat": CHAT, "new_chat_member": {"status": "member", "user": ADA}}}, 42),
        ({"chat_member": {"from": ADA, "chat": CHAT}}, 42),
        ({"message_reaction": {"user": ADA, "chat": CHAT}}, 42),
        ({"message_reaction": {"actor_chat": CHAT, "chat": {"id": 5}}}, -1007),
        ({"message_reaction_count": {"chat": CHAT}}, -1007),
        ({"poll_answer": {"voter_chat": CHAT}}, -1007),
        ({"guest_message": {"from": ADA, "chat": CHAT, "guest_query_id": "7"}}, 42),
        ({"poll": {"id": "9"}}, None),
        ({"some_new_thing": {"from": ADA}}, 42),
        ({"message": {"from": {"id": 2**70}, "chat": {"id": True}}}, None),
        ({"message": None}, None),
        ({}, None),
    ],
)
def test_the_sender_is_found_in_every_kind_of_update(content: dict[str, object], sender_id: int | None) -> None:
    """The person if there is one, else the chat, else nobody."""
    update = parse_update({"update_id": 1, **content})
    assert update is not None
    assert update.sender_id == sender_id
    assert update.is_inline is ("inline_query" in content)
    assert update.is_guest is ("guest_message" in content)


def test_what_breaks_a_database_is_taken_out() -> None:
    """NUL and lone surrogates go, in names of fields too; everything else stays as it is."""
    entry = {
        "update_id": 1,
        "message": {"text": "a\x00b\ud83dc \u5582 \U0001f600", "list": ["\udc00", 1, None, {"\x00k": True}]},
    }
    update = parse_update(entry)
    assert update is not None
    message = json.loads(update.raw.decode())["message"]
    assert message == {"text": "abc \u5582 \U0001f600", "list": ["", 1, None, {"k": True}]}


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
    ],
)
def test_what_is_no_update_is_left_out(entry: object, update_id: int | None) -> None:
    """It is not stored; where it has an id it can be confirmed all the same."""
    assert parse_update(entry) is None
    assert find_update_id(entry) == update_id
