"""The picture of /stats, drawn in a process of its own: `python -m bot.cards.trend < texts.json > trend.png`.

It is looked at on a telephone, 280 pixels wide: what is written is large, and there is little of it. Whatever shop's name
is on it, its fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bot.assets import ASSETS
from bot.cards.chart import read_colour
from bot.cards.colours import mix, set_off
from bot.cards.shapes import Bounds, Colour, draw_shape, draw_text
from bot.cards.theme_fonts import compose_stack, load_typefaces
from bot.cards.themes import list_theme_names, load_theme
from bot.cards.typefaces import Stack
from bot.cards.typesetting import TextStyle, fit_text
from bot.cards.wording import clean_text

WIDTH, HEIGHT, MARGIN = 1280, 1280, 64
PAPER, CARD, INK, QUIET = "#faf6ef", "#ffffff", "#23262b", "#6b665f"
USUAL = ("#2f7f79", "#e08a2e")

TITLE_MIDDLE = 104
TILES_TOP, TILE_HEIGHT, GAP = 184, 250, 28
AXIS_TITLE_MIDDLE, BARS_TOP, BARS_BOTTOM = 778, 880, 1150
DATES_MIDDLE = 1206
BAR_SHARE = 0.72
"""Of the room a week has."""

FONT_FILES = ("jakarta-bold", "noto-sans-bold", "noto-sans-sc-bold", "noto-emoji-bold")
"""In order of preference, character by character; scripts have fonts of their own."""

_OVERSAMPLE = 2
_LOGO_WIDTH, _LOGO_HEIGHT = 288, 96
_CLEAR = 3.0
"""The contrast that shapes need: WCAG 2.2, 1.4.11."""


def render_trend(texts: Mapping[str, Any]) -> bytes:
    """The picture as PNG, 1280 pixels square.

    Args:
        texts: `title`; `figures`, four of label, value and what it was in the period before; `axis_title`; `bars`, of
            height, value as written and period (0 this one, 1 the one before, 2 earlier), the oldest first; `dates`, three
            of them; `nothing` where no bar has a height. `theme`, `main` and `accent` say the colours, and `logo` is a PNG
            in Base64; those may be left out.
    """
    return _Trend(ASSETS, texts).render(texts)


class _Trend:
    """One picture; a unit is a pixel, counted from the top left."""

    def __init__(self, assets: Path, texts: Mapping[str, Any]) -> None:
        self._picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._stack: Stack = compose_stack(FONT_FILES, "bold", load_typefaces(assets))
        self._bars = _choose_colours(assets, texts)
        self._inks = [set_off(colour, read_colour(CARD)) for colour in self._bars]

    def render(self, texts: Mapping[str, Any]) -> bytes:
        """All of it, as PNG."""
        taken = self._draw_logo(texts.get("logo", ""))
        self._write(texts["title"], (MARGIN + taken, TITLE_MIDDLE), size=60, room=WIDTH - 2 * MARGIN - taken, least=0.6)
        for place, figure in enumerate(texts["figures"]):
            self._draw_tile(place, *figure)
        self._write(texts["axis_title"], (MARGIN, AXIS_TITLE_MIDDLE), size=50, least=0.7)
        if any(height for height, _, _ in texts["bars"]):
            self._draw_bars(texts["bars"])
        else:
            self._write(texts["nothing"], (MARGIN, (BARS_TOP + BARS_BOTTOM) / 2), size=48, colour=QUIET)
        self._draw_dates(texts["dates"])
        out = BytesIO()
        self._picture.save(out, format="png")
        return out.getvalue()

    def _draw_logo(self, written: str) -> float:
        """The logo before the title; returns how much room that took."""
        if not written:
            return 0
        logo = Image.open(BytesIO(b64decode(written))).convert("RGBA")
        logo.thumbnail((_LOGO_WIDTH, _LOGO_HEIGHT), Image.Resampling.LANCZOS)
        self._picture.paste(logo, (MARGIN, TITLE_MIDDLE - logo.height // 2), logo)
        return logo.width + GAP

    def _draw_tile(self, place: int, label: str, value: str, before: str) -> None:
        """Two beside each other; the label, the figure, and what it was before."""
        width = (WIDTH - 2 * MARGIN - GAP) / 2
        left, top = MARGIN + place % 2 * (width + GAP), TILES_TOP + place // 2 * (TILE_HEIGHT + GAP)
        self._draw_box((left, top, left + width, top + TILE_HEIGHT), CARD, radius=28)
        room = width - 72
        self._write(label, (left + 36, top + 54), size=46, colour=QUIET, room=room, least=0.7)
        self._write(value, (left + 36, top + 132), size=104, colour=self._inks[0], room=room, least=0.3)
        self._write(before, (left + 36, top + 208), size=44, colour=self._inks[1], room=room, least=0.7)

    def _draw_bars(self, bars: Sequence[tuple[int, str, int]]) -> None:
        room, most = (WIDTH - 2 * MARGIN) / len(bars), max(height for height, _, _ in bars)
        highest = max(range(len(bars)), key=lambda place: (bars[place][0], place))
        for place, (height, written, period) in enumerate(bars):
            left, width = MARGIN + (place + (1 - BAR_SHARE) / 2) * room, BAR_SHARE * room
            top = BARS_BOTTOM - max(8.0, (BARS_BOTTOM - BARS_TOP) * height / most)
            self._draw_box((left, top, left + width, BARS_BOTTOM), self._bars[period], radius=10)
            if place in (highest, len(bars) - 1):
                self._write_centred(written, left + width / 2, top - 32)

    def _write_centred(self, text: str, middle: float, height: float) -> None:
        """As far as the margins let it."""
        beside = min(middle - MARGIN, WIDTH - MARGIN - middle)
        align, room = ("centre", 2 * beside) if beside > 100 else ("left" if middle < WIDTH / 2 else "right", 260.0)
        left = middle - room / 2 if align == "centre" else MARGIN if align == "left" else WIDTH - MARGIN - room
        self._write(text, (left, height), size=46, room=room, align=align, least=0.6)

    def _draw_dates(self, dates: Sequence[str]) -> None:
        self._draw_box((MARGIN, BARS_BOTTOM + 6, WIDTH - MARGIN, BARS_BOTTOM + 10), QUIET, radius=2)
        third = (WIDTH - 2 * MARGIN) / 3
        for place, (written, align) in enumerate(zip(dates, ("left", "centre", "right"), strict=True)):
            at = (MARGIN + place * third, DATES_MIDDLE)
            self._write(written, at, size=44, colour=QUIET, room=third, align=align, least=0.6)

    def _draw_box(self, bounds: Bounds, colour: str | Colour, *, radius: float) -> None:
        drawn = read_colour(colour) if isinstance(colour, str) else colour
        draw_shape(self._picture, bounds, drawn, lambda pencil: pencil.block(bounds, radius))

    def _write(
        self,
        text: str,
        place: tuple[float, float],
        *,
        size: int,
        colour: str | Colour = INK,
        align: str = "left",
        room: float = WIDTH - 2 * MARGIN,
        least: float = 0.8,
    ) -> None:
        """One line, the middle of its capitals, or of all it shapes, at `place`; wider than `room` it is set smaller, down to `least`, then cut."""
        style = TextStyle(role="", colour="", size=size, floor=round(size * least), lines=1)
        setting = fit_text(clean_text(text, self._stack.covers), self._stack, style, width=room, height=2 * size)
        stands_alone = not any(glyph.shaped for line in setting.lines for glyph in line)
        corner = (place[0], place[1] - (setting.ascent if stands_alone else setting.height) / 2)
        ink = read_colour(colour) if isinstance(colour, str) else colour
        draw_text(self._picture, setting, corner, ink, width=room, align=align, oversample=_OVERSAMPLE)


def _choose_colours(assets: Path, texts: Mapping[str, Any]) -> tuple[Colour, Colour, Colour]:
    """Of this period, of the one before and of what was earlier: the shop's own, clear of the paper and of each other."""
    theme, main, accent = texts.get("theme", ""), texts.get("main", ""), texts.get("accent", "")
    usual = tuple(map(read_colour, USUAL))
    if theme in list_theme_names(assets / "themes"):
        usual = load_theme(assets / "themes", theme).colours
    paper = read_colour(PAPER)
    this = set_off(read_colour(main) if main else usual[0], paper, contrast=_CLEAR)
    before = set_off(read_colour(accent) if accent else usual[1], paper, contrast=_CLEAR)
    if abs(sum(this) - sum(before)) < 48 and max(abs(a - b) for a, b in zip(this, before, strict=True)) < 48:
        before = mix(this, paper, 0.45)
    return this, before, mix(read_colour(QUIET), paper, 0.55)


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_trend(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
