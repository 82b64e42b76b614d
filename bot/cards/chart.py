"""The picture of /stats, drawn in a process of its own: `python -m bot.cards.chart < texts.json > chart.png`.

Whatever names are on it, their fonts are gone from memory when the process ends.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.picture_canvas import ACCENT, CARD, MAIN, MARGIN, QUIET, ROOM, WIDTH, PictureCanvas

TRACK = "#efe8db"

TITLE_MIDDLE = 100
TILES_TOP, TILE_HEIGHT, GAP = 172, 168, 24
ROWS_TOP, ROW = 468, 62
NAME_WIDTH = 336


def render_chart(texts: Mapping[str, Any]) -> bytes:
    """The chart as PNG, 1280 pixels wide.

    Args:
        texts: `title`, `figures` (pairs of label and number), `top_title`, `top` (name, joins, joins as written; most
            first), `nameless` and `nobody`; `logo`, a PNG in Base64, may be left out.
    """
    canvas = PictureCanvas(ROWS_TOP + max(2, len(texts["top"])) * ROW + MARGIN)
    taken = canvas.draw_logo(texts.get("logo", ""), TITLE_MIDDLE, GAP)
    canvas.write(texts["title"], (MARGIN + taken, TITLE_MIDDLE), size=44, room=ROOM - taken)
    _draw_tiles(canvas, texts["figures"])
    canvas.write(texts["top_title"], (MARGIN, ROWS_TOP - 44), size=30)
    if texts["top"]:
        _draw_rows(canvas, texts["top"], texts["nameless"])
    else:
        canvas.write(texts["nobody"], (MARGIN, ROWS_TOP + ROW / 2), size=26, colour=QUIET)
    return canvas.render()


def _draw_tiles(canvas: PictureCanvas, figures: Sequence[tuple[str, str]]) -> None:
    width = (ROOM + GAP) / len(figures) - GAP
    for place, (label, value) in enumerate(figures):
        left = MARGIN + place * (width + GAP)
        canvas.draw_box((left, TILES_TOP, left + width, TILES_TOP + TILE_HEIGHT), CARD, radius=22)
        canvas.write(value, (left + 28, TILES_TOP + 68), size=54, room=width - 56, least=0.3)
        canvas.write(label, (left + 28, TILES_TOP + 128), size=22, colour=QUIET, room=width - 56)


def _draw_rows(canvas: PictureCanvas, top: Sequence[tuple[str, int, str]], nameless: str) -> None:
    left = MARGIN + NAME_WIDTH + GAP
    widest = WIDTH - MARGIN - 110 - left
    most = max(score for _, score, _ in top)
    for place, (name, score, written) in enumerate(top):
        middle = ROWS_TOP + (place + 0.5) * ROW
        canvas.write(canvas.find_name(name, nameless), (MARGIN, middle), size=26, room=NAME_WIDTH)
        canvas.draw_box((left, middle - 15, left + widest, middle + 15), TRACK, radius=15)
        bar = max(30.0, widest * score / most)
        canvas.draw_box((left, middle - 15, left + bar, middle + 15), MAIN if place else ACCENT, radius=15)
        canvas.write(written, (WIDTH - MARGIN - 110, middle), size=26, room=110, align="right")


def main() -> None:
    """Texts from standard input, the picture to standard output."""
    sys.stdout.buffer.write(render_chart(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
