"""What python-telegram-bot's insides must go on doing; another version of it is tried against this."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    SwitchInlineQueryChosenChat,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.wire import telegram_bot as ptb
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from tests.wire.server import TOKEN, Server

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Share & win \u5582", url="https://t.me/share/url?url=a%20b&text=c"), InlineKeyboardButton("x", callback_data="share")],
        [InlineKeyboardButton("pick", switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat(allow_user_chats=True))],
        [InlineKeyboardButton("copy", copy_text=CopyTextButton("code"))],
    ]
)  # fmt: skip

PARAMETERS = {
    "chat_id": 5,
    "text": "a&b=c+d e\n100% \u5582 \U0001f600 ~-_.",
    "disable_notification": True,
    "offset": -1,
    "allowed_updates": ["message"],
    "reply_markup": KEYBOARD,
    "link_preview_options": LinkPreviewOptions(is_disabled=True),
}


def test_a_form_says_what_the_librarys_own_says() -> None:
    """Written out quickly, every parameter reads as python-telegram-bot writes it."""
    theirs = RequestData([RequestParameter.from_input(name, value) for name, value in PARAMETERS.items()])
    ours = ptb.Form({**PARAMETERS, "left_out": None})
    assert not ours.contains_files
    assert {name: _read(value) for name, value in ours.json_parameters.items()} == {
        name: _read(value) for name, value in theirs.json_parameters.items()
    }


def test_a_form_reads_back_as_it_was() -> None:
    """As a server understands it: texts that hold JSON where something is nested, as in a form."""
    form = ptb.Form(PARAMETERS)
    assert json.loads(ptb.write_json(form.json_parameters)) == form.json_parameters


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.mark.parametrize("button", [button for row in KEYBOARD.inline_keyboard for button in row])
def test_every_field_of_a_button_is_written(button: InlineKeyboardButton) -> None:
    """None is forgotten, and none is there that was not set."""
    written = json.loads(ptb.encode_keyboard(InlineKeyboardMarkup([[button]])))
    assert written == {"inline_keyboard": [[button.to_dict()]]}


@pytest.mark.parametrize("keyboard", [KEYBOARD, InlineKeyboardMarkup([])])
def test_a_keyboard_is_written_row_by_row(keyboard: InlineKeyboardMarkup) -> None:
    """One without rows takes the buttons of a message away."""
    rows = [[button.to_dict() for button in row] for row in keyboard.inline_keyboard]
    assert json.loads(ptb.encode_keyboard(keyboard)) == {"inline_keyboard": rows}


async def test_a_bot_has_two_transports_and_an_address(server: Server) -> None:
    """The first transport is the long poll's, the other everybody's; a call by name goes past the library's checks."""
    async with AiohttpRequest(read_timeout=7) as polling, AiohttpRequest(read_timeout=3) as request:
        bot = PassalongBot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=polling)
        assert bot._request[0].read_timeout == 7
        assert await ptb.call_method(bot, "sendMessage", {"chat_id": 5, "text": "hello"})
        assert (server.calls[0].method, server.calls[0].data) == ("sendMessage", {"chat_id": "5", "text": "hello"})


def test_the_insides_are_used_in_one_file() -> None:
    """Whoever needs another piece of them adds it there, with what it must do here."""
    inside = re.compile(r"from telegram(?:\.\w+)*\._|\b(?:Ext)?Bot\._|\._do_post|\._request\[")
    bot_folder = Path(ptb.__file__).parents[1]
    found = [path.name for path in bot_folder.rglob("*.py") if inside.search(path.read_text(encoding="utf-8"))]
    assert found == ["telegram_bot.py"]
    assert {"_request", "_base_url"} <= {name for each in Bot.__mro__ for name in getattr(each, "__slots__", ())}
