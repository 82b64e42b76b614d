"""Salon: an evening invitation, fine gold lines on deep green, an ivory plaque with a seal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import asin, cos, pi, sin

from PIL import Image

from bot.cards.layout import Block, Layout, Pair, Palette
from bot.cards.shapes import (
    Bounds,
    Pencil,
    Point,
    Sheet,
    draw_shadow,
    draw_shape,
    list_star,
    render_glow,
    render_sheet,
)
from bot.cards.typesetting import TextStyle

_WHOLE: Bounds = (0, 0, 1024, 1280)
_FRAME: Bounds = (32, 32, 992, 1248)
_PLAQUE: Bounds = (80, 768, 944, 1208)
_INVITATION: Bounds = (92, 548, 932, 752)
_LINES = ((0, 3), (5.5, 7))
"""Where the two lines of a frame begin and end, inwards. Both lie in one row of JPEG's blocks of 8 pixels."""
_SEAL: Point = (724, 944)
_SEAL_BOUNDS: Bounds = (564, 788, 884, 1108)
_FAN: Point = (512, 768)
_FAN_TILT = 0.16
_RAYS = 23


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Night, fan, frame, plaque and seal."""
    image.paste(palette["night"], (0, 0, *image.size))
    image.paste(palette["night_glow"], (0, 0), render_glow(image.size, (512, 420), 900))
    _draw_fan(image, palette)
    draw_shape(image, _WHOLE, palette["gold"], partial(_trace_lines, bounds=_FRAME, notch=30, lines=_LINES))
    draw_shape(image, (330, 122, 694, 142), palette["gold"], partial(_trace_divider, y=132))
    plaque = partial(_trace_plaque, bounds=_PLAQUE, notch=26)
    draw_shadow(image, _PLAQUE, palette["shadow"], plaque, blur=26, opacity=0.55)
    draw_shape(image, _PLAQUE, palette["panel"], plaque)
    draw_shape(image, _PLAQUE, palette["gold"], partial(_trace_lines, bounds=_PLAQUE, notch=26, lines=_LINES[1:]))
    draw_shape(image, _SEAL_BOUNDS, render_gold(palette, _SEAL_BOUNDS), _trace_seal)
    draw_shape(image, _SEAL_BOUNDS, palette["seal_text"], _trace_seal_ring, opacity=0.8)


def _draw_fan(image: Image.Image, palette: Palette) -> None:
    rays = image.copy()
    draw_shape(rays, (0, 0, 1024, _FAN[1]), palette["gold"], _trace_fan, opacity=0.14)
    image.paste(rays, (0, 0), render_glow(image.size, _FAN, 760))


def _trace_fan(pencil: Pencil) -> None:
    for step in range(0, _RAYS, 2):
        edges = [pi + _FAN_TILT + (step + n) * (pi - 2 * _FAN_TILT) / _RAYS for n in range(2)]
        pencil.polygon((_FAN, *((_FAN[0] + 900 * cos(angle), _FAN[1] + 900 * sin(angle)) for angle in edges)))


def _trace_divider(pencil: Pencil, y: float) -> None:
    pencil.polygon(((512, y - 7), (519, y), (512, y + 7), (505, y)))
    for way in (-1, 1):
        pencil.polygon(((512 + way * 22, y - 1.8), (512 + way * 170, y), (512 + way * 22, y + 1.8)))


def _trace_plaque(pencil: Pencil, bounds: Bounds, notch: float) -> None:
    pencil.polygon(list_notched(bounds, notch))


def _trace_lines(pencil: Pencil, bounds: Bounds, notch: float, lines: Sequence[tuple[float, float]]) -> None:
    for begin, end in lines:
        pencil.polygon(list_notched(bounds, notch, inset=begin))
        pencil.polygon(list_notched(bounds, notch, inset=end), value=0)


def list_notched(bounds: Bounds, notch: float, *, inset: float = 0.0) -> list[Point]:
    """A rectangle with a quarter circle taken from each corner, or the same that much further in."""
    left, top, right, bottom = bounds
    radius = notch + inset
    spare = asin(inset / radius)
    points = []
    for quarter, (x, y) in enumerate(((left, top), (right, top), (right, bottom), (left, bottom))):
        angles = (pi / 2 - spare - n * (pi / 2 - 2 * spare) / 24 + quarter * pi / 2 for n in range(25))
        points += [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]
    return points


def _trace_seal(pencil: Pencil) -> None:
    pencil.polygon(list_star(_SEAL, 148, 139, 40))


def _trace_seal_ring(pencil: Pencil) -> None:
    pencil.disc(_SEAL, 127)
    pencil.disc(_SEAL, 125, value=0)


def render_gold(palette: Palette, bounds: Bounds) -> Sheet:
    """A sheet of gold over a place and a little around it."""
    dark, light = palette["gold"], palette["gold_light"]
    return render_sheet(bounds, [[light, dark, light], [dark, light, dark], [light, dark, light]])


SALON = Layout(
    colours=frozenset(
        {"night", "night_glow", "gold", "gold_light", "shadow", "panel", "seal_text", "brand", "headline", "story"}
        | {"phrase", "hint", "code"}
    ),
    paint_backdrop=paint_backdrop,
    brand=Block(
        bounds=(112, 66, 912, 118),
        style=TextStyle(role="label", colour="brand", size=32, floor=20, lines=1, align="centre", tracking=0.16),
    ),
    words=Pair(
        bounds=(92, 162, 932, 534),
        first=TextStyle(role="display", colour="headline", size=120, floor=52, lines=3, leading=0.94, align="centre"),
        second=TextStyle(role="text", colour="story", size=33, floor=21, lines=6, leading=1.42, align="centre"),
        gap=30,
        second_width=760,
    ),
    invitation=Pair(
        bounds=_INVITATION,
        first=TextStyle(role="name", colour="gold_light", size=124, floor=52, lines=1, align="centre"),
        second=TextStyle(role="display", colour="phrase", size=46, floor=22, lines=1, align="centre"),
        gap=18,
    ),
    nameless=TextStyle(role="name", colour="gold_light", size=104, floor=40, lines=2, leading=0.98, align="centre"),
    name_fill=partial(render_gold, bounds=_INVITATION),
    offer=Block(
        bounds=(634, 852, 814, 1036),
        style=TextStyle(role="label", colour="seal_text", size=44, floor=19, lines=5, leading=1.16, align="centre"),
    ),
    hint=Block(
        bounds=(544, 1112, 904, 1184),
        style=TextStyle(role="label", colour="hint", size=25, floor=16, lines=2, leading=1.3, align="centre"),
    ),
    code_centre=(324, 988),
)
