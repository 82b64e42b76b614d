"""The picture of /stats, drawn in a process of its own: `python -m bot.cards.chart < texts.json > chart.png`.

Whatever names are on it, their fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageColor

from bot.assets import ASSETS
from bot.cards.shapes import Bounds, Colour, draw_shape, draw_text
from bot.cards.theme_fonts import compose_stack, load_typefaces
from bot.cards.typefaces import Stack
from bot.cards.typesetting import TextStyle, fit_text
from bot.cards.wording import clean_name, clean_text

WIDTH, MARGIN = 1280, 64
PAPER, CARD, TRACK = "#faf6ef", "#ffffff", "#efe8db"
INK, QUIET, BAR, FIRST_BAR = "#23262b", "#78726a", "#2f7f79", "#e08a2e"

TILES_TOP, TILE_HEIGHT, GAP = 172, 168, 24
ROWS_TOP, ROW = 468, 62
NAME_WIDTH = 336

FONT_FILES = ("jakarta-bold", "noto-sans-bold", "noto-sans-sc-bold", "noto-emoji-bold")
"""In order of preference, character by character; scripts have fonts of their own."""

_OVERSAMPLE = 2
_LOGO_WIDTH, _LOGO_HEIGHT = 288, 96


def render_chart(texts: Mapping[str, Any]) -> bytes:
    """The chart as PNG, 1280 pixels wide.

    Args:
        texts: `title`, `figures` (pairs of label and number), `top_title`, `top` (name, joins, joins as written; most
            first), `nameless` and `nobody`; `logo`, a PNG in Base64, may be left out.
    """
    return _Chart(ASSETS, rows=max(2, len(texts["top"]))).render(texts)


class _Chart:
    """One picture; a unit is a pixel, counted from the top left."""

    def __init__(self, assets: Path, *, rows: int) -> None:
        self._picture = Image.new("RGB", (WIDTH, ROWS_TOP + rows * ROW + MARGIN), PAPER)
        self._stack: Stack = compose_stack(FONT_FILES, "bold", load_typefaces(assets))

    def render(self, texts: Mapping[str, Any]) -> bytes:
        """All of it, as PNG."""
        taken = self._draw_logo(texts.get("logo", ""))
        self._write(texts["title"], (MARGIN + taken, 100), size=44, room=WIDTH - 2 * MARGIN - taken)
        self._draw_tiles(texts["figures"])
        self._write(texts["top_title"], (MARGIN, ROWS_TOP - 44), size=30)
        if texts["top"]:
            self._draw_rows(texts["top"], texts["nameless"])
        else:
            self._write(texts["nobody"], (MARGIN, ROWS_TOP + ROW / 2), size=26, colour=QUIET)
        out = BytesIO()
        self._picture.save(out, format="png")
        return out.getvalue()

    def _draw_logo(self, written: str) -> float:
        """The logo before the title; returns how much room that took."""
        if not written:
            return 0
        logo = Image.open(BytesIO(b64decode(written))).convert("RGBA")
        logo.thumbnail((_LOGO_WIDTH, _LOGO_HEIGHT), Image.Resampling.LANCZOS)
        self._picture.paste(logo, (MARGIN, 100 - logo.height // 2), logo)
        return logo.width + GAP

    def _draw_tiles(self, figures: Sequence[tuple[str, str]]) -> None:
        width = (WIDTH - 2 * MARGIN + GAP) / len(figures) - GAP
        for place, (label, value) in enumerate(figures):
            left = MARGIN + place * (width + GAP)
            self._draw_box((left, TILES_TOP, left + width, TILES_TOP + TILE_HEIGHT), CARD, radius=22)
            self._write(value, (left + 28, TILES_TOP + 68), size=54, room=width - 56, least=0.3)
            self._write(label, (left + 28, TILES_TOP + 128), size=22, colour=QUIET, room=width - 56)

    def _draw_rows(self, top: Sequence[tuple[str, int, str]], nameless: str) -> None:
        left = MARGIN + NAME_WIDTH + GAP
        widest = WIDTH - MARGIN - 110 - left
        most = max(score for _, score, _ in top)
        for place, (name, score, written) in enumerate(top):
            middle = ROWS_TOP + (place + 0.5) * ROW
            shown = clean_name(name, self._stack.covers) or nameless
            self._write(shown, (MARGIN, middle), size=26, room=NAME_WIDTH)
            self._draw_box((left, middle - 15, left + widest, middle + 15), TRACK, radius=15)
            bar = max(30.0, widest * score / most)
            self._draw_box((left, middle - 15, left + bar, middle + 15), BAR if place else FIRST_BAR, radius=15)
            self._write(written, (WIDTH - MARGIN - 110, middle), size=26, room=110, align="right")

    def _draw_box(self, bounds: Bounds, colour: str, *, radius: float) -> None:
        draw_shape(self._picture, bounds, read_colour(colour), lambda pencil: pencil.block(bounds, radius))

    def _write(
        self,
        text: str,
        place: tuple[float, float],
        *,
        size: int,
        colour: str = INK,
        align: str = "left",
        room: float = WIDTH - 2 * MARGIN,
        least: float = 0.8,
    ) -> None:
        """One line, the middle of its capitals, or of all it shapes, at `place`; wider than `room` it is set smaller, down to `least`, then cut."""
        style = TextStyle(role="", colour="", size=size, floor=round(size * least), lines=1)
        setting = fit_text(clean_text(text, self._stack.covers), self._stack, style, width=room, height=2 * ROW)
        stands_alone = not any(glyph.shaped for line in setting.lines for glyph in line)
        corner = (place[0], place[1] - (setting.ascent if stands_alone else setting.height) / 2)
        draw_text(self._picture, setting, corner, read_colour(colour), width=room, align=align, oversample=_OVERSAMPLE)


def read_colour(written: str) -> Colour:
    """A colour as `#rrggbb`."""
    red, green, blue = ImageColor.getrgb(written)[:3]
    return red, green, blue


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_chart(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
