"""The picture of who brought whom, drawn in a process of its own: `python -m bot.cards.tree < texts.json > tree.png`.

Whatever names are on it, their fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from PIL import Image

from bot.assets import ASSETS
from bot.cards.chart import BAR, CARD, FIRST_BAR, FONT_FILES, INK, MARGIN, PAPER, QUIET, WIDTH
from bot.cards.chart import read_colour as read
from bot.cards.shapes import draw_shape, draw_text
from bot.cards.theme_fonts import compose_stack, load_typefaces
from bot.cards.typesetting import TextStyle, fit_text
from bot.cards.wording import clean_name, clean_text

TOP, ROW, INDENT, DOT = 176, 78, 76, 15
"""Pixels: above the first line, of a line, of a level, of the sign before a name."""

REVOKED, BRANCH = "#b4493c", "#cfc3ad"
_COLOURS = {"qualified": BAR, "waiting": FIRST_BAR, "revoked": REVOKED}
_STATE_WIDTH, _MORE_WIDTH = 300, 150


def render_tree(texts: Mapping[str, Any]) -> bytes:
    """The picture as PNG, 1280 pixels wide.

    Args:
        texts: `title`, `nameless`, and `lines`: name, level, state, the state in words, whether it is the one it is
            about, and how many more there are in words; whoever was brought below whoever brought them.
    """
    return _Tree(texts["lines"]).render(texts["title"], texts["nameless"])


class _Tree:
    """One picture; a unit is a pixel, counted from the top left."""

    def __init__(self, lines: Sequence[Sequence[Any]]) -> None:
        self._lines = lines
        self._picture = Image.new("RGB", (WIDTH, TOP + len(lines) * ROW + MARGIN // 2), PAPER)
        self._stack = compose_stack(FONT_FILES, "bold", load_typefaces(ASSETS))

    def render(self, title: str, nameless: str) -> bytes:
        """All of it, as PNG."""
        self._write(title, (MARGIN, 92), size=44, room=WIDTH - 2 * MARGIN)
        self._draw_branches()
        for place, line in enumerate(self._lines):
            self._draw_line(place, line, nameless)
        out = BytesIO()
        self._picture.save(out, format="png")
        return out.getvalue()

    def _draw_branches(self) -> None:
        """From each name to whoever stands above it, one level up."""
        for place, line in enumerate(self._lines):
            above = next((number for number in range(place - 1, -1, -1) if self._lines[number][1] == line[1] - 1), None)
            if above is None:
                continue
            x, top, end = self._find_x(line[1] - 1), self._find_y(above), self._find_y(place)
            self._box((x - 2, top, x + 2, end + 2), BRANCH, radius=0)
            self._box((x - 2, end - 2, self._find_x(line[1]), end + 2), BRANCH, radius=0)

    def _draw_line(self, place: int, line: Sequence[Any], nameless: str) -> None:
        name, level, state, said, is_this, more = line
        x, y = self._find_x(level), self._find_y(place)
        if is_this:
            self._box((x - DOT - 14, y - ROW / 2 + 6, WIDTH - MARGIN + 20, y + ROW / 2 - 6), CARD, radius=20)
        self._box((x - DOT, y - DOT, x + DOT, y + DOT), _COLOURS.get(state, INK), radius=DOT)
        left = x + DOT + 22
        room = WIDTH - MARGIN - _STATE_WIDTH - (_MORE_WIDTH if more else 0) - left - 24
        self._write(clean_name(name, self._stack.covers) or nameless, (left, y), size=30, room=room)
        if more:
            place_x = WIDTH - MARGIN - _STATE_WIDTH - _MORE_WIDTH - 12
            self._write(more, (place_x, y), size=24, colour=QUIET, room=_MORE_WIDTH, align="right")
        state_x = WIDTH - MARGIN - _STATE_WIDTH
        self._write(said, (state_x, y), size=24, colour=_COLOURS.get(state, QUIET), room=_STATE_WIDTH, align="right")

    def _find_x(self, level: int) -> float:
        return MARGIN + DOT + level * INDENT

    def _find_y(self, place: int) -> float:
        return TOP + (place + 0.5) * ROW

    def _box(self, bounds: tuple[float, float, float, float], colour: str, *, radius: float) -> None:
        draw_shape(self._picture, bounds, read(colour), lambda pencil: pencil.block(bounds, radius))

    def _write(
        self, text: str, place: tuple[float, float], *, size: int, room: float, colour: str = INK, align: str = "left"
    ) -> None:
        if not text:
            return
        style = TextStyle(role="", colour="", size=size, floor=round(size * 0.7), lines=1)
        setting = fit_text(clean_text(text, self._stack.covers), self._stack, style, width=room, height=2 * ROW)
        stands_alone = not any(glyph.shaped for line in setting.lines for glyph in line)
        corner = (place[0], place[1] - (setting.ascent if stands_alone else setting.height) / 2)
        draw_text(self._picture, setting, corner, read(colour), width=room, align=align, oversample=2)


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_tree(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
