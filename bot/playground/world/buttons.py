"""Inline keyboards: what is under a message, and the rules Telegram holds them against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.playground.world.cleaning import clean_label
from bot.playground.world.errors import ApiError, NotSimulatedError, bad_request
from bot.playground.world.urls import BadUrlError, check_url

MAX_CALLBACK_BYTES = 64
MAX_COPY_TEXT = 256
MAX_QUERY = 256
MAX_IN_ROW = 8
MAX_IN_ALL = 100
STYLES = ("danger", "success", "primary")

SWITCH_ACTIONS = ("switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat")
ACTIONS = ("url", "callback_data", "copy_text", *SWITCH_ACTIONS, "web_app", "login_url")
_NOT_PLAYED = ("callback_game", "pay")
_NEVER_EMPTY = ("url", "callback_data")
"""Empty they count as not given."""
_LOOKS = ("style", "icon_custom_emoji_id")


@dataclass(frozen=True, slots=True)
class Button:
    """One button: its label, what it does (the name of the Bot API's field) and with what."""

    text: str
    action: str
    value: Any
    looks: Mapping[str, str]

    def render(self) -> dict[str, Any]:
        """Return the Bot API's InlineKeyboardButton."""
        return {"text": self.text, self.action: self.value, **self.looks}


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True, slots=True)
class Place:
    """What matters about where a keyboard is shown."""

    is_channel: bool = False
    is_private: bool = False
    has_inline_mode: bool = True


def render_keyboard(keyboard: Keyboard) -> list[list[dict[str, Any]]]:
    """Return the rows as the Bot API writes them."""
    return [[button.render() for button in row] for row in keyboard]


def read_keyboard(markup: Mapping[str, Any], place: Place) -> Keyboard:
    """Return the buttons of an InlineKeyboardMarkup, held against every rule; ApiError in Telegram's words."""
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    keyboard = tuple(tuple(_read_button(button, place) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > MAX_IN_ALL or any(len(row) > MAX_IN_ROW for row in keyboard):
        # Telegram drops some of them without a word; here it is told.
        raise bad_request(f"playground: more than {MAX_IN_ROW} buttons in a row or {MAX_IN_ALL} in all")
    return keyboard


def keep_links(keyboard: Keyboard) -> Keyboard:
    """Return what is left of a keyboard on a forwarded message: the links."""
    rows = (tuple(button for button in row if button.action == "url") for row in keyboard)
    return tuple(row for row in rows if row)


def _read_button(button: Any, place: Place) -> Button:
    if not isinstance(button, dict):
        raise _unparsable("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _unparsable('Can\'t find field "text"')
    text = clean_label(button["text"])
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("style", STYLES[0]) not in STYLES:
        raise _unparsable("invalid button style specified")
    if not str(button.get("icon_custom_emoji_id", "0")).isdecimal():
        raise _unparsable('Field "icon_custom_emoji_id" must be a Number')
    action = _choose_action(button)
    _RULES[action](button[action], place)
    value = _CLEANED.get(action, _keep)(button[action])
    return Button(text, action, value, {key: button[key] for key in _LOOKS if key in button})


def _choose_action(button: Mapping[str, Any]) -> str:
    for action in _NOT_PLAYED:
        if action in button:
            raise NotSimulatedError(f"button with {action}")
    given = [action for action in ACTIONS if action in button and (button[action] or action not in _NEVER_EMPTY)]
    if not given:
        raise _unparsable("Text buttons are unallowed in the inline keyboard")
    if len(given) > 1:
        raise bad_request(f"playground: a button does one thing, this one {' and '.join(given)}")
    return given[0]


def _check_link(url: Any, *, what: str = "") -> None:
    try:
        check_url(str(url), https_only=bool(what))
    except BadUrlError as error:
        raise bad_request(f"inline keyboard button {what}URL '{url}' is invalid: {error}") from error


def _check_url_button(url: Any, _place: Place) -> None:
    _check_link(url)


def _check_callback(data: Any, _place: Place) -> None:
    if not 0 < len(str(data).encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_copy(copied: Any, _place: Place) -> None:
    if not isinstance(copied, dict) or not 0 < len(str(copied.get("text", ""))) <= MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_switch(query: Any, place: Place, *, name: str = "switch_inline_query") -> None:
    if place.is_channel:
        raise bad_request(
            f"can't use {name} button in a channel chat, because users will not be able to use the button "
            "without knowing bot's username"
        )
    if not place.has_inline_mode:
        raise bad_request("BUTTON_TYPE_INVALID")
    words = query.get("query", "") if isinstance(query, dict) else str(query)
    if len(words) > MAX_QUERY:
        raise bad_request("playground: a switch_inline_query of more than 256 characters")


def _check_web_app(app: Any, place: Place) -> None:
    if not place.is_private:
        raise bad_request("BUTTON_TYPE_INVALID")
    _check_secure(app, place, "Web App ")


def _check_secure(target: Any, _place: Place, what: str = "login ") -> None:
    _check_link(target.get("url", "") if isinstance(target, dict) else "", what=what)


def _keep(value: Any) -> Any:
    return value


def _clean_part(part: str, value: Mapping[str, Any]) -> Any:
    return {**value, part: clean_label(value[part])} if part in value else value


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")


_CLEANED: Mapping[str, Callable[[Any], Any]] = {
    "url": check_url,
    "copy_text": partial(_clean_part, "text"),
    "switch_inline_query": clean_label,
    "switch_inline_query_current_chat": clean_label,
    "switch_inline_query_chosen_chat": partial(_clean_part, "query"),
}
"""How Telegram keeps what a button does."""

_RULES: Mapping[str, Callable[[Any, Place], None]] = {
    "url": _check_url_button,
    "callback_data": _check_callback,
    "copy_text": _check_copy,
    "web_app": _check_web_app,
    "login_url": _check_secure,
    **dict.fromkeys(SWITCH_ACTIONS, _check_switch),
    "switch_inline_query_current_chat": partial(_check_switch, name="switch_inline_query_current_chat"),
}
