"""A PDF under way: texts set as on cards, QR codes and panels as vectors. Everything in millimetres from the top left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby

from fpdf import FPDF
from fpdf.drawing import ClippingPath, GraphicsContext, PaintedPath
from fpdf.drawing_primitives import DeviceRGB
from fpdf.line_break import Fragment
from PIL import Image

from bot.cards.qr import Code
from bot.cards.shapes import Bounds, Colour, Point
from bot.cards.typefaces import Glyph, Typeface
from bot.cards.typesetting import Setting
from storage.frozen import frozen

UNITS = 10
"""Texts are set in tenths of a millimetre."""

_POINTS = 72 / 25.4
_HAIR = 0.1
"""Width of a cut mark."""
_CELL_BASELINE = 0.8
"""Where fpdf2 sets the baseline in a cell as high as its font is large."""


@frozen(kw_only=False)
class Ring:
    """A circle in a panel, of which what reaches over the edge is cut off."""

    centre: Point
    radius: float
    opacity: float


class _Document(FPDF):
    """Takes what it is given to shape as one run, since reading order was settled before.

    fpdf2 begins another where the script changes, and counts marks and joiners that are written in many scripts as one of
    their own: Arabic letters would not join beside a vowel mark, nor Sinhala ones around a joiner.
    """

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:  # noqa: FBT001 -- theirs
        if not self.text_shaping:
            return super()._preload_bidirectional_text(text, markdown)
        direction = self.text_shaping["direction"]
        self.text_shaping |= {"paragraph_direction": direction, "fragment_direction": direction}
        return (Fragment(text, self._get_current_graphics_state(), self.k),)


@dataclass(slots=True)
class PdfCanvas:
    """One sheet."""

    width: float
    height: float
    title: str
    _pdf: _Document = field(init=False)

    def __post_init__(self) -> None:
        self._pdf = _Document(unit="mm", format=(self.width, self.height))
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.c_margin = 0
        self._pdf.set_title(self.title)
        self._pdf.add_page()

    def finish(self) -> bytes:
        """The PDF, with the letters that are on it and no others."""
        return bytes(self._pdf.output())

    def draw_panel(self, bounds: Bounds, colour: Colour, *, radius: float, rings: tuple[Ring, ...] = ()) -> None:
        """A rounded rectangle, with rings in white."""
        left, top, right, bottom = bounds
        with self._pdf.new_path() as path:
            path.rectangle(left, top, right - left, bottom - top, radius, radius)
            _paint(path, colour)
        for ring in rings:
            clip = ClippingPath()
            clip.rectangle(left, top, right - left, bottom - top, radius, radius)
            self._draw_ring(ring, clip)

    def draw_code(self, code: Code, place: Point, side: float, colour: Colour) -> None:
        """A QR code without quiet zone, as one shape: no seams between its modules."""
        module = side / code.modules
        with self._pdf.new_path() as path:
            for x, y, width, height in list_rectangles(code):
                path.rectangle(place[0] + x * module, place[1] + y * module, width * module, height * module)
            _paint(path, colour)

    def draw_picture(self, picture: Image.Image, place: Point, width: float) -> None:
        """A picture so wide, its top left here; what is see-through of it stays so."""
        self._pdf.image(picture, *place, w=width)

    def draw_text(self, setting: Setting, place: Point, colour: Colour, *, width: float, align: str = "left") -> None:
        """A text set in tenths of a millimetre, its top left here."""
        self._pdf.set_text_color(*colour)
        for typeface, run in groupby(
            setting.place_glyphs(width * UNITS, setting.turn(align)), key=lambda placed: placed[0].typeface
        ):
            self._pdf.set_font(self._choose_font(typeface), size=setting.size / UNITS * _POINTS)
            for glyph, x, baseline in run:
                if glyph.cluster.strip():
                    self._draw_glyph(glyph, place[0] + x / UNITS, place[1] + baseline / UNITS)

    def _draw_glyph(self, glyph: Glyph, x: float, baseline: float) -> None:
        if not glyph.shaped:
            self._pdf.text(x, baseline, glyph.cluster)
            return
        self._pdf.set_text_shaping(use_shaping_engine=True, direction=glyph.direction)
        self._pdf.set_xy(x, baseline - _CELL_BASELINE * self._pdf.font_size)
        self._pdf.cell(0, self._pdf.font_size, glyph.cluster)
        self._pdf.set_text_shaping(use_shaping_engine=False)

    def turned(self, degrees: float, centre: Point) -> AbstractContextManager[None]:
        """Everything drawn within stands turned around a point."""
        return self._pdf.rotation(degrees, *centre)

    def draw_mark(self, start: Point, end: Point) -> None:
        """A hair line, to cut along."""
        self._pdf.set_line_width(_HAIR)
        self._pdf.set_draw_color(0, 0, 0)
        self._pdf.line(*start, *end)

    def _choose_font(self, typeface: Typeface) -> str:
        name = typeface.path.stem
        if name not in self._pdf.fonts:
            self._pdf.add_font(name, fname=typeface.path)
        return name

    def _draw_ring(self, ring: Ring, clip: ClippingPath) -> None:
        with self._pdf.drawing_context() as context:
            group = GraphicsContext()
            group.clipping_path = clip
            path = PaintedPath()
            path.circle(*ring.centre, ring.radius)
            _paint(path, (255, 255, 255))
            path.style.fill_opacity = ring.opacity
            group.add_item(path)
            context.add_item(group)


def list_rectangles(code: Code) -> Iterator[tuple[int, int, int, int]]:
    """The dark modules as few rectangles: runs across, merged with equal runs below; x, y, width, height."""
    side, pixels = code.modules, code.pixels.tobytes()
    open_runs: dict[tuple[int, int], int] = {}
    for y in range(side + 1):
        runs = set(_list_runs(pixels[y * side : (y + 1) * side]))
        for run in [run for run in open_runs if run not in runs]:
            top = open_runs.pop(run)
            yield run[0], top, run[1], y - top
        for run in runs:
            open_runs.setdefault(run, y)


def _list_runs(row: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            yield at, width
        at += width


def _paint(path: PaintedPath, colour: Colour) -> None:
    path.style.fill_color = DeviceRGB(*(part / 255 for part in colour))
    path.style.stroke_color = None
