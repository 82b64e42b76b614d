"""Text from strangers: honest names of all scripts stay whole, what can deceive goes."""

# ruff: noqa: RUF001 - letters of other scripts are what this is about

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.names import NAME_LIMIT, clean_text, compose_display_name

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

nasty = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "e\u0301\u0335\u202e\u2066\u2069\u200d\ufe0f\u2764\U0001f525\U0001f44d\U0001f3fd\U0001f1ee \n\x00\u200c\u200dیرක්රक्षᠮ\u180b"
        ),
    )
)


@pytest.mark.parametrize(
    "name",
    [
        "Budi Santoso",
        "王小明",
        "Nguyễn Thị Ánh",
        "علي حسن",
        "שרה",
        "น้ำผึ้ง",
        "क्षितिज",
        "ज़ुंबा",
        "ර\u0dd2ච්ඡ",
        "ශ්\u200dරී ප්\u200dරියා",
        "මාර්\u200cෂල්",
        "می\u200cنا علی\u200cزاده",
        "کار\u200cها",
        "رضا ه\u200d",
        "کتاب\u200cهای خوب",
        "শ্\u200dরাবণ র\u200d্যাব",
        "राजेन्\u200dद्र क्\u200cष",
        "क्\u200d",
        "നന്\u200dമ",
        "ಅರ\u200d್ಕ",
        "သြီးမြွှေ",
        "ब्ज़ुँ",
        "བརྒྱུད་པ",
        "ᠮᠣᠩᠭᠣᠯ\u180b",
        "שָׁלוֹם",
        "مُحَمَّدٌ",
        "O'Brien-Smith Jr.",
        "<b>&amp;",
        "👍🏽",
        "❤️\u200d🔥",
        "1️⃣",
        "🇮🇩",
        FAMILY,
        SCOTLAND,
    ],
)
def test_honest_names_stay_as_they_are(name: str) -> None:
    """Scripts of the world, accents and whole emoji pass untouched."""
    assert clean_text(name, limit=64) == name


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x1bc\x7fd\x9fe", "abcde"),
        ("\ud83dBudi\udc00", "Budi"),
        ("\u202eiduB\u202c", "iduB"),
        ("\u2066a\u2067b\u2068c\u2069d", "abcd"),
        ("\u202aa\u202bb\u202dc\u200ed\u200fe\u061cf", "abcdef"),
        ("Bu\u200bdi\ufeff\u2060\xad", "Budi"),
        ("Bu\u200ddi\u200d", "Budi"),
        ("Bu\u200cdi\u200c", "Budi"),
        ("ab\u200c\u200d\u200cع", "abع"),
        ("\u200cمینا\u200c", "مینا"),
        ("می\u200c\u200c\u200cنا", "می\u200cنا"),
        ("می\u200c نا", "می نا"),
        ("ක\u200d", "ක"),
        ("小\u200d明", "小明"),
        ("Ве\u200cра\u180b", "Вера"),
        ("\u200d\U0001f525\u200d", "\U0001f525"),
        ("  Budi \t\r\n\u2028 Santoso\u3000", "Budi Santoso"),
        ("e\u0301", "\xe9"),
        ("\u0301Budi", "Budi"),
        ("a \u0301b", "a b"),
        ("\u3164\u2800", ""),
    ],
)
def test_what_harms_is_taken_out(raw: str, clean: str) -> None:
    """Controls, surrogates, direction switches, invisible letters and marks without a base go; the rest stays."""
    assert clean_text(raw, limit=64) == clean


def test_marks_never_stack() -> None:
    """However many marks are piled on a letter, two are left."""
    assert clean_text("Z" + "\u0335" * 4095, limit=64) == "Z\u0335\u0335"


def test_joiners_carry_no_marks() -> None:
    """A stack of marks gets no taller by joiners in it."""
    assert clean_text("ب" + "\u0335\u0335\u200d" * 400, limit=64) == "ب\u0335\u0335"


@given(nasty, st.integers(1, 80))
def test_cleaning_is_done_once(text: str, limit: int) -> None:
    """What is clean is short, on one line, composed, and cleaning it again changes nothing."""
    clean = clean_text(text, limit=limit)
    assert len(clean) <= limit
    assert clean == " ".join(clean.split())
    assert clean.encode().decode() == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert clean_text(clean, limit=limit) == clean


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 3, "abc"),
        ("ab cd", 3, "ab"),
        ("ab" + FAMILY, 4, "ab"),
        ("a👍🏽", 2, "a"),
        ("🇮🇩🇮🇩", 3, "🇮🇩"),
        ("🇮🇩🇮🇩", 2, "🇮🇩"),
        ("ax\u0335y", 2, "a"),
        (FAMILY, 2, "\U0001f468"),
    ],
)
def test_a_cut_leaves_whole_characters(text: str, limit: int, cut: str) -> None:
    """No half flag, no family without its members, no letter without its marks, unless nothing else would be left."""
    assert clean_text(text, limit=limit) == cut


def test_four_thousand_characters_are_cut() -> None:
    """A name as long as a message becomes a name."""
    assert compose_display_name("x" * 4096) == "x" * NAME_LIMIT


@pytest.mark.parametrize(
    ("first", "last", "username", "shown"),
    [
        ("Budi", "", "", "Budi"),
        ("Budi", "Santoso", "budi_s", "Budi Santoso"),
        ("\u3164", "\u200b", "budi_s", "budi_s"),
        ("\u202e", "\x00", "", ""),
        ("", "", "", ""),
        ("", "Santoso", "", "Santoso"),
    ],
)
def test_a_person_is_called_by_name_or_username(first: str, last: str, username: str, shown: str) -> None:
    """First and last name; the username where these show nothing; empty where nothing does."""
    assert compose_display_name(first, last, username) == shown
