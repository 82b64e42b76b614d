from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.own_words import WORDS_LIMIT, WordsFault, decide_words, shorten_words
from bot.core.sharing import filter_stories


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Best bread in town!", "Best bread in town!"),
        ("  two\nlines,\tone  line ", "two lines, one line"),
        ("It costs 3.50, or 1.000 rupiah", "It costs 3.50, or 1.000 rupiah"),
        ("Since 10 a.m. I wait... worth it", "Since 10 a.m. I wait... worth it"),
        ("好吃。来吧\uff0c真的\uff01", "好吃。来吧\uff0c真的\uff01"),
        ("Rotinya enak & murah <3", "Rotinya enak & murah <3"),
        ("👨‍👩‍👧 all love it ❤️", "👨‍👩‍👧 all love it ❤️"),
        ("The robot bakes, says Abbot Talbot", "The robot bakes, says Abbot Talbot"),
        ("میوه\u200cفروشی خوب", "میوه\u200cفروشی خوب"),
        ("x" * WORDS_LIMIT, "x" * WORDS_LIMIT),
    ],
)
def test_honest_words_are_kept(typed: str, kept: str) -> None:
    """What people say of a bakery stands on the card, on one line."""
    ruling = decide_words(typed)
    assert (ruling.fault, ruling.words) == (None, kept)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", WordsFault.EMPTY),
        (" \n ", WordsFault.EMPTY),
        ("\u3164\u200b\u2800", WordsFault.EMPTY),
        ("!!! …", WordsFault.EMPTY),
        ("x" * (WORDS_LIMIT + 1), WordsFault.TOO_LONG),
        ("好" * 4096, WordsFault.TOO_LONG),
        ("https://evil.example", WordsFault.LINK),
        ("HTTPS:/evil", WordsFault.LINK),
        ("tg://resolve?domain=evil", WordsFault.LINK),
        ("see t.me/evil", WordsFault.LINK),
        ("see evil.com for more", WordsFault.LINK),
        ("evil\uff0ecom", WordsFault.LINK),
        ("\uff25\uff36\uff29\uff2c\uff0e\uff23\uff2f\uff2d", WordsFault.LINK),
        ("evil。com", WordsFault.LINK),
        ("пример.рф", WordsFault.LINK),
        ("bücher.example", WordsFault.LINK),
        ("evil.xn--p1ai", WordsFault.LINK),
        ("ev\u200bil.co\u2060m", WordsFault.LINK),
        ("192.0.2.7", WordsFault.LINK),
        ("anna@evil.example", WordsFault.LINK),
        ("ask @evil_bot", WordsFault.NAME),
        ("ask \uff20evil", WordsFault.NAME),
        ("ask @ evil", WordsFault.NAME),
        ("ask evil_bot", WordsFault.NAME),
        ("ask EVIL_BOT", WordsFault.NAME),
        ("ask BetterBreadBot", WordsFault.NAME),
        ("\u202edaerb tseb", WordsFault.CONTROL),
        ("best\u2066 bread\u2069", WordsFault.CONTROL),
        ("best\x07bread", WordsFault.CONTROL),
        ("best\x00bread", WordsFault.CONTROL),
        ("best \ud83d bread", WordsFault.CONTROL),
    ],
)
def test_other_words_are_refused_each_for_its_reason(typed: str, fault: WordsFault) -> None:
    """Links, names and hidden signs, in whatever disguise; and lines that do not fit."""
    assert decide_words(typed).fault is fault


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("url", WordsFault.LINK),
        ("text_link", WordsFault.LINK),
        ("email", WordsFault.LINK),
        ("mention", WordsFault.NAME),
        ("text_mention", WordsFault.NAME),
        ("bold", None),
        ("hashtag", None),
    ],
)
def test_what_telegram_marks_counts_too(kind: str, fault: WordsFault | None) -> None:
    """A link that Telegram sees is a link, however it reads."""
    assert decide_words("Best bread", (kind,)).fault is fault


@given(st.text(max_size=200))
def test_whatever_is_kept_is_harmless_and_stays(typed: str) -> None:
    """Nothing hidden, no @, at most 120 characters, one line; judging it once more changes nothing."""
    ruling = decide_words(typed)
    if ruling.fault is None:
        assert 1 <= len(ruling.words) <= WORDS_LIMIT
        assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in ruling.words)
        assert "\n" not in ruling.words
        again = decide_words(ruling.words)
        assert (again.fault, again.words) == (None, ruling.words)


SAID = {"mina": "Meet Mina, our starter. Inside", "half-done": "New: a loaf half done", "unsliced": "We do not slice"}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("", ["mina", "half-done", "unsliced"]),
        ("   ", ["mina", "half-done", "unsliced"]),
        ("MINA", ["mina"]),
        ("half-done", ["half-done"]),
        ("loaf new", ["half-done"]),
        ("s", ["mina", "unsliced"]),
        ("loaf mina", []),
        ("(.*", []),
        ("{0}", []),
    ],
)
def test_typed_words_choose_among_stories(typed: str, keys: list[str]) -> None:
    """All words must occur, in any order and case; a story's key alone means that story."""
    assert filter_stories(SAID, typed) == keys


@pytest.mark.parametrize(
    ("words", "most", "kept"),
    [
        ("Short.", 10, "Short."),
        ("I come back. And again, every week.", 20, "I come back."),
        ("No. I come back every single week.", 20, "No. I come back…"),
        ("I come back, and again.", 14, "I come back…"),
        ("Abcdefghijklmnopqrstuvwxyzabcdef", 25, "Abcdefghijklmnopqrstuvwx…"),
        ("我每周都来。面包好吃。大家好", 11, "我每周都来。面包好吃。"),
        ("我每周都来面包好吃大家好", 8, "我每周都来面包…"),
        ("นี่นี่นี่นี่", 9, "นี่นี่…"),
        ("👩‍🍳👩‍🍳👩‍🍳", 6, "👩‍🍳…"),
    ],
)
def test_words_are_shortened_by_sense(words: str, most: int, kept: str) -> None:
    """Whole where they fit; else whole sentences that say half of it, or whole words, and never a part of a letter."""
    assert shorten_words(words, lambda part: len(part) <= most) == kept
