"""What is printed: a sheet of ten business cards to be cut, a poster for the counter, a table tent. Each is a PDF with a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from bot.cards.bidi import is_rtl
from bot.cards.inks import Inks, choose_inks
from bot.cards.pdf_canvas import UNITS, PdfCanvas, Ring
from bot.cards.photos import choose_chip, fit_logo
from bot.cards.qr import Code, compose_code
from bot.cards.shapes import Bounds, Colour, Point
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.sharing import CardText
from storage.frozen import frozen

SHEET = (210.0, 297.0)
"""A4, in millimetres like everything here."""
CARD = (85.0, 55.0)
COLUMNS, ROWS = 2, 5
POSTER = (148.0, 210.0)
"""A5."""

CARD_CODE = 34.0
"""Side of the code on a business card, without its quiet zone: 4 modules of the smallest version used are 4.1 mm."""
POSTER_CODE = 76.0
TENT_CODE = 70.0

_MARK, _MARK_GAP = 5.0, 2.0
_LOGO_HEIGHT, _LOGO_WIDTH = 1.5, 3.0
"""At most, in heights of the brand's row."""
_LOGO_GAP = 1.6
_LOGO_PIXELS = (240, 720)
"""Height and width at most: 500 pixels an inch on the poster."""


@frozen
class Text:
    """A text and its place: which words, how set, in which ink."""

    words: str
    style: TextStyle
    bounds: Bounds
    ink: Colour
    anchor: float = 0.0
    """Where it stands in spare height: 0 top, 0.5 middle, 1 bottom."""
    rtl: bool | None = None
    """In which direction it is read, if not as its first letter is."""


@frozen
class Piece:
    """A text that was set, and where its top left goes."""

    setting: Setting
    place: Point
    width: float
    text: Text


@frozen
class PrintSheets:
    """Everything on the sheets, set and ready to be printed."""

    brand: str
    inks: Inks
    code: Code
    logo: Image.Image | None
    """Stands before the brand."""
    card: tuple[Piece, ...]
    poster: tuple[Piece, ...]
    tent: tuple[Piece, ...]


def lay_out_sheets(words: CardText, theme_fonts: ThemeFonts, *, name: str, link: str, way_in: str = "") -> PrintSheets:
    """Choose sizes and break lines: quick, and the only part that measures letters. Raises LinkTooLong.

    Args:
        words: What the campaign says.
        theme_fonts: How it looks.
        name: Whose sheets these are; empty for the shop's own.
        link: What the code says.
        way_in: How to come without scanning.
    """
    inks = choose_inks(theme_fonts.theme.palette)
    invited = _say_invited(words, theme_fonts, name)
    logo = _prepare_logo(theme_fonts.open_pictures().logo, inks.field)
    card, poster, tent = (
        tuple(_set(text, theme_fonts) for text in _give_room(texts, logo))
        for texts in (
            _list_card_texts(words, inks, invited, way_in),
            _list_poster_texts(words, inks, invited, way_in),
            _list_tent_texts(words, inks, way_in),
        )
    )
    code = compose_code(link, on_paper=True)
    return PrintSheets(brand=words.brand, inks=inks, code=code, logo=logo, card=card, poster=poster, tent=tent)


def _prepare_logo(logo: Image.Image | None, field: Colour) -> Image.Image | None:
    """The logo as large as print needs, on a chip where it would sink into the field."""
    if logo is None:
        return None
    small = fit_logo(logo, *_LOGO_PIXELS)
    chip = choose_chip(small, Image.new("RGB", small.size, field))
    if chip is None:
        return small
    pad = small.height // 8
    ground = Image.new("RGB", (small.width + 2 * pad, small.height + 2 * pad), chip)
    ground.paste(small.convert("RGB"), (pad, pad), small.getchannel("A"))
    return ground


def _give_room(texts: list[Text], logo: Image.Image | None) -> list[Text]:
    """The brand, which is the first of the texts, begins after the logo."""
    if logo is None:
        return texts
    brand, *others = texts
    left, top, right, bottom = brand.bounds
    width, _ = _measure_logo(logo, bottom - top)
    return [replace(brand, bounds=(left + width + _LOGO_GAP, top, right, bottom), anchor=0.5), *others]


def _measure_logo(logo: Image.Image, row: float) -> tuple[float, float]:
    """Width and height of the logo beside a row of this height."""
    scale = min(_LOGO_HEIGHT * row / logo.height, _LOGO_WIDTH * row / logo.width)
    return logo.width * scale, logo.height * scale


def render_business_cards(sheets: PrintSheets) -> bytes:
    """A PDF: A4 with ten business cards of 85 x 55 mm and marks to cut along, all of them outside the cards."""
    canvas = PdfCanvas(*SHEET, title=sheets.brand)
    left, top = ((SHEET[axis] - (COLUMNS, ROWS)[axis] * CARD[axis]) / 2 for axis in (0, 1))
    for row in range(ROWS):
        for column in range(COLUMNS):
            _draw_card(canvas, sheets, (left + column * CARD[0], top + row * CARD[1]))
    _draw_marks(canvas, left, top)
    return canvas.finish()


def render_poster(sheets: PrintSheets) -> bytes:
    """A PDF: A5, to stand on a counter."""
    canvas, inks = PdfCanvas(*POSTER, title=sheets.brand), sheets.inks
    rings = tuple(Ring((127, 20), radius, 0.07) for radius in (16, 30, 44, 58))
    canvas.draw_panel((10, 10, 138, 112), inks.field, radius=6, rings=rings)
    canvas.draw_panel(_POSTER_OFFER, inks.accent, radius=4)
    _draw_pieces(canvas, sheets.poster, (0, 0), sheets.logo)
    canvas.draw_code(sheets.code, (10, 124), POSTER_CODE, inks.code)
    return canvas.finish()


def render_tent(sheets: PrintSheets) -> bytes:
    """A PDF: A4, folded in the middle, to stand on a table and be read from both sides."""
    canvas, middle = PdfCanvas(*SHEET, title=sheets.brand), SHEET[1] / 2
    _draw_tent_side(canvas, sheets, middle)
    with canvas.turned(180, (SHEET[0] / 2, middle)):
        _draw_tent_side(canvas, sheets, middle)
    canvas.draw_mark((0, middle), (_MARK, middle))
    canvas.draw_mark((SHEET[0] - _MARK, middle), (SHEET[0], middle))
    return canvas.finish()


def _draw_tent_side(canvas: PdfCanvas, sheets: PrintSheets, top: float) -> None:
    inks = sheets.inks
    rings = tuple(Ring((106, top + 22), radius, 0.07) for radius in (14, 28, 42, 56))
    canvas.draw_panel((10, top + 12, 112, top + 136), inks.field, radius=6, rings=rings)
    left, upper, right, lower = _TENT_OFFER
    canvas.draw_panel((left, top + upper, right, top + lower), inks.accent, radius=4)
    _draw_pieces(canvas, sheets.tent, (0, top), sheets.logo)
    canvas.draw_code(sheets.code, (125, top + 14), TENT_CODE, inks.code)


_TENT_OFFER: Bounds = (18.0, 106.0, 104.0, 128.0)
_CARD_OFFER: Bounds = (6.5, 37.5, 37.5, 49.0)
_POSTER_OFFER: Bounds = (96.0, 146.0, 138.0, 182.0)


def _list_card_texts(words: CardText, inks: Inks, invited: str, way_in: str) -> list[Text]:
    display, text, label = (_style_maker(role) for role in ("display", "text", "label"))
    left, top, right, bottom = _CARD_OFFER
    return [
        Text(words=words.brand, style=label(34, 20, 1), bounds=(8, 8, 36.5, 12), ink=inks.on_field),
        Text(words=words.headline, style=display(56, 30, 4), bounds=(8, 15, 36.5, 35), ink=inks.on_field, anchor=0.4),
        Text(
            words=words.offer,
            style=text(28, 19, 4, "centre"),
            bounds=(left + 1.5, top + 1, right - 1.5, bottom - 1),
            ink=inks.on_accent,
            anchor=0.5,
        ),
        Text(
            words=invited,
            style=label(30, 18, 1, "centre"),
            bounds=(43.3, 42.8, 81.7, 45.7),
            ink=inks.ink,
            anchor=0.5,
            rtl=is_rtl(words.invited_without_name),
        ),
        Text(words=words.scan_hint, style=text(22, 16, 1, "centre"), bounds=(43.3, 46.2, 81.7, 48.4), ink=inks.soft),
        Text(words=way_in, style=text(15, 11, 2, "centre"), bounds=(43.3, 48.7, 81.7, 51.7), ink=inks.soft, anchor=1),
    ]


def _list_poster_texts(words: CardText, inks: Inks, invited: str, way_in: str) -> list[Text]:
    display, text, label = (_style_maker(role) for role in ("display", "text", "label"))
    left, top, right, bottom = _POSTER_OFFER
    return [
        Text(words=words.brand, style=label(66, 36, 1), bounds=(20, 21, 128, 29), ink=inks.on_field),
        Text(words=words.headline, style=display(170, 80, 3), bounds=(20, 35, 128, 76), ink=inks.on_field, anchor=0.3),
        Text(words=words.story, style=text(52, 34, 5), bounds=(20, 79, 128, 103), ink=inks.on_field, anchor=1),
        Text(
            words=words.offer,
            style=text(56, 32, 5, "centre"),
            bounds=(left + 3, top + 3, right - 3, bottom - 3),
            ink=inks.on_accent,
            anchor=0.5,
        ),
        Text(words=words.scan_hint, style=display(92, 44, 3), bounds=(96, 124, 138, 142), ink=inks.ink),
        Text(
            words=invited,
            style=label(50, 28, 3),
            bounds=(96, 184.5, 138, 192),
            ink=inks.ink,
            anchor=0.5,
            rtl=is_rtl(words.invited_without_name),
        ),
        Text(words=way_in, style=text(28, 20, 4), bounds=(96, 192.5, 138, 204), ink=inks.soft, anchor=1),
    ]


def _list_tent_texts(words: CardText, inks: Inks, way_in: str) -> list[Text]:
    display, text, label = (_style_maker(role) for role in ("display", "text", "label"))
    left, top, right, bottom = _TENT_OFFER
    return [
        Text(words=words.brand, style=label(60, 34, 1), bounds=(18, 21, 104, 28), ink=inks.on_field),
        Text(words=words.headline, style=display(150, 70, 4), bounds=(18, 34, 104, 76), ink=inks.on_field, anchor=0.3),
        Text(words=words.story, style=text(44, 30, 5), bounds=(18, 78, 104, 101), ink=inks.on_field, anchor=1),
        Text(
            words=words.offer,
            style=label(74, 40, 2, "centre"),
            bounds=(left + 3, top + 3, right - 3, bottom - 3),
            ink=inks.on_accent,
            anchor=0.5,
        ),
        Text(words=words.scan_hint, style=display(80, 40, 2), bounds=(125, 97, 200, 113), ink=inks.ink, anchor=0.5),
        Text(words=way_in, style=text(38, 26, 4), bounds=(125, 115, 200, 134), ink=inks.soft),
    ]


def _style_maker(role: str) -> Callable[..., TextStyle]:
    def make(size: int, floor: int, lines: int, align: str = "left") -> TextStyle:
        return TextStyle(role=role, colour="", size=size, floor=floor, lines=lines, align=align, leading=1.16)

    return make


def _say_invited(words: CardText, theme_fonts: ThemeFonts, name: str) -> str:
    drawn = theme_fonts.clean_name(name)
    return words.invited_by.replace("{name}", drawn) if drawn else words.invited_without_name


def _set(text: Text, theme_fonts: ThemeFonts) -> Piece:
    left, top, right, bottom = text.bounds
    width, height = right - left, bottom - top
    setting = theme_fonts.fit(text.words, text.style, width * UNITS, height * UNITS, rtl=text.rtl)
    y = top + (height - setting.height / UNITS) * text.anchor
    return Piece(setting=setting, place=(left, y), width=width, text=text)


def _draw_card(canvas: PdfCanvas, sheets: PrintSheets, corner: Point) -> None:
    x, y = corner
    inks = sheets.inks
    rings = tuple(Ring((x + 38, y + 6), radius, 0.07) for radius in (7, 13, 19))
    canvas.draw_panel((x + 4, y + 4, x + 40, y + 51), inks.field, radius=3, rings=rings)
    left, top, right, bottom = _CARD_OFFER
    canvas.draw_panel((x + left, y + top, x + right, y + bottom), inks.accent, radius=1.8)
    _draw_pieces(canvas, sheets.card, corner, sheets.logo)
    canvas.draw_code(sheets.code, (x + 45.5, y + 4.5), CARD_CODE, inks.code)


def _draw_pieces(canvas: PdfCanvas, pieces: tuple[Piece, ...], corner: Point, logo: Image.Image | None) -> None:
    if logo is not None:
        left, top, _, bottom = pieces[0].text.bounds
        width, height = _measure_logo(logo, bottom - top)
        place = (corner[0] + left - _LOGO_GAP - width, corner[1] + (top + bottom - height) / 2)
        canvas.draw_picture(logo, place, width)
    for piece in pieces:
        place = (corner[0] + piece.place[0], corner[1] + piece.place[1])
        canvas.draw_text(piece.setting, place, piece.text.ink, width=piece.width, align=piece.text.style.align)


def _draw_marks(canvas: PdfCanvas, left: float, top: float) -> None:
    right, bottom = SHEET[0] - left, SHEET[1] - top
    for column in range(COLUMNS + 1):
        x = left + column * CARD[0]
        canvas.draw_mark((x, top - _MARK_GAP - _MARK), (x, top - _MARK_GAP))
        canvas.draw_mark((x, bottom + _MARK_GAP), (x, bottom + _MARK_GAP + _MARK))
    for row in range(ROWS + 1):
        y = top + row * CARD[1]
        canvas.draw_mark((left - _MARK_GAP - _MARK, y), (left - _MARK_GAP, y))
        canvas.draw_mark((right + _MARK_GAP, y), (right + _MARK_GAP + _MARK, y))
