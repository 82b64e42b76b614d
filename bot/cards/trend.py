"""The picture of /stats, drawn in a process of its own: `python -m bot.cards.trend < texts.json > trend.png`.

It is looked at on a telephone, 280 pixels wide: what is written is large, and there is little of it. Whatever shop's name
is on it, its fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bot.assets import ASSETS
from bot.cards.colours import mix, set_off
from bot.cards.picture_canvas import ACCENT, CARD, MAIN, MARGIN, PAPER, ROOM, WIDTH, PictureCanvas, read_colour
from bot.cards.shapes import Colour
from bot.cards.themes import list_theme_names, load_theme

HEIGHT = 1280
QUIET = "#6b665f"

TITLE_MIDDLE = 104
TILES_TOP, TILE_HEIGHT, GAP = 184, 250, 28
AXIS_TITLE_MIDDLE, BARS_TOP, BARS_BOTTOM = 778, 880, 1150
DATES_MIDDLE = 1206
BAR_SHARE = 0.72
"""Of the room a week has."""

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
    return _Trend(texts).render(texts)


class _Trend:
    """One picture."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        self._canvas = PictureCanvas(HEIGHT)
        self._bars = _choose_colours(texts)
        self._inks = [set_off(colour, read_colour(CARD)) for colour in self._bars]

    def render(self, texts: Mapping[str, Any]) -> bytes:
        """All of it, as PNG."""
        taken = self._canvas.draw_logo(texts.get("logo", ""), TITLE_MIDDLE, GAP)
        self._canvas.write(texts["title"], (MARGIN + taken, TITLE_MIDDLE), size=60, room=ROOM - taken, least=0.6)
        for place, figure in enumerate(texts["figures"]):
            self._draw_tile(place, *figure)
        self._canvas.write(texts["axis_title"], (MARGIN, AXIS_TITLE_MIDDLE), size=50, least=0.7)
        if any(height for height, _, _ in texts["bars"]):
            self._draw_bars(texts["bars"])
        else:
            middle = (BARS_TOP + BARS_BOTTOM) / 2
            self._canvas.write(texts["nothing"], (MARGIN, middle), size=48, colour=QUIET)
        self._draw_dates(texts["dates"])
        return self._canvas.render()

    def _draw_tile(self, place: int, label: str, value: str, before: str) -> None:
        """Two beside each other; the label, the figure, and what it was before."""
        width = (ROOM - GAP) / 2
        left, top = MARGIN + place % 2 * (width + GAP), TILES_TOP + place // 2 * (TILE_HEIGHT + GAP)
        self._canvas.draw_box((left, top, left + width, top + TILE_HEIGHT), CARD, radius=28)
        room = width - 72
        self._canvas.write(label, (left + 36, top + 54), size=46, colour=QUIET, room=room, least=0.7)
        self._canvas.write(value, (left + 36, top + 132), size=104, colour=self._inks[0], room=room, least=0.3)
        self._canvas.write(before, (left + 36, top + 208), size=44, colour=self._inks[1], room=room, least=0.7)

    def _draw_bars(self, bars: Sequence[tuple[int, str, int]]) -> None:
        room, most = (ROOM) / len(bars), max(height for height, _, _ in bars)
        highest = max(range(len(bars)), key=lambda place: (bars[place][0], place))
        for place, (height, written, period) in enumerate(bars):
            left, width = MARGIN + (place + (1 - BAR_SHARE) / 2) * room, BAR_SHARE * room
            top = BARS_BOTTOM - max(8.0, (BARS_BOTTOM - BARS_TOP) * height / most)
            self._canvas.draw_box((left, top, left + width, BARS_BOTTOM), self._bars[period], radius=10)
            if place in (highest, len(bars) - 1):
                self._write_centred(written, left + width / 2, top - 32)

    def _write_centred(self, text: str, middle: float, height: float) -> None:
        """As far as the margins let it."""
        beside = min(middle - MARGIN, WIDTH - MARGIN - middle)
        align, room = ("centre", 2 * beside) if beside > 100 else ("left" if middle < WIDTH / 2 else "right", 260.0)
        left = middle - room / 2 if align == "centre" else MARGIN if align == "left" else WIDTH - MARGIN - room
        self._canvas.write(text, (left, height), size=46, room=room, align=align, least=0.6)

    def _draw_dates(self, dates: Sequence[str]) -> None:
        self._canvas.draw_box((MARGIN, BARS_BOTTOM + 6, WIDTH - MARGIN, BARS_BOTTOM + 10), QUIET, radius=2)
        third = (ROOM) / 3
        for place, (written, align) in enumerate(zip(dates, ("left", "centre", "right"), strict=True)):
            at = (MARGIN + place * third, DATES_MIDDLE)
            self._canvas.write(written, at, size=44, colour=QUIET, room=third, align=align, least=0.6)


def _choose_colours(texts: Mapping[str, Any]) -> tuple[Colour, Colour, Colour]:
    """Of this period, of the one before and of what was earlier: the shop's own, clear of the paper and of each other."""
    theme, main, accent = texts.get("theme", ""), texts.get("main", ""), texts.get("accent", "")
    usual = (read_colour(MAIN), read_colour(ACCENT))
    if theme in list_theme_names(ASSETS / "themes"):
        usual = load_theme(ASSETS / "themes", theme).colours
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
