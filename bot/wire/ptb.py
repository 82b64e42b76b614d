"""What leans on python-telegram-bot's insides: all of it, so that a new version of it is read against one file.

Nothing here is promised by the library; `tests/wire/test_ptb.py` says what each piece must go on doing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, TelegramObject
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.request import RequestData

__all__ = ["DefaultValue", "Form", "JSONDict", "ODVInput", "call_method", "encode_keyboard", "find_poll_patience"]

_BUTTON_FIELDS = tuple(InlineKeyboardButton.__slots__)


class Form:
    """Parameters of a request, files among them, as a transport reads them of a RequestData.

    They are written out many times faster than the library does it for any object.
    """

    __slots__ = ("contains_files", "json_parameters", "multipart_data")

    def __init__(self, parameters: Mapping[str, object]) -> None:
        files = {name: value.field_tuple for name, value in parameters.items() if isinstance(value, InputFile)}
        self.multipart_data = files or None
        self.contains_files = bool(files)
        self.json_parameters = {
            name: _write_out(value) for name, value in parameters.items() if value is not None and name not in files
        }


async def call_method(bot: Bot, method: str, parameters: Mapping[str, object], **timeouts: float) -> object:
    """Call a method past the bot's own rate limiter, defaults and objects; returns what Telegram's `result` holds."""
    request = bot._request[0 if method == "getUpdates" else 1]  # noqa: SLF001 -- the first one is the long poll's
    address = f"{bot._base_url}/{method}"  # noqa: SLF001 -- likewise
    result: object = await request.post(address, cast("RequestData", Form(parameters)), **timeouts)
    return result


def find_poll_patience(bot: Bot) -> float:
    """Seconds that the long poll's transport waits for an answer beyond the poll's own time."""
    return bot._request[0].read_timeout or 0.0  # noqa: SLF001 -- the base class asks the same way


def encode_keyboard(keyboard: InlineKeyboardMarkup) -> str:
    """The JSON of a keyboard; its buttons hold no `api_kwargs`."""
    rows = [[_describe(button) for button in row] for row in keyboard.inline_keyboard]
    return json.dumps({"inline_keyboard": rows})


def _describe(button: InlineKeyboardButton) -> dict[str, object]:
    found = {name: getattr(button, name) for name in _BUTTON_FIELDS}
    return {
        name: value.to_dict() if isinstance(value, TelegramObject) else value
        for name, value in found.items()
        if value is not None
    }


def _write_out(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, InlineKeyboardMarkup):
        return encode_keyboard(value)
    return value.to_json() if isinstance(value, TelegramObject) else json.dumps(value)
