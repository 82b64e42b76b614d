from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.callbacks import _HIGHEST, DATA_LIMIT, Action, Callback, parse_callback

callbacks = st.sampled_from(Action).flatmap(
    lambda action: st.tuples(*(st.integers(0, highest) for highest in _HIGHEST.get(action, ()))).map(
        lambda arguments: Callback(action, tuple(arguments))
    )
)


@given(callbacks)
def test_what_a_button_says_is_read_back(callback: Callback) -> None:
    """Every action with every argument, within Telegram's 64 bytes."""
    data = callback.encode()
    assert 1 <= len(data.encode()) <= DATA_LIMIT
    assert parse_callback(data) == callback


@pytest.mark.parametrize("action", [*Action])
def test_the_longest_data_fits(action: Action) -> None:
    """The highest ids there can be still fit."""
    callback = Callback(action, _HIGHEST.get(action, ()))
    assert len(callback.encode().encode()) <= DATA_LIMIT
    assert parse_callback(callback.encode()) == callback


@pytest.mark.parametrize(
    "data",
    [
        "",
        "nothing",
        "menu:1",
        "menu:",
        "MENU",
        "invites",
        "invites:",
        "invites:-1",
        "invites:01",
        "invites:+1",
        "invites:1.5",
        "invites:1:2",
        "invites: 1",
        "invites:1\n",
        "invites:٣",
        "invites:9223372036854775808",
        "invites:" + "9" * 19,
        "appear:2",
        "set_language:3",
        "bc_confirm",
        "bc_confirm:x",
        "__class__",
        "\x00",
        "\ud83d",
        "a" * 5000,
    ],
)
def test_what_no_button_says_means_nothing(data: str) -> None:
    """Old, foreign and forged data is None, never a crash."""
    assert parse_callback(data) is None


@given(st.text(max_size=70))
def test_any_text_is_answered(data: str) -> None:
    """Whatever comes: None, or a callback that says exactly this."""
    callback = parse_callback(data)
    assert callback is None or callback.encode() == data
