"""Inline keyboards over the Bot API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playground.calling import Caller, start_person

PARSING = "Bad Request: can't parse inline keyboard button: "
CHANNEL_SWITCH = (
    "Bad Request: can't use switch_inline_query button in a channel chat, because users will not be able to use the "
    "button without knowing bot's username"
)


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "y" * 65}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "ü" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, PARSING + "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "url": ""}, PARSING + "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "y", "icon_custom_emoji_id": "z"}, PARSING + 'Field "icon_custom_emoji_id" must be a Number'),
        ({"text": "x"}, PARSING + "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "url": "http://localhost/"}, "Bad Request: inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"),
        ({"text": "x", "url": "viber://x"}, "Bad Request: inline keyboard button URL 'viber://x' is invalid: Unsupported URL protocol"),
        ({"text": "x", "web_app": {"url": "http://a.bc"}}, "Bad Request: inline keyboard button Web App URL 'http://a.bc' is invalid: Only HTTPS links are allowed"),
        ({"text": "x", "copy_text": {"text": ""}}, "Bad Request: BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "copy_text": {"text": "y" * 257}}, "Bad Request: BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "callback_data": "y", "style": "pink"}, PARSING + "invalid button style specified"),
        ({"text": " ", "callback_data": "y"}, "Bad Request: inline keyboard button text must be non-empty"),
        ({"text": "x", "login_url": {"url": "http://a.bc"}}, "Bad Request: inline keyboard button login URL 'http://a.bc' is invalid: Only HTTPS links are allowed"),
    ],
)  # fmt: skip
async def test_a_button_telegram_refuses(caller: Caller, button: dict[str, Any], words: str) -> None:
    """Each rule of a button has its words."""
    ann = start_person(caller.telegram)
    markup = {"inline_keyboard": [[button]]}
    assert await caller.refuse("sendMessage", chat_id=ann.id, text="x", reply_markup=markup) == words
    caller.telegram.assert_clean()


async def test_a_keyboard_is_rows_of_buttons(caller: Caller) -> None:
    """What is not an array of arrays is refused in Telegram's words, and is a breach of the contract besides."""
    ann = start_person(caller.telegram)
    caller.telegram.server.strict = False
    for markup in ({"inline_keyboard": "x"}, {"inline_keyboard": [{"text": "x", "callback_data": "y"}]}):
        words = await caller.refuse("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
        assert words == 'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
    assert await caller.refuse("sendMessage", chat_id=ann.id, text="x", reply_markup="[]") == (
        "Bad Request: object expected as reply markup"
    )


async def test_what_telegram_would_drop_silently_is_a_violation(caller: Caller) -> None:
    """Too many buttons, and two actions in one, are told instead of dropped."""
    ann = start_person(caller.telegram)
    row = [{"text": str(number), "callback_data": str(number)} for number in range(9)]
    double = [{"text": "x", "callback_data": "y", "url": "https://a.bc"}]
    for keyboard in ([row], [double]):
        await caller.refuse("sendMessage", chat_id=ann.id, text="x", reply_markup={"inline_keyboard": keyboard})
    assert len(caller.telegram.world.violations) == 2


async def test_a_channel_takes_no_button_that_opens_the_inline_picker(caller: Caller) -> None:
    """switch_inline_query is refused in a channel, a link is taken; Mini Apps live in private chats."""
    world = caller.telegram.world
    owner = start_person(caller.telegram)
    channel = world.add_channel("News", owner, username="news_here")
    world.add_bot(owner, channel)
    keyboards = {
        CHANNEL_SWITCH: [[{"text": "x", "switch_inline_query_chosen_chat": {"query": "y", "allow_user_chats": True}}]],
        CHANNEL_SWITCH.replace("inline_query", "inline_query_current_chat"): [
            [{"text": "x", "switch_inline_query_current_chat": "y"}]
        ],
        "Bad Request: BUTTON_TYPE_INVALID": [[{"text": "x", "web_app": {"url": "https://a.bc"}}]],
    }
    for words, keyboard in keyboards.items():
        markup = {"inline_keyboard": keyboard}
        assert await caller.refuse("sendMessage", chat_id="@news_here", text="x", reply_markup=markup) == words
    link = {"inline_keyboard": [[{"text": "Join", "url": "https://t.me/passalong_bot?start=abc"}]]}
    sent = await caller.call("sendMessage", chat_id="@news_here", text="x", reply_markup=link)
    assert sent["sender_chat"]["username"] == "news_here"
    assert sent["reply_markup"] == link


async def test_without_inline_mode_there_is_no_button_for_it(caller: Caller) -> None:
    """A bot whose owner did not switch inline mode on cannot offer it."""
    ann = start_person(caller.telegram)
    caller.telegram.world.settings.inline_mode = False
    markup = {"inline_keyboard": [[{"text": "x", "switch_inline_query": ""}]]}
    words = await caller.refuse("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    assert words == "Bad Request: BUTTON_TYPE_INVALID"
