"""The shop's logo by itself, for what is no card: pages and the chart."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from bot.cards.colours import BLACK, WHITE
from bot.cards.photos import choose_chip, fit_logo, open_picture
from bot.cards.shapes import OVERSAMPLE, Colour, Pencil

LOGO_SIZE = (432, 144)
"""At most, in pixels, its plate included: three times what a page shows."""
PAGE_GROUNDS: Sequence[Colour] = ((251, 247, 241), (23, 18, 15))
"""What pages put behind it, by day and by night (assets/web/site.css)."""
CHART_GROUNDS: Sequence[Colour] = ((250, 246, 239),)
"""What the chart is drawn on."""
_PAD, _CORNER = 12, 24


def render_logo(data: bytes, grounds: Sequence[Colour]) -> bytes:
    """A kept logo as PNG, see-through around it; on a plate where it would sink into one of the grounds."""
    width, height = (side - 2 * _PAD for side in LOGO_SIZE)
    logo = fit_logo(open_picture(data), height, width)
    chips = [choose_chip(logo, Image.new("RGB", (16, 16), ground)) for ground in grounds]
    if logo.mode == "RGB":
        logo.putalpha(_cut_plate(logo.size))
    elif any(chips):
        logo = _lay_on_plate(logo, BLACK if choose_chip(logo, Image.new("RGB", (16, 16), WHITE)) == BLACK else WHITE)
    buffer = BytesIO()
    logo.save(buffer, "PNG")
    return buffer.getvalue()


def _lay_on_plate(logo: Image.Image, colour: Colour) -> Image.Image:
    size = (logo.width + 2 * _PAD, logo.height + 2 * _PAD)
    plate = Image.new("RGB", size, colour)
    plate.paste(logo, (_PAD, _PAD), logo)
    plate.putalpha(_cut_plate(size))
    return plate


def _cut_plate(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", (size[0] * OVERSAMPLE, size[1] * OVERSAMPLE))
    Pencil(mask, (0, 0), OVERSAMPLE).block((0, 0, *size), min(_CORNER, min(size) / 4))
    return mask.reduce(OVERSAMPLE)
