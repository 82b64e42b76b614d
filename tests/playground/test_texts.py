"""What a message may say."""

from __future__ import annotations

import pytest

from tests.playground.calling import Caller, draw_picture, start_person


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        (
            {"text": "<i>x", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"i\"",
        ),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
    ],
)
async def test_a_text_telegram_refuses(caller: Caller, params: dict[str, str], words: str) -> None:
    """Empty, too long and badly marked texts are refused in Telegram's words, and nothing is sent."""
    ann = start_person(caller.telegram)
    assert await caller.refuse("sendMessage", chat_id=ann.id, **params) == words
    assert not caller.telegram.world.sent
    caller.telegram.assert_clean()


async def test_length_is_counted_in_characters_after_parsing(caller: Caller) -> None:
    """4096 characters outside the basic plane fit, tags do not count; entity offsets count UTF-16 units."""
    ann = start_person(caller.telegram)
    text = "😀" * 4095 + "<b>😀</b>"
    sent = await caller.call("sendMessage", chat_id=ann.id, text=text, parse_mode="html")
    assert sent["entities"] == [{"offset": 8190, "length": 2, "type": "bold"}]
    caption = "<b>" + "x" * 1024 + "</b>"
    await caller.call("sendPhoto", chat_id=ann.id, photo=draw_picture(), caption=caption, parse_mode="HTML")
    too_long = await caller.refuse("sendPhoto", chat_id=ann.id, photo=draw_picture(), caption="x" * 1025)
    assert too_long == "Bad Request: message caption is too long"


async def test_entities_may_be_given_instead_of_a_parse_mode(caller: Caller) -> None:
    """Given entities are kept, those beyond the text refused, a mention by id gets its user."""
    ann = start_person(caller.telegram)
    sent = await caller.call(
        "sendMessage", chat_id=ann.id, text="bold", entities=[{"type": "bold", "offset": 0, "length": 4}]
    )
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    beyond = await caller.refuse(
        "sendMessage", chat_id=ann.id, text="bold", entities=[{"type": "bold", "offset": 2, "length": 4}]
    )
    assert beyond.startswith("Bad Request: entity")
    mention = f'<a href="tg://user?id={ann.id}">you</a> <a href="tg://user?id=77">nobody</a>'
    (entity,) = (await caller.call("sendMessage", chat_id=ann.id, text=mention, parse_mode="HTML"))["entities"]
    assert (entity["type"], entity["user"]["id"]) == ("text_mention", ann.id)


async def test_what_is_said_about_a_message_is_kept(caller: Caller) -> None:
    """Protection, preview and reply are seen on the message."""
    ann = start_person(caller.telegram)
    first = await caller.call("sendMessage", chat_id=ann.id, text="first")
    sent = await caller.call(
        "sendMessage",
        chat_id=ann.id,
        text="second",
        protect_content=True,
        link_preview_options={"is_disabled": True},
        reply_parameters={"message_id": first["message_id"]},
    )
    assert sent["has_protected_content"]
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert sent["reply_to_message"]["text"] == "first"
