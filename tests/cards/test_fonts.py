"""The fonts cover what the product says, and our reading of them agrees with fontTools'."""

# ruff: noqa: RUF001 - letters and marks of other scripts are what this is about

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from PIL import ImageFont

from bot.assets import ASSETS
from bot.cards.fontfile import NumberTable, pair_glyphs, parse_metrics, read_tables
from bot.cards.scripts import SCRIPTS
from bot.cards.theme_fonts import load_theme_fonts, load_typefaces
from bot.cards.typefaces import open_font
from bot.core.looks import CardLook
from tests.cards.samples import CARD_TEXTS, THEMES
from tests.thinning import thin, thin_pairs

SCRIPT_FONTS = {f"noto-sans-{script.name}" for script in SCRIPTS}
FONTS = sorted((ASSETS / "fonts").glob("*.ttf"))
TYPEFACES = load_typefaces(ASSETS)
LATIN = "".join(map(chr, [*range(0x21, 0x7F), *range(0xA1, 0xAC), *range(0xAE, 0x17F), *range(0x1EA0, 0x1EFA)]))
CYRILLIC_AND_GREEK = (
    "".join(map(chr, [*range(0x410, 0x450), *range(0x391, 0x3A2), *range(0x3B1, 0x3CA)])) + "ЁёЇїЄєҐґάέήίόύώ"
)
KANA = "".join(map(chr, [*range(0x3041, 0x3094), *range(0x30A1, 0x30F7)])) + "ー・"


def list_hanzi() -> str:
    """The 6,763 hanzi of GB 2312."""
    pairs = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", "ignore") for pair in pairs)


@pytest.mark.parametrize("path", thin(FONTS), ids=lambda path: path.stem)
def test_characters_are_read_as_fonttools_reads_them(path: Path) -> None:
    """Every character with a glyph is known, and none without."""
    glyphs = TYPEFACES[path.stem].glyphs
    with TTFont(path, lazy=True) as font:
        order = {name: at for at, name in enumerate(font.getGlyphOrder())}
        assert {code: glyphs[code] for code in glyphs} == {
            code: order[name] for code, name in font.getBestCmap().items()
        }
    assert 0 not in {glyphs[code] for code in glyphs}
    assert list(glyphs) == sorted(glyphs), "or they are not found"


def test_what_no_font_knows_is_not_in_its_table() -> None:
    """Numbers between the keys, before and after them have nothing, and asking for one as if it had is an error."""
    table = NumberTable(((3, 30), (5, -50), (900_000, 9)))
    assert [key for key in (0, 3, 4, 5, 6, 900_000, 900_001) if key in table] == [3, 5, 900_000]
    assert (table.get(5), table[900_000], table.get(4), len(table)) == (-50, 9, 0, 3)
    with pytest.raises(KeyError):
        table[4]


@pytest.mark.parametrize("path", thin(FONTS), ids=lambda path: path.stem)
def test_kerning_is_read_as_fonttools_reads_it(path: Path) -> None:
    """Every pair of the table, in its order."""
    kerning = parse_metrics(read_tables(path, "head", "hhea", "hmtx", "kern")).kerning
    with TTFont(path, lazy=True) as font:
        order = {name: at for at, name in enumerate(font.getGlyphOrder())}
        pairs = font["kern"].kernTables[0].kernTable if "kern" in font else {}
        wanted = {pair_glyphs(order[left], order[right]): value for (left, right), value in pairs.items()}
    assert {pair: kerning[pair] for pair in kerning} == wanted
    assert list(kerning) == sorted(kerning)


def test_kerning_is_read_from_the_font() -> None:
    """The pair A and V stands closer than its letters alone; a pair without kerning does not."""
    typeface = TYPEFACES["fraunces-black"]
    assert typeface.find_kerning("A", "V") == pytest.approx(-75 / 2000)
    assert typeface.find_kerning("x", "x") == 0
    assert TYPEFACES["noto-emoji-bold"].find_kerning("A", "V") == 0


@pytest.mark.parametrize(("theme", "role"), thin_pairs(THEMES, ["display", "name", "text", "label"], step=4))
def test_every_theme_covers_the_shipped_scripts(theme: str, role: str) -> None:
    """Latin with Vietnamese, Cyrillic, Greek, Simplified Chinese and kana never lack a glyph."""
    stack = load_theme_fonts(CardLook(theme), ASSETS, TYPEFACES).stacks[role]
    wanted = set(LATIN + CYRILLIC_AND_GREEK + KANA + list_hanzi() + "，。！？；：、“”‘’（）《》…—·")
    assert [character for character in wanted if stack.find_typeface(character) is None] == []
    for face in CARD_TEXTS.values():
        assert stack.covers(face.story + face.headline + face.offer + face.scan_hint)


@pytest.mark.parametrize("theme", THEMES)
def test_names_may_have_rarer_hanzi(theme: str) -> None:
    """Hanzi that are common in names but not in GB 2312 are drawn, as are traditional ones."""
    stack = load_theme_fonts(CardLook(theme), ASSETS, TYPEFACES).stacks["name"]
    assert stack.covers("喆堃犇祎赟珺珅曌玥翀陳劉張國華體廣辺桜斉")


def test_what_is_drawn_is_not_the_box_for_missing_glyphs() -> None:
    """The typeface that is chosen for a character draws something else than its box for missing ones."""
    stack = load_theme_fonts(CardLook("sunrise"), ASSETS, TYPEFACES).stacks["name"]
    missing = {face: draw_mask(open_font(face.path, 40), "\U0010fffd") for face in stack.typefaces}
    for character in "AñệЖΩ王喆さ🎉€”":
        face = stack.find_typeface(character)
        assert face is not None
        assert draw_mask(open_font(face.path, 40), character) != missing[face]


def draw_mask(font: ImageFont.FreeTypeFont, text: str) -> bytes:
    """The pixels of a text."""
    mask = font.getmask(text)
    return repr(mask.size).encode() + bytes(mask)


def test_fonts_are_few_and_their_origin_is_told() -> None:
    """Those of the themes stay below 12 MiB, those of scripts below 4 MiB in a wheel; ORIGIN.md names each of them."""
    scripts = [path for path in FONTS if path.stem.removesuffix("-bold").removesuffix("-medium") in SCRIPT_FONTS]
    assert sum(path.stat().st_size for path in FONTS if path not in scripts) < 12 * 1024 * 1024
    assert sum(len(zlib.compress(path.read_bytes())) for path in scripts) < 4 * 1024 * 1024
    assert len(scripts) == 2 * len(SCRIPTS)
    told = set(re.findall(r"[a-z]+(?:-[a-z]+)+", (ASSETS / "fonts" / "ORIGIN.md").read_text("utf-8")))
    assert {path.stem.replace("-medium", "-bold") if path in scripts else path.stem for path in FONTS} <= told
    assert "SIL OPEN FONT LICENSE Version 1.1" in (ASSETS / "fonts" / "OFL.txt").read_text("utf-8")
