"""The QR code alone, large enough to be read across a counter."""

from __future__ import annotations

import io

from PIL import Image

from bot.cards.card_drawing import draw_block
from bot.cards.layout import Block
from bot.cards.qr import compose_code
from bot.cards.shapes import draw_shape
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import TextStyle

_PRINTED_MODULE = 12
_QUIET = 4
"""Light modules around a code (ISO/IEC 18004)."""

_SIZE = (1024, 1152)
_PANEL = (32, 32, 992, 992)
_ROOM = 912
_CAPTION = (48, 1006, 976, 1138)


def draw_qr_page(link: str, theme_fonts: ThemeFonts, caption: str) -> Image.Image:
    """The code on a light panel, the caption under it. Raises LinkTooLong."""
    palette = theme_fonts.theme.palette
    image = Image.new("RGB", _SIZE, palette["panel"])
    draw_shape(image, (0, 0, *_SIZE), palette["code"], lambda pencil: pencil.block((0, 0, *_SIZE)))
    draw_shape(image, _PANEL, palette["panel"], lambda pencil: pencil.block(_PANEL, radius=40))
    code = compose_code(link)
    mask = code.render_mask(code.fit_module(_ROOM))
    place = ((_SIZE[0] - mask.width) // 2, (_PANEL[1] + _PANEL[3] - mask.height) // 2)
    image.paste(palette["code"], place, mask)
    style = TextStyle(role="display", colour="panel", size=60, floor=22, lines=2, align="centre")
    draw_block(image, caption, Block(bounds=_CAPTION, style=style), theme_fonts)
    return image


def render_plain_code(link: str) -> bytes:
    """The code alone in black on white, as a PNG for a printer. Raises LinkTooLong."""
    mask = compose_code(link, on_paper=True).render_mask(_PRINTED_MODULE)
    edge = _PRINTED_MODULE * _QUIET
    image = Image.new("1", (mask.width + 2 * edge, mask.height + 2 * edge), 1)
    image.paste(0, (edge, edge), mask)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
