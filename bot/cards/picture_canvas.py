"""What pictures of figures are drawn with, each in a process of its own: lines of text, boxes and a shop's logo."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

from PIL import Image, ImageColor

from bot.assets import ASSETS
from bot.cards.shapes import Bounds, Colour, draw_shape, draw_text
from bot.cards.theme_fonts import compose_stack, load_typefaces
from bot.cards.typesetting import TextStyle, fit_text
from bot.cards.wording import clean_name, clean_text

WIDTH, MARGIN = 1280, 64
ROOM = WIDTH - 2 * MARGIN
PAPER, CARD, INK, QUIET = "#faf6ef", "#ffffff", "#23262b", "#78726a"
MAIN, ACCENT = "#2f7f79", "#e08a2e"
"""Of what is shown, where no shop has colours of its own."""

FONT_FILES = ("jakarta-bold", "noto-sans-bold", "noto-sans-sc-bold", "noto-emoji-bold")
"""In order of preference, character by character; scripts have fonts of their own."""

_OVERSAMPLE = 2
_LOGO_WIDTH, _LOGO_HEIGHT = 288, 96
_LINE_HEIGHT = 160
"""Pixels; more than the tallest script takes at the sizes used here, but for what is written very large."""


class PictureCanvas:
    """One picture, 1280 pixels wide; a unit is a pixel, counted from the top left.

    Args:
        height: In pixels.
    """

    def __init__(self, height: int) -> None:
        self._picture = Image.new("RGB", (WIDTH, height), PAPER)
        self._stack = compose_stack(FONT_FILES, "bold", load_typefaces(ASSETS))

    def render(self) -> bytes:
        """All of it, as PNG."""
        out = BytesIO()
        self._picture.save(out, format="png")
        return out.getvalue()

    def draw_logo(self, written: str, middle: int, gap: int) -> float:
        """A PNG in Base64 before the title, `middle` from the top; returns how much room that took with the gap behind it."""
        if not written:
            return 0
        logo = Image.open(BytesIO(b64decode(written))).convert("RGBA")
        logo.thumbnail((_LOGO_WIDTH, _LOGO_HEIGHT), Image.Resampling.LANCZOS)
        self._picture.paste(logo, (MARGIN, middle - logo.height // 2), logo)
        return logo.width + gap

    def draw_box(self, bounds: Bounds, colour: str | Colour, *, radius: float) -> None:
        """A box with round corners."""
        draw_shape(self._picture, bounds, _read(colour), lambda pencil: pencil.block(bounds, radius))

    def write(
        self,
        text: str,
        place: tuple[float, float],
        *,
        size: int,
        colour: str | Colour = INK,
        align: str = "left",
        room: float = ROOM,
        least: float = 0.8,
    ) -> None:
        """One line, the middle of its capitals, or of all it shapes, at `place`; wider than `room` it is set smaller, down to `least`, then cut."""
        if not text:
            return
        style = TextStyle(role="", colour="", size=size, floor=round(size * least), lines=1)
        height = max(_LINE_HEIGHT, 2 * size)
        setting = fit_text(clean_text(text, self._stack.covers), self._stack, style, width=room, height=height)
        stands_alone = not any(glyph.shaped for line in setting.lines for glyph in line)
        corner = (place[0], place[1] - (setting.ascent if stands_alone else setting.height) / 2)
        draw_text(self._picture, setting, corner, _read(colour), width=room, align=align, oversample=_OVERSAMPLE)

    def find_name(self, name: str, nameless: str) -> str:
        """Somebody's name as far as the fonts have it, or what stands for none."""
        return clean_name(name, self._stack.covers) or nameless


def read_colour(written: str) -> Colour:
    """A colour as `#rrggbb`."""
    red, green, blue = ImageColor.getrgb(written)[:3]
    return red, green, blue


def _read(colour: str | Colour) -> Colour:
    return read_colour(colour) if isinstance(colour, str) else colour
