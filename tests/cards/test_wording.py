"""Names come from strangers: what is drawn of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assets import ASSETS
from bot.cards.theme_fonts import load_theme_fonts, load_typefaces
from bot.cards.typefaces import Stack
from bot.cards.wording import MOST_NAME_CHARACTERS, clean_name, clean_text
from bot.core.looks import CardLook
from tests.cards.samples import HOSTILE_NAMES, KIND_NAMES, THEMES

TYPEFACES = load_typefaces(ASSETS)
STACKS = {theme: load_theme_fonts(CardLook(theme), ASSETS, TYPEFACES).stacks["name"] for theme in THEMES}
STACK: Stack = STACKS["sunrise"]


def clean(name: str) -> str:
    """The name as the theme sunrise draws it."""
    return clean_name(name, STACK.covers)


@pytest.mark.parametrize("name", KIND_NAMES[:-1])
def test_names_of_covered_scripts_are_drawn_as_they_are(name: str) -> None:
    """Latin with all its accents, Cyrillic, Greek, hanzi and kana are drawn in every theme."""
    assert {clean_name(name, stack.covers) for stack in STACKS.values()} == {name}


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        (HOSTILE_NAMES["nul"], "An na"),
        (HOSTILE_NAMES["newlines"], "Anna Maria"),
        (HOSTILE_NAMES["bidi"], "gnp.annA Anna"),
        (HOSTILE_NAMES["surrogate"], "Anna"),
        (HOSTILE_NAMES["html"], "<b>Anna</b> & <script>alert('1')</script>"),
        (HOSTILE_NAMES["mathematical"], "Anna Smith"),
        (HOSTILE_NAMES["emoji"], "👩👍1 Anna ❤"),
        ("O'Brien", "O\u2019Brien"),
        ("e\u0301e\u0301", "éé"),
        ("Anna สมชาย", "Anna สมชาย"),
        ("Anna ᠮᠣᠩᠭᠣᠯ", "Anna"),
        ("王𪚥华", ""),
        ("王𪚥华 Anna", "Anna"),
    ],
)
def test_what_cannot_be_drawn_is_left_out(written: str, drawn: str) -> None:
    """Controls, direction marks and joiners go; a word with a letter that no font has goes as a whole."""
    assert clean(written) == drawn


@pytest.mark.parametrize(
    "kind",
    [
        "empty",
        "spaces",
        "only flags",
        "cuneiform",
        "mongolian",
        "rare hanzi",
        "private",
        "blank letters",
    ],
)
def test_a_name_of_which_nothing_can_be_drawn_is_no_name(kind: str) -> None:
    """Scripts without a font, and names of nothing visible, count as no name in every theme."""
    assert {clean_name(HOSTILE_NAMES[kind], stack.covers) for stack in STACKS.values()} == {""}


@pytest.mark.parametrize("text", ["می\u200cرویم", "ශ්\u200dරී", "क्\u200dष ज़ुंबा", "ক্\u200dষ"])
def test_joiners_between_letters_reach_the_typeface(text: str) -> None:
    """A font that has the script gets the text as it is written."""
    assert clean_text(text, lambda _: True) == text
    assert clean_name(text, lambda _: True) == text


def test_marks_are_capped() -> None:
    """No character keeps more than two combining marks."""
    marks = [unicodedata.category(character)[0] == "M" for character in clean(HOSTILE_NAMES["zalgo"])]
    assert any(marks)
    assert not any(all(marks[at : at + 3]) for at in range(len(marks) - 2))


@pytest.mark.parametrize("kind", ["endless", "endless words", "endless hanzi", "endless marks", "wide"])
def test_a_name_has_64_characters_at_most(kind: str) -> None:
    """A longer name ends with an ellipsis."""
    assert len(clean(HOSTILE_NAMES[kind])) <= MOST_NAME_CHARACTERS
    assert clean(HOSTILE_NAMES["endless"]) == "x" * (MOST_NAME_CHARACTERS - 1) + "…"


@given(st.text(max_size=80))
def test_whatever_is_written_only_drawable_characters_remain(name: str) -> None:
    """Every character that remains has a glyph, and cleaning twice changes nothing."""
    drawn = clean(name)
    assert all(character == " " or STACK.find_typeface(character) for character in drawn)
    assert clean(drawn) == drawn
    assert drawn == " ".join(drawn.split())


def test_texts_lose_only_what_cannot_be_drawn() -> None:
    """A campaign's text keeps its words; straight apostrophes between letters become typographic."""
    assert clean_text("It's  on us,\nᠮᠣᠩᠭᠣᠯ friend's friend", STACK.covers) == "It\u2019s on us, friend\u2019s friend"
