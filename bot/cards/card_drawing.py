"""Draws what is the same on everybody's card, and the code."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from bot.cards.layout import CARD_SIZE, Block, Pair
from bot.cards.qr import MOST_MODULES, compose_code
from bot.cards.shapes import Point, draw_shape, draw_text
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.sharing import CardText

MODULE_PIXELS = 8
_STATIC_OVERSAMPLE = 4
_FIRST_SHARES = (0.56, 0.5, 0.44)
_COMFORTABLE = 0.8


def draw_card_base(text: CardText, theme_fonts: ThemeFonts) -> Image.Image:
    """The card without name and code."""
    layout, palette = theme_fonts.theme.layout, theme_fonts.theme.palette
    image = Image.new("RGB", CARD_SIZE)
    layout.paint_backdrop(image, palette)
    _draw_monogram(image, text.brand, theme_fonts)
    draw_block(image, text.brand, layout.brand, theme_fonts)
    draw_pair(image, (text.headline, text.story), layout.words, theme_fonts)
    draw_block(image, text.offer, layout.offer, theme_fonts)
    draw_block(image, text.scan_hint, layout.hint, theme_fonts)
    return image


def draw_code(image: Image.Image, link: str, theme_fonts: ThemeFonts) -> None:
    """The QR code, dark on the panel, around its centre. Raises LinkTooLong.

    Modules of 8 pixels that lie on JPEG's own grid of 8 x 8 cost a tenth of the bytes of any others and stay sharp.
    """
    x, y = theme_fonts.theme.layout.code_centre
    mask = compose_code(link).render_mask(MODULE_PIXELS)
    place = (x - mask.width // 2, y - mask.height // 2)
    image.paste(theme_fonts.theme.palette["code"], place, mask)


def measure_code_reach() -> int:
    """How far the largest code reaches from its centre."""
    return MOST_MODULES * MODULE_PIXELS // 2


def draw_block(image: Image.Image, text: str, block: Block, theme_fonts: ThemeFonts) -> None:
    """One text in its place."""
    left, top, right, bottom = block.bounds
    setting = theme_fonts.fit(text, block.style, right - left, bottom - top)
    y = top + (bottom - top - setting.height) * block.anchor
    _draw_static(
        image,
        setting,
        (left, y),
        style=block.style,
        theme_fonts=theme_fonts,
        width=right - left,
        turn_degrees=block.turn_degrees,
    )


def draw_pair(image: Image.Image, texts: tuple[str, str], pair: Pair, theme_fonts: ThemeFonts) -> None:
    """Two texts, one under the other."""
    left, top, right, bottom = pair.bounds
    width = right - left
    narrow = pair.second_width or width
    first, second = fit_pair(texts, pair, theme_fonts)
    y = top + (bottom - top - first.height - pair.gap - second.height) * pair.anchor
    heading, running = (
        replace(style, align=setting.turn(style.align))
        for setting, style in ((first, pair.first), (second, pair.second))
    )
    _draw_static(image, first, (left, y), style=heading, theme_fonts=theme_fonts, width=width)
    x = left + (width - narrow) / 2 if pair.second.align == "centre" else left
    _draw_static(image, second, (x, y + first.height + pair.gap), style=running, theme_fonts=theme_fonts, width=narrow)


def fit_pair(texts: tuple[str, str], pair: Pair, theme_fonts: ThemeFonts) -> tuple[Setting, Setting]:
    """The first text as large as the second, in what is left of the height, remains comfortable to read."""
    left, top, right, bottom = pair.bounds
    height = bottom - top
    for share in _FIRST_SHARES:
        first = theme_fonts.fit(texts[0], pair.first, right - left, height * share)
        rest = height - first.height - pair.gap
        second = theme_fonts.fit(texts[1], pair.second, pair.second_width or right - left, rest)
        if second.size >= _COMFORTABLE * pair.second.size:
            break
    return first, second


def _draw_static(
    image: Image.Image,
    setting: Setting,
    place: Point,
    *,
    style: TextStyle,
    theme_fonts: ThemeFonts,
    width: float,
    turn_degrees: float = 0.0,
) -> None:
    draw_text(
        image,
        setting,
        place,
        theme_fonts.theme.palette[style.colour],
        width=width,
        align=style.align,
        oversample=_STATIC_OVERSAMPLE,
        turn_degrees=turn_degrees,
    )


def _draw_monogram(image: Image.Image, brand: str, theme_fonts: ThemeFonts) -> None:
    monogram = theme_fonts.theme.layout.monogram
    if monogram is None:
        return
    (x, y), radius = monogram.centre, monogram.radius
    bounds = (x - radius, y - radius, x + radius, y + radius)
    draw_shape(
        image, bounds, theme_fonts.theme.palette[monogram.disc], lambda pencil: pencil.disc(monogram.centre, radius)
    )
    letter = next((character for character in brand if character.isalnum()), "")
    setting = theme_fonts.fit(letter.upper(), monogram.letter, 2 * radius, 2 * radius)
    place = (x - radius, y - setting.ascent / 2)
    _draw_static(image, setting, place, style=monogram.letter, theme_fonts=theme_fonts, width=2 * radius)
