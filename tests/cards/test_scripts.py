"""Names of every promised script are written as HarfBuzz, asked independently, would write them."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable  # type: ignore[import-untyped]
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from bot.assets import ASSETS
from bot.cards.bidi import compute_levels, is_rtl, order_levels
from bot.cards.scripts import SCRIPTS, can_shape, split_clusters
from bot.cards.shapes import draw_text
from bot.cards.theme_fonts import load_theme_fonts, load_typefaces
from bot.cards.typefaces import Glyph
from bot.cards.typesetting import Setting, TextStyle, compose_setting, fit_text
from bot.core.looks import CardLook
from tests.cards.names import NAMES, list_names
from tests.cards.samples import THEMES
from tests.thinning import thin

TYPEFACES = load_typefaces(ASSETS)
OUTFITS = {theme: load_theme_fonts(CardLook(theme), ASSETS, TYPEFACES) for theme in THEMES}
STACK = OUTFITS["sunrise"].stacks["name"]
STYLE = TextStyle(role="name", colour="name", size=160, floor=160, lines=1)
SIZE = 160
NUMBERED = 0xF0000
"""In a numbered font, the glyph of each number is the character so far into a private plane."""


@cache
def number_font(path: Path) -> ImageFont.FreeTypeFont:
    """The font with a character for each of its glyphs, and nothing that shapes."""
    font = TTFont(path)
    for table in {"GSUB", "GPOS", "GDEF", "kern"} & set(font.keys()):
        del font[table]
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language = 3, 10, 0
    table.cmap = {NUMBERED + number: name for number, name in enumerate(font.getGlyphOrder())}
    font["cmap"].tables = [table]
    numbered = BytesIO()
    font.save(numbered)
    numbered.seek(0)
    return ImageFont.truetype(numbered, SIZE, layout_engine=ImageFont.Layout.BASIC)


def shape(glyphs: Sequence[Glyph]) -> list[tuple[int, float, float, float]]:
    """HarfBuzz's number, offsets and advance for each glyph of a run of one typeface and direction, in pixels."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(glyphs[0].typeface.path)))
    buffer = uharfbuzz.Buffer()
    buffer.add_str("".join(glyph.cluster for glyph in glyphs))
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if glyphs[0].level % 2 else "ltr"
    uharfbuzz.shape(uharfbuzz.Font(face), buffer)
    scale = SIZE / face.upem
    return [
        (info.codepoint, place.x_offset * scale, place.y_offset * scale, place.x_advance * scale)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def draw_with_harfbuzz(setting: Setting, canvas: Image.Image, pen: tuple[float, float]) -> None:
    """The only line of a setting, run by run, by glyph numbers alone."""
    (line,) = setting.lines
    pencil = ImageDraw.Draw(canvas)
    runs = [list(run) for _, run in groupby(line, key=lambda glyph: (glyph.typeface, glyph.level))]
    x, baseline = pen[0], pen[1] + setting.ascent
    for at in order_levels([run[0].level for run in runs]):
        for number, right, up, advance in shape(runs[at]):
            assert number
            pencil.text(
                (x + right, baseline - up),
                chr(NUMBERED + number),
                255,
                number_font(runs[at][0].typeface.path),
                anchor="ls",
            )
            x += advance


def set_line(text: str) -> Setting:
    """A text on one line, large."""
    return compose_setting([tuple(STACK.compose_glyphs(unicodedata.normalize("NFC", text)))], SIZE, STYLE)


@pytest.mark.parametrize("script", thin(NAMES, step=4))
def test_every_name_is_written_as_harfbuzz_writes_it(script: str) -> None:
    """Drawn by HarfBuzz's glyph numbers and places, each word covers the same pixels, and no glyph is missing."""
    for word in " ".join(list_names(script)).split():
        setting = set_line(word)
        size = (round(setting.width) + 200, round(setting.height) + 200)
        ours, theirs = Image.new("RGB", size), Image.new("L", size)
        draw_text(ours, setting, (100, 100), (255, 255, 255), width=setting.width, align="centre", oversample=1)
        draw_with_harfbuzz(setting, theirs, (100, 100))
        assert measure_difference(ours.convert("L"), theirs) < EDGES, word


EDGES = 0.13
"""Letters differ by a pixel's edge where one is placed on whole pixels; a letter of another form differs by a third."""


def measure_difference(one: Image.Image, other: Image.Image) -> float:
    """The share of the ink that is on one of two pictures only."""
    apart, together = ImageChops.difference(one, other), ImageChops.lighter(one, other)
    return sum(apart.histogram()[128:]) / max(1, sum(together.histogram()[128:]))


@pytest.mark.parametrize("script", NAMES)
def test_names_of_every_script_are_drawn_whole_in_every_theme(script: str) -> None:
    """No letter of them is left out, in large names and in running text."""
    for theme_fonts in OUTFITS.values():
        for name in list_names(script):
            assert theme_fonts.clean_name(name) == unicodedata.normalize("NFC", name)
            assert theme_fonts.can_tell(name)


@pytest.mark.parametrize("script", ["latin", "greek", "cyrillic"])
def test_a_name_is_written_with_one_font_in_every_theme(script: str) -> None:
    """A font that has a few letters of an alphabet, as one for Latin has a π, lends none of them to a name it cannot write."""
    for theme, theme_fonts in OUTFITS.items():
        stack = theme_fonts.stacks["name"]
        for name in [*list_names(script), "Παπαδόπουλος", "Ωμέγα", "ΔΣΠ", "Mikołaj Ẅ"]:
            letters = [glyph for glyph in stack.compose_glyphs(name) if glyph.cluster.strip()]
            assert len({glyph.typeface.path.stem for glyph in letters}) == 1, (theme, name)


@pytest.mark.parametrize("script", thin(NAMES, 1))
def test_nothing_of_a_name_is_clipped_or_reaches_into_another_line(script: str) -> None:
    """However high its letters are stacked, a name's ink stays in the height that was reckoned for it."""
    for name in list_names(script):
        setting = fit_text(name, STACK, replace(STYLE, lines=2, size=90, floor=90), width=700, height=500)
        if not any(glyph.shaped for line in setting.lines for glyph in line):
            continue  # accents on plain capitals are allowed to stand above them
        picture = Image.new("RGB", (900, 700))
        draw_text(picture, setting, (100, 100), (255, 255, 255), width=700, align="left", oversample=1)
        box = picture.convert("L").point([0] * 96 + [255] * 160).getbbox()
        assert box is not None
        assert box[1] >= 98
        assert box[3] <= 102 + setting.height
        assert len(setting.lines) == 1 or setting.leading * setting.size >= setting.ascent + setting.descent


def test_fonts_of_scripts_are_opened_only_for_names_that_need_them() -> None:
    """A name in Latin letters reads none of them; one in Thai reads the Thai one alone."""
    typefaces = load_typefaces(ASSETS)
    stack = load_theme_fonts(CardLook("sunrise"), ASSETS, typefaces).stacks["name"]
    stack.compose_glyphs("Anna 王小明 Олег")
    opened = {name for name, face in typefaces.items() if "glyphs" in vars(face)}
    assert not [script.name for script in SCRIPTS if f"noto-sans-{script.name}-bold" in opened]
    stack.compose_glyphs("สมชาย")
    assert {name for name, face in typefaces.items() if "glyphs" in vars(face)} - opened == {"noto-sans-thai-bold"}


LETTERS = st.sampled_from([*"aZ09 .,:;-+%$()[]<>«»!?/", *"אב", *"سر", *"٠٩۱", "王", "é"])


@settings(deadline=None)
@given(st.lists(LETTERS, max_size=24), st.sampled_from([True, False, None]))
def test_reading_order_is_that_of_the_unicode_algorithm(letters: list[str], rtl: bool | None) -> None:
    """Another implementation of UAX #9, fpdf2's, gives each character the same level."""
    text = "".join(letters)
    direction = {True: TextDirection.RTL, False: TextDirection.LTR, None: None}[rtl]
    theirs = [each.embedding_level for each in BidiParagraph(text, direction).characters]
    levels = compute_levels(letters, rtl=rtl)
    base = int(is_rtl(text) if rtl is None else rtl)
    for at in range(len(letters) - 1, -1, -1):  # blanks at the end of a line get the whole's level; ours are trimmed
        if letters[at] != " ":
            break
        levels[at] = base
    assert levels == theirs


def test_mixed_lines_are_read_in_the_order_of_the_phrase() -> None:
    """An Arabic name in an English phrase stands where an English one would; brackets face inwards, digits run on."""
    line = STACK.compose_glyphs("سارة (12) invites you", rtl=False)
    seen = [line[at].cluster for at in order_levels([glyph.level for glyph in line])]
    assert "".join(seen) == "(12) سارة invites you"
    alone = STACK.compose_glyphs("سارة Anna")
    assert [alone[at].cluster for at in order_levels([glyph.level for glyph in alone])][-1] == "سارة"


def test_a_word_that_must_be_cut_is_shaped_again() -> None:
    """Parts of an Arabic word are joined within themselves, and nothing of it is lost."""
    word = "قسطنطينيةقسطنطينيةقسطنطينية"
    setting = fit_text(word, STACK, replace(STYLE, size=60, floor=40, lines=4), width=300, height=400)
    assert "".join(glyph.cluster for line in setting.lines for glyph in line) == word
    assert 1 < len(setting.lines) <= 4
    assert setting.width <= 300


def test_scripts_without_blanks_break_between_syllables_only() -> None:
    """A long Thai sentence fills several lines, and no line begins with a mark or a vowel that follows."""
    text = "กาแฟคั่วช้าจากดอยสูงและนมข้าวโอ๊ตจากร้านข้างๆพร้อมโต๊ะริมหน้าต่าง"
    setting = fit_text(text, STACK, replace(STYLE, size=40, floor=40, lines=9), width=400, height=900)
    lines = ["".join(glyph.cluster for glyph in line) for line in setting.lines]
    assert "".join(lines) == text
    assert len(lines) > 2
    assert all(unicodedata.category(line[0]) == "Lo" and line[0] not in "ะาำๅ" for line in lines)


def test_korean_breaks_between_words() -> None:
    """Unlike Chinese, it is not cut inside a word."""
    setting = fit_text(
        "오늘은 친구와 커피를 마셔요", STACK, replace(STYLE, size=60, floor=60, lines=3), width=380, height=400
    )
    assert ["".join(glyph.cluster for glyph in line) for line in setting.lines] == ["오늘은 친구와", "커피를 마셔요"]


def test_without_a_shaper_no_name_is_written_wrongly() -> None:
    """Where Pillow finds no raqm, letters that would stand apart are left off, others are drawn."""
    code = (
        "from PIL import features; features.check = lambda name: False\n"
        "from bot.assets import ASSETS; from bot.cards.studio import CardStudio\n"
        "from bot.cards.theme_fonts import *; from tests.cards.samples import CARD_TEXTS\n"
        "from bot.core.looks import CardLook\n"
        "fonts = load_theme_fonts(CardLook('sunrise'), ASSETS, load_typefaces(ASSETS))\n"
        "assert [fonts.clean_name(name) for name in ('سارة', 'สมชาย Anna', 'שרה', 'Արամ', '김민준')]"
        " == ['', 'Anna', 'שרה', 'Արամ', '김민준']\n"
        "assert CardStudio(ASSETS).render_card(CARD_TEXTS['en'], name='שרה', link='https://t.me/a_bot?start=AbCdEf0123')"
    )
    assert subprocess.run([sys.executable, "-X", "utf8", "-c", code], check=False).returncode == 0


def test_this_machine_shapes() -> None:
    """Where it does not, the tests of this file would say little."""
    assert can_shape()
    assert all(f"noto-sans-{script.name}-{weight}" in TYPEFACES for script in SCRIPTS for weight in ("medium", "bold"))


def test_letters_written_around_another_stay_with_it() -> None:
    """Marks, letters below and the vowels before and behind, in one piece: none is parted at a line's end."""
    assert split_clusters("क्षि") == ["क्षि"]
    assert split_clusters("เก้า") == ["เก้า"]
    assert split_clusters("น้ำ") == ["น้ำ"]
    assert split_clusters("ស្ត្រី") == ["ស្ត្រី"]
    assert split_clusters("ශ්\u200dරී") == ["ශ්\u200dරී"]
    assert split_clusters("Anna") == ["A", "n", "n", "a"]
