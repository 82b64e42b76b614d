"""The card in other formats: 9:16 for a status or story, square to be saved, landscape for what a link unfolds into.

Each is made of the finished card, so that whatever a shop puts on it is on all of them.
"""

from __future__ import annotations

from functools import cache
from math import hypot

from PIL import Image, ImageFilter

from bot.cards.inks import Inks, choose_inks
from bot.cards.qr import Code
from bot.cards.shapes import Bounds, Pencil, Point, draw_shadow, draw_shape, draw_text
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import TextStyle
from bot.core.sharing import CardFormat, CardText

MOST_FORMAT_BYTES = 200_000
"""WhatsApp shows no picture above 300,000; these never travel by the thousand, as cards do."""

_EIGHTHS = {CardFormat.TALL: 7, CardFormat.SQUARE: 6}
"""Of the card's size: a module of the code, 8 pixels on the card, stays a whole number of pixels."""
_CORNER, _EDGE = 40, 3
_RINGS, _RING_VALUE = (150, 330, 510, 690, 870), 13

_WORDS: Bounds = (72, 0, 668, 0)
_CARD_CENTRE, _LAID = (946, 330), (512, 640)
_TURN_DEGREES = -5.0


def draw_format(
    card: Image.Image, code: Code, text: CardText, theme_fonts: ThemeFonts, wanted: CardFormat
) -> Image.Image:
    """A finished card of 1024 x 1280 pixels, which has this code on it, in another format."""
    if wanted is CardFormat.WIDE:
        return _draw_wide(card, text, theme_fonts)
    return _draw_framed(card, code, theme_fonts, wanted)


def _draw_framed(card: Image.Image, code: Code, theme_fonts: ThemeFonts, wanted: CardFormat) -> Image.Image:
    """The card in the middle of a field."""
    eighths, inks = _EIGHTHS[wanted], choose_inks(theme_fonts.theme.palette)
    small = card.resize((card.width * eighths // 8, card.height * eighths // 8), Image.Resampling.LANCZOS)
    _sharpen_code(small, code, theme_fonts, eighths)
    image = draw_field(wanted.size, (wanted.size[0] / 2, wanted.size[1] / 2), inks)
    place = ((image.width - small.width) // 2, (image.height - small.height) // 2)
    bounds = (*place, place[0] + small.width, place[1] + small.height)
    edge = (bounds[0] - _EDGE, bounds[1] - _EDGE, bounds[2] + _EDGE, bounds[3] + _EDGE)
    draw_shadow(image, bounds, (0, 0, 0), lambda pencil: pencil.block(bounds, _CORNER), blur=28, opacity=0.4)
    draw_shape(image, edge, inks.on_field, lambda pencil: pencil.block(edge, _CORNER + _EDGE), opacity=0.5)
    _paste_rounded(image, small, place)
    return image


def draw_field(size: tuple[int, int], centre: Point, inks: Inks) -> Image.Image:
    """One strong colour, with rings around where the card will lie."""
    image = Image.new("RGB", size, inks.field)
    rings = Image.new("L", (size[0] * 2, size[1] * 2))
    pencil = Pencil(rings, (0, 0), 2)
    for at, radius in enumerate(sorted(_RINGS, reverse=True), 1):
        pencil.disc(centre, radius, value=at * _RING_VALUE)
    image.paste(inks.on_field, (0, 0), rings.reduce(2))
    return image


def _sharpen_code(small: Image.Image, code: Code, theme_fonts: ThemeFonts, module_pixels: int) -> None:
    """Draw the code again on whole pixels: reduced with the card, its edges would be grey."""
    palette, (x, y) = theme_fonts.theme.palette, theme_fonts.theme.layout.code_centre
    mask = code.render_robust_mask(module_pixels)
    place = (x * module_pixels // 8 - mask.width // 2, y * module_pixels // 8 - mask.height // 2)
    frame = (place[0] - 2, place[1] - 2, place[0] + mask.width + 2, place[1] + mask.height + 2)
    small.paste(palette["panel"], frame)
    small.paste(palette["code"], place, mask)


def _paste_rounded(image: Image.Image, picture: Image.Image, place: tuple[int, int]) -> None:
    mask = Image.new("RGB", picture.size)
    bounds = (0, 0, *picture.size)
    draw_shape(mask, bounds, (255, 255, 255), lambda pencil: pencil.block(bounds, _CORNER))
    image.paste(picture, place, mask.getchannel("R"))


def _draw_wide(card: Image.Image, text: CardText, theme_fonts: ThemeFonts) -> Image.Image:
    """Words large enough for a preview on a phone, the card at an angle beside them."""
    inks = choose_inks(theme_fonts.theme.palette)
    image = draw_field(CardFormat.WIDE.size, _CARD_CENTRE, inks)
    _lay_card(image, card)
    _write_words(image, text, theme_fonts, inks)
    return image


def _lay_card(image: Image.Image, card: Image.Image) -> None:
    small = card.resize(_LAID, Image.Resampling.LANCZOS)
    mask, shadow = _cut_laid_card()
    sheet = Image.new("RGB", mask.size)
    sheet.paste(small, ((mask.width - small.width) // 2, (mask.height - small.height) // 2))
    corner = (_CARD_CENTRE[0] - mask.width // 2, _CARD_CENTRE[1] - mask.height // 2)
    image.paste((0, 0, 0), (corner[0], corner[1] + 8), shadow)
    image.paste(sheet.rotate(_TURN_DEGREES, Image.Resampling.BICUBIC), corner, mask)


@cache
def _cut_laid_card() -> tuple[Image.Image, Image.Image]:
    """The place of a card at an angle, and its shadow; the same on all pictures."""
    reach = round(hypot(*_LAID)) + 80
    mask = Image.new("L", (reach, reach))
    place = ((reach - _LAID[0]) // 2, (reach - _LAID[1]) // 2)
    Pencil(mask, (0, 0), 1).block((*place, place[0] + _LAID[0], place[1] + _LAID[1]), _CORNER // 2)
    turned = mask.rotate(_TURN_DEGREES, Image.Resampling.BICUBIC)
    return turned, turned.filter(ImageFilter.GaussianBlur(16)).point([round(value * 0.45) for value in range(256)])


def _write_words(image: Image.Image, text: CardText, theme_fonts: ThemeFonts, inks: Inks) -> None:
    left, _, right, _ = _WORDS
    width = right - left
    brand = TextStyle(role="label", colour="", size=38, floor=26, lines=1)
    headline = TextStyle(role="display", colour="", size=124, floor=52, lines=4, leading=1.0)
    offer = TextStyle(role="label", colour="", size=44, floor=26, lines=2, leading=1.15)
    named = theme_fonts.fit(text.brand, brand, width, 48)
    said = theme_fonts.fit(text.headline, headline, width, 304)
    given = theme_fonts.fit(text.offer, offer, width - 72, 104)
    pill = given.height + 52
    y = (image.height - named.height - 44 - said.height - 48 - pill) / 2
    for setting, gap in ((named, 44), (said, 48)):
        draw_text(image, setting, (left, y), inks.on_field, width=width, align=setting.turn("left"), oversample=2)
        y += setting.height + gap
    start = right - given.width - 72 if said.rtl else left
    around = (start, y, start + given.width + 72, y + pill)
    draw_shape(image, around, inks.accent, lambda pencil: pencil.block(around, min(pill / 2, 44)))
    place: Point = (start + 36, y + 26 + given.descent / 4)
    draw_text(image, given, place, inks.on_accent, width=given.width + 1, align=given.turn("left"), oversample=2)
