"""Lines break where readers of the language expect it, and every text fits its place."""

# ruff: noqa: RUF001 - letters and marks of other scripts are what this is about

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.assets import ASSETS
from bot.cards.card_drawing import fit_pair
from bot.cards.invitation import prepare_invitation
from bot.cards.layout import Block, Pair
from bot.cards.linebreaks import break_lines, list_pieces
from bot.cards.theme_fonts import ThemeFonts, load_theme_fonts, load_typefaces
from bot.cards.typesetting import Setting, TextStyle, fit_text
from bot.core.looks import CardLook
from tests.cards.samples import CARD_TEXTS, HOSTILE_NAMES, KIND_NAMES, LANGUAGES, THEMES, compose_long_text
from tests.thinning import thin, thin_pairs

TYPEFACES = load_typefaces(ASSETS)
OUTFITS = {theme: load_theme_fonts(CardLook(theme), ASSETS, TYPEFACES) for theme in THEMES}
STACK = OUTFITS["sunrise"].stacks["text"]
STYLE = TextStyle(role="text", colour="story", size=60, floor=20, lines=3)


def read_lines(setting: Setting) -> list[str]:
    """The laid-out lines as text."""
    return ["".join(glyph.cluster for glyph in line) for line in setting.lines]


def break_text(text: str, limit: float) -> list[str]:
    """The lines of a text within `limit` em."""
    pieces = list(list_pieces(STACK.compose_glyphs(text)))
    return ["".join(glyph.cluster for glyph in line).strip() for line in break_lines(pieces, limit)]


def test_latin_breaks_between_words() -> None:
    """Words stay whole, and nothing is lost."""
    text = "the quick brown fox jumps over the lazy dog"
    lines = break_text(text, 8)
    assert len(lines) > 2
    assert " ".join(lines) == text


@pytest.mark.parametrize("limit", [3, 4, 5, 6, 7, 8, 9])
def test_chinese_breaks_between_characters_but_keeps_marks_where_they_belong(limit: int) -> None:
    """No line begins with a closing mark or ends with an opening one, and nothing is lost."""
    text = "慢烘的咖啡豆，隔壁的（燕麦）奶；还有“靠窗”的小桌。来尝尝吧！真的？《三杯》、好。"
    lines = break_text(text, limit)
    assert "".join(lines) == text
    assert not any(line[0] in "，。！？；：、）》”" for line in lines)
    assert not any(line[-1] in "（《“" for line in lines)


def test_a_number_stays_with_its_measure() -> None:
    """Digits are not parted from the hanzi that follows."""
    assert all("50积" in "".join(line) or "50" not in line for line in break_text("来就送你50积分哦", 4))


def test_a_word_is_cut_only_where_the_smallest_size_leaves_no_choice() -> None:
    """A long word shrinks first, and is cut at the floor of the size."""
    shrunk = fit_text("Donaudampfschiff", STACK, STYLE, width=300, height=300)
    assert read_lines(shrunk) == ["Donaudampfschiff"]
    assert shrunk.size < STYLE.size
    cut = fit_text("Donaudampfschiff" * 3, STACK, STYLE, width=200, height=300)
    assert len(cut.lines) > 1
    assert cut.size == STYLE.floor


def test_lines_are_balanced() -> None:
    """Two lines share the words evenly, or end the first with a clause."""
    wide = replace(STYLE, lines=2, size=40)
    assert read_lines(fit_text("come over and taste it with me", STACK, wide, width=560, height=200)) == [
        "come over and",
        "taste it with me",
    ]
    assert read_lines(fit_text("朋友带你来，见面就送礼物", STACK, wide, width=400, height=200)) == [
        "朋友带你来，",
        "见面就送礼物",
    ]


def test_too_long_a_text_ends_in_an_ellipsis() -> None:
    """At the smallest size the last line that fits is cut and says so."""
    setting = fit_text("very long words " * 40, STACK, STYLE, width=300, height=300)
    assert setting.size == STYLE.floor
    assert len(setting.lines) == STYLE.lines
    assert read_lines(setting)[-1].endswith("…")
    assert setting.width <= 300


def list_blocks(theme_fonts: ThemeFonts) -> list[tuple[str, Block]]:
    """The places of single texts, with the field of the face that stands there."""
    layout = theme_fonts.theme.layout
    return [("brand", layout.brand), ("offer", layout.offer), ("scan_hint", layout.hint)]


@pytest.mark.parametrize(("theme", "language"), thin_pairs(THEMES, LANGUAGES, step=7))
def test_every_text_fits_its_place(theme: str, language: str) -> None:
    """Short or far too long, a text is neither wider nor higher than its place."""
    theme_fonts = OUTFITS[theme]
    for face in (CARD_TEXTS[language], compose_long_text(language, theme)):
        for field, block in list_blocks(theme_fonts):
            left, top, right, bottom = block.bounds
            setting = theme_fonts.fit(getattr(face, field), block.style, right - left, bottom - top)
            assert setting.lines
            assert setting.width <= right - left + 1
            assert setting.height <= max(bottom - top, setting.ascent + setting.descent)
        assert_pair_fits(theme_fonts, theme_fonts.theme.layout.words, face.headline, face.story)


@pytest.mark.parametrize("theme", thin(THEMES))
def test_every_name_fits_its_place(theme: str) -> None:
    """No name, however long its words, is wider or higher than its place: the code begins where that ends."""
    invitation = prepare_invitation(replace(CARD_TEXTS["en"], look=CardLook(theme)), OUTFITS[theme])
    left, top, right, bottom = invitation.pair.bounds
    for name in (
        *KIND_NAMES,
        *HOSTILE_NAMES.values(),
        "Wolfeschlegelsteinhausen",
        "Anna Wolfeschlegelsteinhausenberger",
    ):
        setting = invitation.fit_name(OUTFITS[theme].clean_name(name))
        assert setting.width <= right - left + 1
        assert setting.height <= bottom - top


def test_a_word_that_must_be_cut_is_cut_in_even_parts() -> None:
    """No single letter is left over."""
    setting = fit_text("Wolfeschlegelsteinhausen", STACK, replace(STYLE, floor=40, lines=2), width=410, height=200)
    assert min(len(line) for line in setting.lines) > 8


def assert_pair_fits(theme_fonts: ThemeFonts, pair: Pair, headline: str, story: str) -> None:
    """Headline and story together are no higher than their place."""
    left, top, right, bottom = pair.bounds
    first, second = fit_pair((headline, story), pair, theme_fonts)
    assert first.width <= right - left + 1
    assert second.width <= (pair.second_width or right - left) + 1
    if pair.second_bounds is None:
        assert first.height + pair.gap + second.height <= bottom - top
    else:
        assert first.height <= bottom - top
        assert second.height <= pair.second_bounds[3] - pair.second_bounds[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_texts_of_usual_length_are_shown_whole_and_large(theme: str, language: str) -> None:
    """What a campaign usually says is not ellipsised, and its story has letters of at least 28 pixels."""
    theme_fonts, face = OUTFITS[theme], CARD_TEXTS[language]
    headline, story = fit_pair((face.headline, face.story), theme_fonts.theme.layout.words, theme_fonts)
    assert story.size >= 28
    assert headline.size >= 90
    assert not any("…" in line for setting in (headline, story) for line in read_lines(setting))


def set_lines(text: str, *, size: int, width: int, lines: int = 4, role: str = "text") -> list[str]:
    """A text's lines at one size."""
    style = replace(STYLE, role=role, size=size, floor=size, lines=lines)
    setting = fit_text(text, STACK, style, width=width, height=2000)
    return ["".join(glyph.cluster for glyph in line) for line in setting.lines]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Meet Mina, our eleven-year-old starter", 600, ["Meet Mina,", "our eleven-year-old starter"]),
        ("Meet Mina, our eleven-year-old starter", 480, ["Meet Mina, our", "eleven-year-old starter"]),
        ("A loaf with somebody's name on it", 330, ["A loaf with", "somebody's", "name on it"]),
        (
            "Come through a friend and start with 25 points",
            400,
            ["Come through a", "friend and start", "with 25 points"],
        ),
        ("一个面包只等你来，别让它等太久了", 250, ["一个面包只", "等你来，别", "让它等太久了"]),
    ],
)
def test_lines_break_by_sense(text: str, width: int, lines: list[str]) -> None:
    """Not within a hyphenated word, not between a number and what it counts, and the last line is no lone word."""
    told = set_lines(text, size=40, width=width, lines=len(lines))
    assert told == lines


def test_a_hyphenated_word_is_parted_before_it_makes_all_small() -> None:
    """Where it alone would halve the size of a headline, its hyphens are places to break."""
    style = replace(STYLE, size=100, floor=20, lines=4)
    setting = fit_text("half-past-seven-in-the-morning bread", STACK, style, width=400, height=600)
    assert setting.size > 50


@pytest.mark.parametrize("name", ["王小明", "欧阳明月", "田中さ"])
def test_a_name_in_hanzi_stays_on_one_line(name: str) -> None:
    """However narrow the place: it becomes smaller instead."""
    style = replace(STYLE, role="name", size=120, floor=30, lines=2)
    setting = fit_text(name, STACK, style, width=150, height=400)
    assert ["".join(glyph.cluster for glyph in line) for line in setting.lines] == [name]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("认识一下米娜，我们养了十一年的酵种", ("认识", "一下", "米娜", "我们", "十一年", "酵种")),
        ("新品：我们故意只烤一半的面包", ("新品", "我们", "故意", "一半", "面包")),
        ("来听听吧，朋友介绍先送 25 积分。", ("朋友", "介绍", "25 积分")),
        ("来一杯“慢烘咖啡”吧，欧阳娜娜请客", ("“慢烘咖啡”", "欧阳娜娜", "请客")),
        ("小王和张国荣说好吃，陈师傅亲手做的", ("小王", "张国荣", "好吃", "师傅")),
        ("每买三杯送你1,500豆子，两位同享", ("三杯", "1,500豆", "两位")),
        ("請你們來喝咖啡，還有點心和驚喜", ("你們", "咖啡", "還有", "點心", "驚喜")),
    ],
)
def test_chinese_breaks_between_words(text: str, whole: tuple[str, ...]) -> None:
    """No line ends inside a word, a number with its measure, a quoted term or a person's name, however narrow it is."""
    for width in range(340, 620, 20):
        lines = read_lines(fit_text(text, STACK, replace(STYLE, lines=6), width=width, height=600))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(any(word in line for line in lines) for word in whole), lines


def test_the_names_of_a_shop_are_not_broken() -> None:
    """Those that a campaign gives, in Chinese or in several words, stay on one line where they have room."""
    style = replace(STYLE, lines=4)
    for text, term in (("到鑫淼焱垚馆来坐一坐", "鑫淼焱垚馆"), ("Meet us at Little Oven on Sunday", "Little Oven")):
        for width in range(330, 560, 10):
            lines = read_lines(fit_text(text, STACK, style, width=width, height=400, terms=(term,)))
            assert any(term in line for line in lines), lines


def test_a_chinese_word_is_parted_where_it_would_have_to_become_small() -> None:
    """A long term does not make a headline tiny."""
    setting = fit_text("我们的“慢烘慢煮慢炖”", STACK, replace(STYLE, size=90), width=280, height=600)
    assert setting.size > 50
    assert read_lines(setting)[0] == "我们的"


def test_three_chinese_lines_rather_end_with_a_clause() -> None:
    """Where a clause ends in the middle, a line ends there, though lines are less even then."""
    style = TextStyle(role="label", colour="", size=58, floor=33, lines=4, leading=1.14)
    setting = OUTFITS["sunrise"].fit("朋友带你来，见面就送 25 积分。", style, 348, 174)
    assert read_lines(setting) == ["朋友带你来，", "见面就", "送 25 积分。"]


def test_what_is_too_long_to_stay_together_breaks_between_its_words() -> None:
    """A name that no line has room for is not cut inside a word of it."""
    name = "The Grand Peranakan Kitchen & Bakery House"
    lines = read_lines(fit_text(name, STACK, replace(STYLE, floor=33), width=400, height=200, terms=(name,)))
    assert " ".join(lines) == name


def test_no_short_word_is_dropped_on_a_line_of_its_own() -> None:
    """Letters become a little smaller rather than leave a lone word, first, in the middle or last."""
    style = TextStyle(role="display", colour="headline", size=92, floor=44, lines=5)
    stack = OUTFITS["sunrise"].stacks["display"]
    for text, lines in (
        ("Try it, it’s on us", ["Try it,", "it’s on us"]),
        ("Roti dengan nama orang tersayang", ["Roti dengan", "nama orang", "tersayang"]),
    ):
        assert read_lines(fit_text(text, stack, style, width=440, height=320)) == lines
