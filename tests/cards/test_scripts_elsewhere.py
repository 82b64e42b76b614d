"""On paper, charts and the page of the code alone, names of every promised script are written as on cards."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import combinations, groupby

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops

from bot.cards.pdf_canvas import UNITS, PdfCanvas
from bot.cards.qrpage import draw_qr_page
from bot.cards.themes import ROLES
from bot.cards.typefaces import Glyph, Stack
from bot.core.looks import CardLook
from tests.cards.looks import STUDIO
from tests.cards.names import NAMES, list_names
from tests.cards.samples import LINK, THEMES
from tests.cards.test_chart import cut_name, draw_names
from tests.cards.test_scripts import EDGES, draw_with_harfbuzz, measure_difference, set_line, shape
from tests.thinning import thin

MARGIN, ROW = 8.0, 34.0
"""Millimetres; a letter of 160 tenths of one is 160 pixels high at ten pixels a millimetre."""


@pytest.mark.parametrize("script", thin(NAMES, 2, step=6))
def test_paper_has_the_glyphs_that_harfbuzz_chooses(script: str) -> None:
    """Printed and looked at, each word covers the pixels that HarfBuzz's glyph numbers and places give it."""
    names = " ".join(list_names(script)).split()
    settings = [set_line(name) for name in names]
    width = max(setting.width for setting in settings) / UNITS + 2 * MARGIN
    canvas = PdfCanvas(width, ROW * len(names), "names")
    for row, setting in enumerate(settings):
        canvas.draw_text(setting, (MARGIN, row * ROW + MARGIN), (0, 0, 0), width=setting.width / UNITS)
    page = pypdfium2.PdfDocument(canvas.finish())[0].render(scale=UNITS * 25.4 / 72).to_pil().convert("L")
    for row, (name, setting) in enumerate(zip(names, settings, strict=True)):
        ours = ImageChops.invert(page.crop((0, round(row * ROW * UNITS), page.width, round((row + 1) * ROW * UNITS))))
        theirs = Image.new("L", ours.size)
        draw_with_harfbuzz(setting, theirs, (MARGIN * UNITS, MARGIN * UNITS))
        assert measure_difference(ours, theirs) < EDGES, name


@cache
def list_stacks() -> list[Stack]:
    """What texts are set with, in all themes and places."""
    return [STUDIO.get_fonts(CardLook(theme)).stacks[role] for theme in THEMES for role in ROLES]


@pytest.mark.parametrize("script", thin(NAMES, 4, step=6))
def test_no_letter_is_a_box_anywhere(script: str) -> None:
    """Whatever the theme and the place, headline, story or label, HarfBuzz finds a glyph for all of a name."""
    for stack in list_stacks():
        for word in set(" ".join(list_names(script)).split()):
            glyphs = stack.compose_glyphs(unicodedata.normalize("NFC", word))
            assert "".join(glyph.cluster for glyph in glyphs) == unicodedata.normalize("NFC", word)
            for _, run in groupby(glyphs, key=lambda glyph: (glyph.typeface, glyph.level)):
                assert all(number for number, *_ in shape_once(tuple(run)))


@cache
def shape_once(run: tuple[Glyph, ...]) -> list[tuple[int, float, float, float]]:
    """As HarfBuzz shapes it; themes share their fonts for scripts."""
    return shape(run)


@pytest.mark.parametrize("script", thin(NAMES, step=6))
def test_the_page_of_the_code_and_the_chart_write_it(script: str) -> None:
    """Under a large code a name of each script leaves ink, another one other ink, and in a chart no stand-in."""
    one, other = list_names(script)[:2]
    fonts = STUDIO.get_fonts(CardLook("sunrise"))
    captions = [draw_qr_page(LINK, fonts, name).convert("L").crop((48, 1000, 976, 1140)) for name in (one, other)]
    assert all(max(caption.tobytes()) > 180 for caption in captions)
    assert ImageChops.difference(*captions).getbbox()
    chart = draw_names(one, other, "\ue000")  # the last, which no font has, is replaced
    drawn = [cut_name(chart, row) for row in range(3)]
    assert not any(np.array_equal(*pair) for pair in combinations(drawn, 2))
