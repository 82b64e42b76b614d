"""What is printed: a sheet of ten business cards to be cut, and a poster for the counter. Each is a PDF with the member's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.cards.bidi import is_rtl
from bot.cards.inks import Inks, choose_inks
from bot.cards.pdf_canvas import UNITS, PdfCanvas, Ring
from bot.cards.qr import Code, compose_code
from bot.cards.shapes import Bounds, Colour, Point
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.sharing import CardText

SHEET = (210.0, 297.0)
"""A4, in millimetres like everything here."""
CARD = (85.0, 55.0)
COLUMNS, ROWS = 2, 5
POSTER = (148.0, 210.0)
"""A5."""

CARD_CODE = 36.0
"""Side of the code on a business card, without its quiet zone: 4 modules of the smallest version used are 4.4 mm."""
POSTER_CODE = 76.0

_MARK, _MARK_GAP = 5.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A text that was set, and where its top left goes."""

    setting: Setting
    place: Point
    width: float
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSheets:
    """Everything on the sheets, set and ready to be printed."""

    brand: str
    inks: Inks
    code: Code
    card: tuple[Piece, ...]
    poster: tuple[Piece, ...]


def lay_out_sheets(words: CardText, theme_fonts: ThemeFonts, *, name: str, link: str) -> PrintSheets:
    """Choose sizes and break lines: quick, and the only part that measures letters. Raises LinkTooLong."""
    inks = choose_inks(theme_fonts.theme.palette)
    invited = _say_invited(words, theme_fonts, name)
    return PrintSheets(
        brand=words.brand,
        inks=inks,
        code=compose_code(link, roomy=True),
        card=tuple(_set(text, theme_fonts) for text in _list_card_texts(words, inks, invited)),
        poster=tuple(_set(text, theme_fonts) for text in _list_poster_texts(words, inks, invited)),
    )


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
    _draw_pieces(canvas, sheets.poster, (0, 0))
    canvas.draw_code(sheets.code, (10, 124), POSTER_CODE, inks.code)
    return canvas.finish()


_CARD_OFFER: Bounds = (6.5, 37.5, 37.5, 49.0)
_POSTER_OFFER: Bounds = (96.0, 146.0, 138.0, 182.0)


def _list_card_texts(words: CardText, inks: Inks, invited: str) -> list[Text]:
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
            bounds=(43, 45, 82, 48.3),
            ink=inks.ink,
            anchor=0.5,
            rtl=is_rtl(words.invited_without_name),
        ),
        Text(words=words.scan_hint, style=text(23, 16, 1, "centre"), bounds=(43, 48.9, 82, 51.5), ink=inks.soft),
    ]


def _list_poster_texts(words: CardText, inks: Inks, invited: str) -> list[Text]:
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
            bounds=(96, 185, 138, 200),
            ink=inks.ink,
            anchor=1,
            rtl=is_rtl(words.invited_without_name),
        ),
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
    _draw_pieces(canvas, sheets.card, corner)
    canvas.draw_code(sheets.code, (x + 44.5, y + 4.5), CARD_CODE, inks.code)


def _draw_pieces(canvas: PdfCanvas, pieces: tuple[Piece, ...], corner: Point) -> None:
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
