"""Paper is read from a fine scan and from a poor photo; nothing of it leaves its card."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from bot.assets import ASSETS
from bot.cards.pdf_canvas import list_rectangles
from bot.cards.print_sheets import CARD, COLUMNS, POSTER, ROWS, SHEET, lay_out_sheets, render_poster
from bot.cards.qr import compose_code
from bot.cards.studio import CardStudio
from bot.cards.theme_fonts import ThemeFonts, load_theme_fonts, load_typefaces
from bot.core.looks import CardLook
from tests.cards.looks import SHELF
from tests.cards.samples import (
    CARD_TEXTS,
    HOSTILE_NAMES,
    KIND_NAMES,
    LANGUAGES,
    LINK,
    LONGEST_LINK,
    THEMES,
    compose_long_text,
    list_random_links,
)
from tests.thinning import leave_to_long, thin

cv2.setNumThreads(1)  # on two cores its threads wait for each other
MM = 1 / 25.4
LEFT, TOP = (SHEET[0] - COLUMNS * CARD[0]) / 2, (SHEET[1] - ROWS * CARD[1]) / 2


def rasterise(pdf: bytes, dpi: float) -> Image.Image:
    """The only page of a PDF."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    picture: Image.Image = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return picture


def photograph(picture: Image.Image, seed: int) -> Image.Image:
    """A poor photo: somewhat turned, out of focus, in warm dim light, noisy, and a JPEG of its own size."""
    chance = np.random.default_rng(seed)
    turned = picture.rotate(float(chance.uniform(-4, 4)), Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 80, 70))
    blurred = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), np.float64)
    lit = blurred * (0.85, 0.8, 0.7) + 12 + chance.normal(0, 8, blurred.shape)
    return Image.fromarray(lit.clip(0, 255).astype(np.uint8))


def read(picture: Image.Image) -> list[str]:
    """What zxing-cpp reads."""
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def read_with_opencv(picture: Image.Image) -> str:
    """What OpenCV, the harsh one, reads of a single code."""
    text: str = cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("L")))[0]
    return text


def list_cards(sheet: Image.Image, dpi: float) -> list[Image.Image]:
    """The sheet, cut along its marks."""
    scale = dpi * MM
    corners = [(LEFT + x * CARD[0], TOP + y * CARD[1]) for x, y in itertools.product(range(COLUMNS), range(ROWS))]
    return [
        sheet.crop((round(x * scale), round(y * scale), round((x + CARD[0]) * scale), round((y + CARD[1]) * scale)))
        for x, y in corners
    ]


@pytest.fixture(scope="module")
def theme_fonts() -> ThemeFonts:
    """One theme, dressed."""
    return load_theme_fonts(CardLook("sunrise"), ASSETS, load_typefaces(ASSETS))


@cache
def render_print_sheets(theme: str, language: str, name: str, link: str) -> tuple[bytes, bytes]:
    """Both PDFs, made once."""
    return CardStudio(ASSETS).render_print_sheets(
        replace(CARD_TEXTS[language], look=CardLook(theme)), name=name, link=link
    )


CASES = [
    (theme, LANGUAGES[n % 3], KIND_NAMES[n % len(KIND_NAMES)], LONGEST_LINK if n % 2 else LINK)
    for n, theme in enumerate(THEMES)
]


@pytest.mark.parametrize("at", thin(range(len(CASES)), step=7), ids=THEMES)
def test_every_code_is_read_from_a_fine_scan(at: int) -> None:
    """At 300 dpi both readers read all ten cards, cut apart, and the poster."""
    case = CASES[at]
    sheet, poster = (rasterise(pdf, 300) for pdf in render_print_sheets(*case))
    assert [round(side / 300 / MM) for side in sheet.size] == [*SHEET]
    assert [round(side / 300 / MM) for side in poster.size] == [*POSTER]
    assert read(sheet) == [case[3]] * 10
    for card in list_cards(sheet, 300)[::9]:
        assert read_with_opencv(card.resize((card.width // 2, card.height // 2))) == case[3]
    assert read(poster) == [case[3]]
    assert read_with_opencv(poster.resize((poster.width // 2, poster.height // 2))) == case[3]


@pytest.mark.parametrize("at", thin(range(len(CASES)), step=7), ids=THEMES)
def test_every_code_is_read_from_a_poor_photo(at: int) -> None:
    """At 72 dpi, turned, blurred and noisy, each card and the poster are read."""
    case = CASES[at]
    sheet, poster = (rasterise(pdf, 72) for pdf in render_print_sheets(*case))
    for seed, card in enumerate(list_cards(sheet, 72)[:5]):
        assert read(photograph(card, seed)) == [case[3]], seed
    for seed in range(3):
        assert read(photograph(poster, seed)) == [case[3]], seed


@pytest.mark.parametrize("at", thin(range(len(CASES)), step=7), ids=THEMES)
def test_the_quiet_zone_is_quiet(at: int) -> None:
    """Four modules around each code are white."""
    case = CASES[at]
    pictures = [rasterise(pdf, 200) for pdf in render_print_sheets(*case)]
    modules = compose_code(case[3], on_paper=True).modules
    for picture in (list_cards(pictures[0], 200)[3], pictures[1]):
        (code,) = zxingcpp.read_barcodes(picture)
        corner, end = code.position.top_left, code.position.bottom_right
        module = (end.x - corner.x) / modules
        reach = round(4 * module) - 2
        around = np.asarray(picture)[corner.y - reach : end.y + reach, corner.x - reach : end.x + reach].copy()
        around[reach - 2 : 2 - reach, reach - 2 : 2 - reach] = 255
        assert around.min() == 255


def test_nothing_comes_near_where_the_cards_are_cut() -> None:
    """Marks stand outside all cards, and within a card three millimetres along the cut are blank."""
    sheet = np.asarray(rasterise(render_print_sheets(*CASES[0])[0], 200).convert("L"))
    scale = 200 * MM
    for card in list_cards(Image.fromarray(sheet), 200):
        inner = np.asarray(card).copy()
        edge = round(3 * scale)
        inner[edge:-edge, edge:-edge] = 255
        assert inner.min() == 255
    outside = sheet.copy()
    left, top = round(LEFT * scale), round(TOP * scale)
    outside[top:-top, left:-left] = 255
    assert (outside < 128).any()


HOSTILE = ("surrogate", "emoji", "bidi", "rare hanzi", "mathematical", "endless marks", "wide")


@pytest.mark.parametrize(
    ("hostile", "language"),
    [
        *((hostile, LANGUAGES[at % 2]) for at, hostile in enumerate(HOSTILE)),
        *(leave_to_long((hostile, "zh")) for hostile in HOSTILE[1:3]),
    ],
)
def test_hostile_names_are_printed_or_left_out(theme_fonts: ThemeFonts, hostile: str, language: str) -> None:
    """Whatever a stranger is called, the poster is a poster and its code is read."""
    paper = lay_out_sheets(CARD_TEXTS[language], theme_fonts, name=HOSTILE_NAMES[hostile], link=LINK)
    assert read(rasterise(render_poster(paper), 72)) == [LINK]


@pytest.mark.parametrize("language", thin(LANGUAGES, 1))
def test_long_words_stay_in_their_places(studio: CardStudio, language: str) -> None:
    """Texts far too long are cut, not run over the code or the edge."""
    sheet, poster = studio.render_print_sheets(compose_long_text(language, "sunrise"), name="Anna", link=LONGEST_LINK)
    picture = rasterise(sheet, 150)
    assert read(picture) == [LONGEST_LINK] * 10
    edge = round(3 * 150 * MM)
    for card in list_cards(picture, 150):
        inner = np.asarray(card).copy()
        inner[edge:-edge, edge:-edge] = 255
        assert inner.min() == 255
    assert read(rasterise(poster, 150)) == [LONGEST_LINK]


@pytest.mark.parametrize("theme", thin(THEMES, 2, step=7))
def test_a_table_tent_is_read_from_both_sides(studio: CardStudio, theme: str) -> None:
    """Each half of the sheet has the code, with its quiet zone, and nothing crosses the fold but its marks."""
    text = replace(CARD_TEXTS["en"], look=CardLook(theme))
    _, tent = studio.render_shop_sheets(text, link=LINK, way_in="Open Telegram and search @kopitiga_bot")
    sheet = rasterise(tent, 100)
    half = sheet.height // 2
    for side in (sheet.crop((0, half, sheet.width, sheet.height)), sheet.crop((0, 0, sheet.width, half)).rotate(180)):
        assert read(side) == [LINK]
        assert read_with_opencv(side) == LINK
    fold = np.asarray(sheet.convert("L"))[half - 20 : half + 20, 40:-40]
    assert fold.min() > 250


@pytest.mark.parametrize("case", [CASES[0], leave_to_long((("sunrise", "zh", "王小明", LINK),))], ids=str)
def test_fonts_are_embedded_in_part_and_the_file_is_light(case: tuple[str, str, str, str]) -> None:
    """A sheet carries the letters on it; one in Chinese not four megabytes of them."""
    for pdf in render_print_sheets(*case):
        assert b"/FontFile2" in pdf
        assert b"/Image" not in pdf.replace(b"/ImageB", b"").replace(b"/ImageC", b"").replace(b"/ImageI", b"")
        assert len(pdf) < 98_000


def test_rectangles_make_the_code_again() -> None:
    """No module is lost, added or covered twice, and there are far fewer rectangles than dark modules."""
    for link in list_random_links(20, seed=3):
        code = compose_code(link, on_paper=True)
        painted = np.zeros((code.modules, code.modules), np.int64)
        rectangles = list(list_rectangles(code))
        for x, y, width, height in rectangles:
            painted[y : y + height, x : x + width] += 1
        dark = np.asarray(code.pixels) > 0
        assert (painted == dark).all()
        assert len(rectangles) < dark.sum() / 2


@pytest.mark.parametrize("logo", thin(["logo", "white logo", "square logo"], 1))
def test_the_shops_logo_stands_on_paper(logo: str) -> None:
    """Before the brand, on each of the cards and on the poster, which is still read; a logo that is gone is left out."""
    text = replace(CARD_TEXTS["en"], look=CardLook("sunrise", logo=logo))
    plain, shown = (
        CardStudio(ASSETS, find_picture=find).render_print_sheets(text, name="Anna", link=LINK)
        for find in (lambda _: None, SHELF.get)
    )
    printed = [tuple(rasterise(pdf, 100) for pdf in pair) for pair in zip(plain, shown, strict=True)]
    for without, with_logo in printed:
        assert ImageChops.difference(without, with_logo).getbbox() is not None
        assert len(read(with_logo)) == len(read(without)) > 0
    corners = [[card.crop((31, 24, 157, 52)).tobytes() for card in list_cards(sheet, 100)] for sheet in printed[0]]
    assert all(without != with_logo for without, with_logo in zip(*corners, strict=True))
