from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.texts import LANGUAGES, Texts, show_name, show_plain_name
from tests.messages.samples import HOSTILE
from tests.messages.telegram_html import read_html

EN = Texts("en")


def test_a_plain_name_is_itself() -> None:
    """Most people are called something harmless."""
    assert show_name(EN, "Budi Santoso") == "Budi Santoso"
    assert show_name(EN, "王小明") == "王小明"


@pytest.mark.parametrize("name", ["", "\u3164", "\u202e\x00"])
def test_nobody_is_nameless(name: str) -> None:
    """Who shows nothing is called a friend, with a capital where the sentence begins."""
    assert show_name(EN, name) == "a friend"
    assert show_name(EN, name, first=True) == "A friend"
    assert {show_name(Texts(language), name) for language in LANGUAGES} == {"a friend", "seorang teman", "一位朋友"}


def test_brackets_are_shown_not_obeyed() -> None:
    """A name that is HTML is shown letter by letter."""
    assert show_name(EN, "<b>B&</b>") == "&lt;b&gt;B&amp;&lt;/b&gt;"


def test_a_name_from_right_to_left_stays_in_its_place() -> None:
    """Isolated, so that numbers and signs after it keep their order; others are left alone."""
    assert show_name(EN, "علي") == "\u2068علي\u2069"
    assert show_name(EN, "\u202eBudi\u2069") == "Budi"


def test_a_long_name_is_cut_with_a_sign() -> None:
    """One sees that there was more."""
    assert show_plain_name(EN, "W" * 4096) == "W" * 63 + "…"
    assert show_plain_name(EN, "W" * 33, limit=32) == "W" * 31 + "…"
    assert show_plain_name(EN, "W" * 32, limit=32) == "W" * 32


@pytest.mark.parametrize(
    "name", ["t.me/evil", "https://evil.example", "@evil", "#spam", "/start", "$EVIL", "a@b.example"]
)
def test_a_name_is_never_a_link(name: str) -> None:
    """Telegram finds addresses, mentions, tags and commands by itself: not in a name."""
    shown = show_plain_name(EN, name)
    assert shown != name
    assert shown.replace("\u2060", "") == name


def test_ordinary_signs_are_no_links() -> None:
    """Initials at the end, hyphens and apostrophes need no help."""
    for name in ("Budi S.", "O'Brien-Smith", "C# fan", "50/50 ", "Mr. T"):
        assert show_plain_name(EN, name).replace("\u2060", "") == name.strip()
    assert show_plain_name(EN, "Mr. T") == "Mr. T"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_do_no_harm(language: str, name: str) -> None:
    """Readable HTML, short, on one line, without anything that turns the text around."""
    shown = read_html(show_name(Texts(language), name)).text
    assert shown.strip()
    assert len(shown.replace("\u2060", "")) <= 66
    assert not set(shown) & set("\x00\n\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


@given(st.text(max_size=120), st.integers(2, 70))
def test_any_name_fits(name: str, limit: int) -> None:
    """At most `limit` code points, but for what keeps it in its place."""
    shown = show_plain_name(EN, name, limit=limit)
    assert len(shown.replace("\u2060", "").strip("\u2068\u2069")) <= max(limit, len("a friend"))
    assert shown.encode()
