"""Telegram's HTML."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.world.entities import finish, read_formatted
from bot.playground.world.errors import ApiError
from bot.playground.world.given import cut_utf16
from bot.playground.world.markup import parse_html
from bot.playground.world.reading import MarkupError, measure_utf16


def describe(source: str) -> list[tuple[Any, ...]]:
    """Return type and covered words of each entity."""
    formatted = read_formatted(source, "HTML", None)
    return [
        (entity["type"], cut_utf16(formatted.text, entity["offset"], entity["length"])) for entity in formatted.entities
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<b>a</b> <strong>b</strong>", [("bold", "a"), ("bold", "b")]),
        ("<i>a <u>b</u></i>", [("italic", "a "), ("italic", "b"), ("underline", "b")]),
        ("<s>x</s><del>y</del><strike>z</strike>", [("strikethrough", "xyz")]),
        ('<span class="tg-spoiler">psst</span>', [("spoiler", "psst")]),
        ("<tg-spoiler>psst</tg-spoiler>", [("spoiler", "psst")]),
        ("<blockquote expandable>long</blockquote>", [("expandable_blockquote", "long")]),
        ("<blockquote>short</blockquote>", [("blockquote", "short")]),
        ("<CODE>x</>", [("code", "x")]),
        ('<pre><code class="language-python">x = 1</code></pre>', [("pre", "x = 1")]),
        ("<a href='https://example.com/?a=1&amp;b=2'>here</a>", [("text_link", "here")]),
        ("<a>https://example.com</a>", [("text_link", "https://example.com")]),
        ("<a href='whatsapp://send'>here</a>", []),
        ("<b></b>empty", []),
        ("<tg-time unix='12345' format='wD'>then</tg-time>", [("date_time", "then")]),
        ("&#xD83D;&#xDE00;<b>x</b>", [("bold", "x")]),
        ("😀<b>😀</b>", [("bold", "😀")]),
        ("  <b> hello </b>  ", [("bold", " hello")]),
    ],
)
def test_tags_become_entities(source: str, expected: list[tuple[Any, ...]]) -> None:
    """Each tag becomes its entity over the same words; a bad link is dropped without a word."""
    assert describe(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("ü <br> x", 'Unsupported start tag "br" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<tg-emoji emoji-id='x'>y</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<tg-time unix='x'>y</tg-time>", "Invalid date specified"),
        ("<tg-time unix='1' format='rt'>y</tg-time>", "Invalid date format used"),
        (
            "x&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x:y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<span class="red">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_markup_is_refused_in_telegrams_words(source: str, words: str) -> None:
    """The error names what and where, the place in bytes."""
    with pytest.raises(MarkupError) as refusal:
        parse_html(source)
    assert str(refusal.value) == words


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&#65;&#x1F600;", "A😀"),
        ("&nbsp; &copy; &", "&nbsp; &copy; &"),
        ("&lt no semicolon", "< no semicolon"),
        ("&#0; &#1114111;", "&#0; &#1114111;"),
    ],
)
def test_only_four_named_references_are_known(source: str, text: str) -> None:
    """Four names and numbers are decoded, all else stays as it is written."""
    assert parse_html(source)[0] == text


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    """html.escape is enough to carry any text through (with ' left to numbers, which are known)."""
    assert parse_html(f"<b>{escape(text)}</b>")[0] == text


@given(st.text(alphabet="<>/ab =\"'&;#x\0\u00fc😀 ", max_size=30))
def test_no_text_breaks_the_parser(source: str) -> None:
    """Any text is parsed or refused, and no entity covers more than the text."""
    try:
        text, entities = parse_html(source)
    except MarkupError:
        return
    assert all(entity["offset"] + entity["length"] <= measure_utf16(text) for entity in entities)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("see https://t.me/x?start=a-b_c, ok", [("url", 4, 26)]),
        ("t.me/x?start=abc", [("url", 0, 16)]),
        ("hello @passalong_bot!", [("mention", 6, 14)]),
        ("a#b #tag", [("hashtag", 4, 4)]),
        ("mail me@example.com", [("email", 5, 14)]),
        ("1/2 and a/b", []),
    ],
)
def test_telegram_finds_commands_links_and_names_itself(text: str, expected: list[tuple[Any, ...]]) -> None:
    """Plain text gets entities for what apps make tappable."""
    found = [(entity["type"], entity["offset"], entity["length"]) for entity in finish(text, ()).entities]
    assert found == expected


def test_nothing_is_found_inside_code_and_links() -> None:
    """What is code or a link already stays that alone."""
    assert describe("<code>/start</code> <a href='https://a.bc'>@name_here</a>") == [
        ("code", "/start"),
        ("text_link", "@name_here"),
    ]


@pytest.mark.parametrize(
    ("mode", "words"),
    [("XML", "Bad Request: unsupported parse_mode"), ("MarkdownV2", "playground: parse_mode MarkdownV2 not simulated")],
)
def test_other_parse_modes_are_refused(mode: str, words: str) -> None:
    """Only HTML is played; what Telegram does not know either is refused in its words."""
    with pytest.raises(ApiError, match=words):
        read_formatted("x", mode, None)
