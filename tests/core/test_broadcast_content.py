from __future__ import annotations

import pytest

from bot.core.broadcasts.content import (
    MOST_BUTTONS,
    ButtonFault,
    ButtonMistake,
    LinkButton,
    is_web_address,
    parse_buttons,
)
from bot.core.broadcasts.counted_links import CountedLink, compose_link_key, compose_reader_key, read_link_key

TABLE = LinkButton("Book a table", "https://example.org/table")
PEPPER = b"pepper"


@pytest.mark.parametrize(
    "line",
    [
        "Book a table https://example.org/table",
        "  Book  a table   https://example.org/table  ",
        "Book a table - https://example.org/table",
        "Book a table: https://example.org/table",
        "Book a table – https://example.org/table",  # noqa: RUF001 -- people type it
        "Book a table | https://example.org/table",
    ],
)
def test_a_line_is_a_button(line: str) -> None:
    """However people put the two together."""
    assert parse_buttons(line) == [TABLE]


def test_each_line_is_a_button_and_empty_ones_are_none() -> None:
    """In their order; a label may be of any script, and hold a dash of its own."""
    text = (
        "Book a table https://example.org/table\n\n月饼 http://xn--fiqs8s.example/a?b=c#d\nTake-away https://t.me/shop"
    )
    buttons = parse_buttons(text)
    assert isinstance(buttons, list)
    assert [button.label for button in buttons] == ["Book a table", "月饼", "Take-away"]


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("Book a table", ButtonFault.NO_ADDRESS, 1),
        ("", ButtonFault.NO_ADDRESS, 1),
        ("Book https://example.org\nexample.org", ButtonFault.NO_ADDRESS, 2),
        ("Book https://example.org\n\nhttps://example.org/menu", ButtonFault.NO_LABEL, 3),
        ("Book javascript://example.org/%0aalert(1)", ButtonFault.BAD_ADDRESS, 1),
        ("Book tg://resolve?domain=x", ButtonFault.BAD_ADDRESS, 1),
        ("Book https://localhost/", ButtonFault.BAD_ADDRESS, 1),
        ("Book https://example.org:99999/", ButtonFault.BAD_ADDRESS, 1),
        (f"Book https://example.org/{'x' * 2048}", ButtonFault.BAD_ADDRESS, 1),
        (f"{'x' * 41} https://example.org", ButtonFault.LONG_LABEL, 1),
        ("Book https://example.org\n" * (MOST_BUTTONS + 1), ButtonFault.TOO_MANY, MOST_BUTTONS + 1),
    ],
)
def test_the_first_line_that_is_no_button_is_named(text: str, fault: ButtonFault, line: int) -> None:
    """With what is wrong with it."""
    mistake = parse_buttons(text)
    assert isinstance(mistake, ButtonMistake)
    assert (mistake.fault, mistake.line) == (fault, line)


def test_only_addresses_of_the_web_are_opened() -> None:
    """What a browser anywhere can open."""
    assert is_web_address("HTTPS://Example.org")
    assert not any(is_web_address(url) for url in ("https://", "http://[::1", "ftp://example.org", "https://a b.org"))


def test_a_counted_link_says_whose_it_is_and_no_other_can_be_made() -> None:
    """Another number of the same message is as good; another person's, another broadcast's or another shop's is none."""
    reader = compose_reader_key(PEPPER, 36, 71)
    key = f"{compose_link_key(36, 2)}.{reader}"
    assert read_link_key(PEPPER, key) == CountedLink(36, 2, 71)
    forged = [
        f"{compose_link_key(37, 2)}.{reader}",
        key.replace(".1z-", ".20-"),
        key[:-1],
        key + "a",
        key.upper(),
        "",
        ".",
    ]
    assert [read_link_key(PEPPER, each) for each in forged] == [None] * len(forged)
    assert read_link_key(b"other", key) is None
    assert len(key) <= 40
