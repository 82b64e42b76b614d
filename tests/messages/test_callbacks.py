from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages.buttons import DATA_LIMIT, KEY, Button, Key, Number, Value
from tests.messages.pressing import BUTTONS, read_data

_FIRST = string.ascii_letters + string.digits


def draw_values(button: Button) -> st.SearchStrategy[tuple[Value, ...]]:
    """Any arguments that a button may have."""
    return st.tuples(
        *(
            st.integers(0, argument.highest)
            if isinstance(argument, Number)
            else st.builds(str.__add__, st.sampled_from(_FIRST), st.text(_FIRST + "_-", max_size=argument.longest - 1))
            for argument in button.arguments
        )
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_a_button_says_is_read_back(data: st.DataObject) -> None:
    """Every button with every argument, within Telegram's 64 bytes."""
    button = data.draw(st.sampled_from(BUTTONS))
    values = data.draw(draw_values(button))
    said = button.data(*values)
    assert 1 <= len(said.encode()) <= DATA_LIMIT
    assert read_data(said) == (button, values)


def test_the_longest_data_fits() -> None:
    """The highest ids and the longest keys there can be still fit, on every button."""
    for button in BUTTONS:
        values = [each.highest if isinstance(each, Number) else "k" * each.longest for each in button.arguments]
        assert len(button.data(*values).encode()) <= DATA_LIMIT, button
        assert read_data(button.data(*values)) == (button, tuple(values))


def test_a_button_that_cannot_be_is_refused_where_it_is_declared() -> None:
    """A name that Telegram's 64 bytes have no room for, or that no data can hold."""
    for name in ("", "With Blank", "a:b", "x" * 21):
        with pytest.raises(ValueError, match="is no button"):
            Button(name)
    with pytest.raises(ValueError, match="is no button"):
        Button("long", first=KEY, second=Key(longest=30))


def test_a_button_is_not_made_with_what_it_could_not_read() -> None:
    """A mistake of ours is found where the button is made, not where it is pressed."""
    paged = Button("paged", page=Number(9, default=0))
    assert paged.data() == "paged:0"
    for values in [(10,), (-1,), (1, 2), ("x",)]:
        with pytest.raises(ValueError, match="are not the arguments"):
            paged.data(*values)


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
        "story:",
        "story:-1",
        "story:a b",
        "story:" + "a" * 41,
        "story:ü",
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
    assert read_data(data) is None


@given(st.text(max_size=70))
def test_any_text_is_answered(data: str) -> None:
    """Whatever comes: None, or a button that says exactly this."""
    found = read_data(data)
    assert found is None or found[0].data(*found[1]) == data
