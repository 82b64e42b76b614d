"""The picture of who brought whom, drawn in a process of its own: `python -m bot.cards.tree < texts.json > tree.png`.

Whatever names are on it, their fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.picture_canvas import ACCENT, CARD, INK, MAIN, MARGIN, QUIET, WIDTH, PictureCanvas

TOP, ROW, INDENT, DOT = 176, 78, 76, 15
"""Pixels: above the first line, of a line, of a level, of the sign before a name."""

REVOKED, BRANCH = "#b4493c", "#cfc3ad"
_COLOURS = {"qualified": MAIN, "waiting": ACCENT, "revoked": REVOKED}
_STATE_WIDTH, _MORE_WIDTH = 300, 150
_LEAST = 0.7
"""What is too wide is set as much smaller, before it is cut."""


def render_tree(texts: Mapping[str, Any]) -> bytes:
    """The picture as PNG, 1280 pixels wide.

    Args:
        texts: `title`, `nameless`, and `lines`: name, level, state, the state in words, whether it is the one it is
            about, and how many more there are in words; whoever was brought below whoever brought them.
    """
    return _Tree(texts["lines"]).render(texts["title"], texts["nameless"])


class _Tree:
    """One picture."""

    def __init__(self, lines: Sequence[Sequence[Any]]) -> None:
        self._lines = lines
        self._canvas = PictureCanvas(TOP + len(lines) * ROW + MARGIN // 2)

    def render(self, title: str, nameless: str) -> bytes:
        """All of it, as PNG."""
        self._canvas.write(title, (MARGIN, 92), size=44, least=_LEAST)
        self._draw_branches()
        for place, line in enumerate(self._lines):
            self._draw_line(place, line, nameless)
        return self._canvas.render()

    def _draw_branches(self) -> None:
        """From each name to whoever stands above it, one level up."""
        for place, line in enumerate(self._lines):
            above = next((number for number in range(place - 1, -1, -1) if self._lines[number][1] == line[1] - 1), None)
            if above is None:
                continue
            x, top, end = self._find_x(line[1] - 1), self._find_y(above), self._find_y(place)
            self._canvas.draw_box((x - 2, top, x + 2, end + 2), BRANCH, radius=0)
            self._canvas.draw_box((x - 2, end - 2, self._find_x(line[1]), end + 2), BRANCH, radius=0)

    def _draw_line(self, place: int, line: Sequence[Any], nameless: str) -> None:
        name, level, state, said, is_this, more = line
        x, y = self._find_x(level), self._find_y(place)
        if is_this:
            self._canvas.draw_box(
                (x - DOT - 14, y - ROW / 2 + 6, WIDTH - MARGIN + 20, y + ROW / 2 - 6), CARD, radius=20
            )
        self._canvas.draw_box((x - DOT, y - DOT, x + DOT, y + DOT), _COLOURS.get(state, INK), radius=DOT)
        left = x + DOT + 22
        room = WIDTH - MARGIN - _STATE_WIDTH - (_MORE_WIDTH if more else 0) - left - 24
        self._canvas.write(self._canvas.find_name(name, nameless), (left, y), size=30, room=room, least=_LEAST)
        state_x = WIDTH - MARGIN - _STATE_WIDTH
        if more:
            self._write_right(more, (state_x - _MORE_WIDTH - 12, y), _MORE_WIDTH, QUIET)
        self._write_right(said, (state_x, y), _STATE_WIDTH, _COLOURS.get(state, QUIET))

    def _write_right(self, text: str, place: tuple[float, float], room: float, colour: str) -> None:
        self._canvas.write(text, place, size=24, colour=colour, room=room, align="right", least=_LEAST)

    def _find_x(self, level: int) -> float:
        return MARGIN + DOT + level * INDENT

    def _find_y(self, place: int) -> float:
        return TOP + (place + 0.5) * ROW


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_tree(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
