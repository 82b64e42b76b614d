"""Shapes, gradients and textures. Shapes are drawn four times as large and reduced, which smooths their edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, cos, floor, pi, sin

from PIL import Image, ImageDraw, ImageFilter

from bot.cards.typefaces import open_font
from bot.cards.typesetting import Setting
from storage.frozen import frozen

OVERSAMPLE = 4
_SHEET_MARGIN = 80
_STRIP_PIXELS = 256  # a mask of the whole card, four times as large, would take 21 MB
_GRADIENT_EDGE = 180  # what Pillow's radial gradient reaches in the middle of its sides

Colour = tuple[int, int, int]
Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the card."""


@frozen(kw_only=False)
class Sheet:
    """A picture to fill shapes and letters with, and where its corner lies on the card."""

    picture: Image.Image
    left: int
    top: int

    def crop(self, place: tuple[int, int], size: tuple[int, int]) -> Image.Image:
        """The part under a place of the card."""
        x, y = place[0] - self.left, place[1] - self.top
        return self.picture.crop((x, y, x + size[0], y + size[1]))


Fill = Colour | Sheet


class Pencil:
    """Draws on a mask in the card's own pixels, whatever the mask's scale and origin."""

    def __init__(self, mask: Image.Image, origin: Point, scale: int) -> None:
        self._draw = ImageDraw.Draw(mask)
        self._origin = origin
        self._scale = scale

    def disc(self, centre: Point, radius: float, value: int = 255) -> None:
        """A full circle."""
        x, y = centre
        self._draw.ellipse(self._place(((x - radius, y - radius), (x + radius, y + radius))), fill=value)

    def block(self, bounds: Bounds, radius: float = 0, value: int = 255) -> None:
        """A rectangle with rounded corners."""
        left, top, right, bottom = bounds
        corners = self._place(((left, top), (right, bottom)))
        corners[2:] = [corners[2] - 1, corners[3] - 1]
        self._draw.rounded_rectangle(corners, radius * self._scale, fill=value)

    def polygon(self, points: Sequence[Point], value: int = 255) -> None:
        """A polygon."""
        self._draw.polygon(self._place(points), fill=value)

    def line(self, points: Sequence[Point], width: float, value: int = 255) -> None:
        """A line through the points."""
        self._draw.line(self._place(points), fill=value, width=round(width * self._scale), joint="curve")

    def _place(self, points: Sequence[Point]) -> list[float]:
        (left, top), scale = self._origin, self._scale
        return [value for x, y in points for value in ((x - left) * scale, (y - top) * scale)]


def draw_shape(
    image: Image.Image, bounds: Bounds, fill: Fill, paint: Callable[[Pencil], None], *, opacity: float = 1.0
) -> None:
    """Fill what `paint` draws within the bounds."""
    left, top = max(0, floor(bounds[0])), max(0, floor(bounds[1]))
    right, bottom = min(image.width, ceil(bounds[2])), min(image.height, ceil(bounds[3]))
    for strip in range(top, bottom, _STRIP_PIXELS):
        height = min(_STRIP_PIXELS, bottom - strip)
        mask = Image.new("L", ((right - left) * OVERSAMPLE, height * OVERSAMPLE))
        paint(Pencil(mask, (left, strip), OVERSAMPLE))
        mask = mask.reduce(OVERSAMPLE).point([round(value * opacity) for value in range(256)])
        fill_mask(image, (left, strip), fill, mask)


def draw_shadow(
    image: Image.Image, bounds: Bounds, colour: Colour, paint: Callable[[Pencil], None], *, blur: float, opacity: float
) -> None:
    """A soft shadow of what `paint` draws within the bounds."""
    spread = ceil(2.5 * blur)
    left, top = floor(bounds[0]) - spread, floor(bounds[1]) - spread
    size = (ceil(bounds[2]) + spread - left, ceil(bounds[3]) + spread - top)
    mask = Image.new("L", size)
    paint(Pencil(mask, (left, top), 1))
    mask = mask.filter(ImageFilter.GaussianBlur(blur)).point([round(value * opacity) for value in range(256)])
    image.paste(colour, (left, top), mask)


def draw_text(
    image: Image.Image,
    setting: Setting,
    place: Point,
    fill: Fill,
    *,
    width: float,
    align: str,
    oversample: int,
    turn_degrees: float = 0.0,
) -> None:
    """A laid-out text with its capitals' top left at `place`, each line aligned within `width`."""
    if not setting.lines:
        return
    pad = ceil(setting.size * 0.6)
    left, top = floor(place[0]) - pad, floor(place[1]) - pad
    size = (ceil(width) + 2 * pad, ceil(setting.height) + 2 * pad)
    mask = Image.new("L", (size[0] * oversample, size[1] * oversample))
    draw = ImageDraw.Draw(mask)
    kinds = {(glyph.typeface, glyph.shaped) for line in setting.lines for glyph in line}
    fonts = {kind: open_font(kind[0].path, setting.size * oversample, shaped=kind[1]) for kind in kinds}
    for glyph, x, y in setting.place_glyphs(width, align):
        font = fonts[glyph.typeface, glyph.shaped]
        pen = ((place[0] - left + x) * oversample, (place[1] - top + y) * oversample)
        draw.text(pen, glyph.cluster, 255, font, anchor="ls", direction=glyph.direction)
    if turn_degrees:
        mask = mask.rotate(turn_degrees, Image.Resampling.BICUBIC)
    fill_mask(image, (left, top), fill, mask.reduce(oversample) if oversample > 1 else mask)


def list_star(centre: Point, outer: float, inner: float, points: int, *, turn: float = 0.0) -> list[Point]:
    """The corners of a star, or of a seal's scalloped edge if there are many points."""
    steps = [(n * pi / points + turn - pi / 2, outer if n % 2 == 0 else inner) for n in range(2 * points)]
    return [(centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)) for angle, radius in steps]


def fill_mask(image: Image.Image, place: tuple[int, int], fill: Fill, mask: Image.Image) -> None:
    """Lay colour or sheet on the card through a mask whose corner is at `place`."""
    image.paste(fill.crop(place, mask.size) if isinstance(fill, Sheet) else fill, place, mask)


def render_sheet(bounds: Bounds, rows: Sequence[Sequence[Colour]]) -> Sheet:
    """A mesh of colours over a place and as far around it as letters reach out."""
    left, top = floor(bounds[0]) - _SHEET_MARGIN, floor(bounds[1]) - _SHEET_MARGIN
    size = (ceil(bounds[2]) + _SHEET_MARGIN - left, ceil(bounds[3]) + _SHEET_MARGIN - top)
    return Sheet(render_mesh(size, rows), left, top)


def render_mesh(size: tuple[int, int], rows: Sequence[Sequence[Colour]]) -> Image.Image:
    """A smooth field of colours: a few given ones, evenly spread, flowing into each other."""
    small = Image.new("RGB", (len(rows[0]), len(rows)))
    small.putdata([colour for row in rows for colour in row])
    return small.resize(size, Image.Resampling.BICUBIC)


def render_glow(size: tuple[int, int], centre: Point, radius: float) -> Image.Image:
    """A mask that fades from white at the centre to black at the radius."""
    edge = round(2 * radius)
    fading = [max(0, 255 - round(value * 255 / _GRADIENT_EDGE)) for value in range(256)]
    spot = Image.radial_gradient("L").point(fading).resize((edge, edge), Image.Resampling.BICUBIC)
    mask = Image.new("L", size)
    mask.paste(spot, (round(centre[0] - radius), round(centre[1] - radius)))
    return mask
