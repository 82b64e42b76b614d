"""The picture of /stats, drawn in a process of its own: `python -m bot.cards.chart < texts.json > chart.png`.

matplotlib stays in memory once it is imported, tens of megabytes of it; a process that ends gives them back.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from bot.assets import ASSETS
from bot.cards.typefaces import Stack, Typeface

WIDTH, MARGIN = 1280, 64
PAPER, CARD, TRACK = "#faf6ef", "#ffffff", "#efe8db"
INK, QUIET, BAR, FIRST_BAR = "#23262b", "#78726a", "#2f7f79", "#e08a2e"

TILES_TOP, TILE_HEIGHT, GAP = 172, 168, 24
ROWS_TOP, ROW = 468, 62
NAME_WIDTH = 336
OPTICAL_LIFT = 0.11
"""Of a text's size: a line looks centred when its small letters are."""

FONT_FILES = ("jakarta-bold", "noto-sans-bold", "noto-sans-sc-bold", "noto-emoji-bold")
"""In order of preference, character by character."""


def render_chart(texts: Mapping[str, Any]) -> bytes:
    """The chart as PNG, 1280 pixels wide.

    Args:
        texts: `title`, `figures` (pairs of label and number), `top_title`, `top` (name, joins, joins as written; most
            first), `nameless` and `nobody`.
    """
    return _Chart(ASSETS / "fonts", rows=max(2, len(texts["top"]))).render(texts)


class _Chart:
    """One picture; a unit is a pixel, counted from the top left."""

    def __init__(self, fonts: Path, *, rows: int) -> None:
        self._height = ROWS_TOP + rows * ROW + MARGIN
        self._figure = Figure(figsize=(WIDTH / 100, self._height / 100), dpi=100, facecolor=PAPER)
        FigureCanvasAgg(self._figure)
        self._axes: Axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, WIDTH), ylim=(self._height, 0))
        self._axes.axis("off")
        paths = [fonts / f"{name}.ttf" for name in FONT_FILES]
        self._stack = Stack([Typeface(path) for path in paths])
        self._families = [_load_family(path) for path in paths]

    def render(self, texts: Mapping[str, Any]) -> bytes:
        """All of it, as PNG."""
        self._draw_title(texts["title"])
        self._draw_tiles(texts["figures"])
        self._write(texts["top_title"], (MARGIN, ROWS_TOP - 44), size=30)
        if texts["top"]:
            self._draw_rows(texts["top"], texts["nameless"])
        else:
            self._write(texts["nobody"], (MARGIN, ROWS_TOP + ROW / 2), size=26, color=QUIET)
        out = BytesIO()
        self._figure.savefig(out, format="png")
        return out.getvalue()

    def _draw_title(self, title: str) -> None:
        self._write(title, (MARGIN, 100), size=44, room=WIDTH - 2 * MARGIN)

    def _draw_tiles(self, figures: Sequence[tuple[str, str]]) -> None:
        width = (WIDTH - 2 * MARGIN + GAP) / len(figures) - GAP
        for place, (label, value) in enumerate(figures):
            left = MARGIN + place * (width + GAP)
            self._draw_box((left, TILES_TOP), (width, TILE_HEIGHT), color=CARD, radius=22)
            self._write(value, (left + 28, TILES_TOP + 68), size=54, room=width - 56, least=0.3)
            self._write(label, (left + 28, TILES_TOP + 128), size=22, color=QUIET, room=width - 56)

    def _draw_rows(self, top: Sequence[tuple[str, int, str]], nameless: str) -> None:
        left = MARGIN + NAME_WIDTH + GAP
        widest = WIDTH - MARGIN - 110 - left
        most = max(score for _, score, _ in top)
        for place, (name, score, written) in enumerate(top):
            middle = ROWS_TOP + (place + 0.5) * ROW
            self._write(self._make_drawable(name) or nameless, (MARGIN, middle), size=26, room=NAME_WIDTH)
            self._draw_box((left, middle - 15), (widest, 30), color=TRACK, radius=15)
            bar = max(30.0, widest * score / most)
            self._draw_box((left, middle - 15), (bar, 30), color=BAR if place else FIRST_BAR, radius=15)
            self._write(written, (WIDTH - MARGIN, middle), size=26, align="right")

    def _draw_box(self, corner: tuple[float, float], size: tuple[float, float], *, color: str, radius: float) -> None:
        shape = f"round,pad=0,rounding_size={radius}"
        self._axes.add_patch(FancyBboxPatch(corner, *size, boxstyle=shape, facecolor=color, edgecolor="none"))

    def _write(
        self,
        text: str,
        place: tuple[float, float],
        *,
        size: float,
        color: str = INK,
        align: str = "left",
        room: float = WIDTH,
        least: float = 0.8,
    ) -> None:
        """One line, its middle at `place`; wider than `room` it is set smaller, down to `least` of its size, then cut."""
        points = size * 72 / 100
        font = FontProperties(family=self._families, weight="bold", size=points)
        drawn = self._axes.text(
            place[0],
            place[1] - size * OPTICAL_LIFT,
            self._make_drawable(text),
            fontproperties=font,
            color=color,
            horizontalalignment=align,
            verticalalignment="center_baseline",
            parse_math=False,
        )
        if _measure(drawn) > room:
            drawn.set_fontsize(points * max(least, room / _measure(drawn)))
        while _measure(drawn) > room:
            drawn.set_text(drawn.get_text().rstrip("…")[:-1].rstrip() + "…")

    def _make_drawable(self, text: str) -> str:
        """Without the characters that no font has, which would show as boxes."""
        return "".join(_list_drawable(self._stack, text)).strip()


def _measure(drawn: Text) -> float:
    return float(drawn.get_window_extent().width)


def _list_drawable(stack: Stack, text: str) -> Iterable[str]:
    return (character for character in text if stack.find_typeface(character))


def _load_family(path: Path) -> str:
    """Make a font file known to matplotlib and return the name of its family."""
    fontManager.addfont(path)
    return str(fontManager.ttflist[-1].name)


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_chart(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
