from __future__ import annotations

import json
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st
from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, SwitchInlineQueryChosenChat, WebAppInfo
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.gateway.buttons import encode_keyboard
from bot.gateway.transport import _encode

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Öffnen & 分享", url="https://t.me/share/url?url=a%20b&text=c+d")],
        [
            InlineKeyboardButton("Copy", copy_text=CopyTextButton("https://t.me/bot?start=x")),
            InlineKeyboardButton("Tap", callback_data="share:1"),
        ],
        [
            InlineKeyboardButton(
                "Send", switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat(query="", allow_user_chats=True)
            ),
            InlineKeyboardButton("App", web_app=WebAppInfo("https://example.org")),
            InlineKeyboardButton("Pay", pay=False),
        ],
    ]
)


def test_a_keyboard_is_written_as_the_library_would() -> None:
    """Buttons of every kind mean the same as python-telegram-bot's own JSON, unset fields left out."""
    assert json.loads(encode_keyboard(KEYBOARD)) == json.loads(KEYBOARD.to_json())


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_said_arrives(said: str) -> None:
    """The form of a request carries every text through, like the library's own."""
    data = RequestData([RequestParameter.from_input("text", said), RequestParameter.from_input("chat_id", -5)])
    body, _ = _encode(data)
    assert isinstance(body, bytes)
    assert parse_qs(body.decode("ascii"), keep_blank_values=True) == {"text": [said], "chat_id": ["-5"]}
    assert body.decode("ascii") == data.url_encoded_parameters()
