"""Draws what is the same on everybody's card, and the code."""

from __future__ import annotations

from PIL import Image

from bot.cards.face import CardFace
from bot.cards.layout import CARD_SIZE, Block, Pair
from bot.cards.outfit import Outfit
from bot.cards.qr import MOST_MODULES, compose_code
from bot.cards.shapes import Point, draw_shape, draw_text
from bot.cards.typesetting import Setting, TextStyle

MODULE_PIXELS = 8
_STATIC_OVERSAMPLE = 4
_FIRST_SHARES = (0.56, 0.5, 0.44)
_COMFORTABLE = 0.8


def draw_poster(face: CardFace, outfit: Outfit) -> Image.Image:
    """The card without name and code."""
    layout, palette = outfit.theme.layout, outfit.theme.palette
    image = Image.new("RGB", CARD_SIZE)
    layout.paint_backdrop(image, palette)
    _draw_monogram(image, face.brand, outfit)
    draw_block(image, face.brand, layout.brand, outfit)
    draw_pair(image, (face.headline, face.story), layout.words, outfit)
    draw_block(image, face.offer, layout.offer, outfit)
    draw_block(image, face.scan_hint, layout.hint, outfit)
    return image


def draw_code(image: Image.Image, link: str, outfit: Outfit) -> None:
    """The QR code, dark on the panel, around its centre. Raises LinkTooLong.

    Modules of 8 pixels that lie on JPEG's own grid of 8 x 8 cost a tenth of the bytes of any others and stay sharp.
    """
    x, y = outfit.theme.layout.code_centre
    mask = compose_code(link).render_mask(MODULE_PIXELS)
    place = (x - mask.width // 2, y - mask.height // 2)
    image.paste(outfit.theme.palette["code"], place, mask)


def measure_code_reach() -> int:
    """How far the largest code reaches from its centre."""
    return MOST_MODULES * MODULE_PIXELS // 2


def draw_block(image: Image.Image, text: str, block: Block, outfit: Outfit) -> None:
    """One text in its place."""
    left, top, right, bottom = block.bounds
    setting = outfit.fit(text, block.style, right - left, bottom - top)
    y = top + (bottom - top - setting.height) * block.anchor
    _draw_static(
        image, setting, (left, y), style=block.style, outfit=outfit, width=right - left, turn_degrees=block.turn_degrees
    )


def draw_pair(image: Image.Image, texts: tuple[str, str], pair: Pair, outfit: Outfit) -> None:
    """Two texts, one under the other."""
    left, top, right, bottom = pair.bounds
    width = right - left
    narrow = pair.second_width or width
    first, second = fit_pair(texts, pair, outfit)
    y = top + (bottom - top - first.height - pair.gap - second.height) * pair.anchor
    _draw_static(image, first, (left, y), style=pair.first, outfit=outfit, width=width)
    x = left + (width - narrow) / 2 if pair.second.align == "centre" else left
    _draw_static(image, second, (x, y + first.height + pair.gap), style=pair.second, outfit=outfit, width=narrow)


def fit_pair(texts: tuple[str, str], pair: Pair, outfit: Outfit) -> tuple[Setting, Setting]:
    """The first text as large as the second, in what is left of the height, remains comfortable to read."""
    left, top, right, bottom = pair.bounds
    height = bottom - top
    for share in _FIRST_SHARES:
        first = outfit.fit(texts[0], pair.first, right - left, height * share)
        rest = height - first.height - pair.gap
        second = outfit.fit(texts[1], pair.second, pair.second_width or right - left, rest)
        if second.size >= _COMFORTABLE * pair.second.size:
            break
    return first, second


def _draw_static(
    image: Image.Image,
    setting: Setting,
    place: Point,
    *,
    style: TextStyle,
    outfit: Outfit,
    width: float,
    turn_degrees: float = 0.0,
) -> None:
    draw_text(
        image,
        setting,
        place,
        outfit.theme.palette[style.colour],
        width=width,
        align=style.align,
        oversample=_STATIC_OVERSAMPLE,
        turn_degrees=turn_degrees,
    )


def _draw_monogram(image: Image.Image, brand: str, outfit: Outfit) -> None:
    monogram = outfit.theme.layout.monogram
    if monogram is None:
        return
    (x, y), radius = monogram.centre, monogram.radius
    bounds = (x - radius, y - radius, x + radius, y + radius)
    draw_shape(image, bounds, outfit.theme.palette[monogram.disc], lambda pencil: pencil.disc(monogram.centre, radius))
    letter = next((character for character in brand if character.isalnum()), "")
    setting = outfit.fit(letter.upper(), monogram.letter, 2 * radius, 2 * radius)
    place = (x - radius, y - setting.ascent / 2)
    _draw_static(image, setting, place, style=monogram.letter, outfit=outfit, width=2 * radius)
