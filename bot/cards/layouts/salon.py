"""Salon: an evening invitation, fine gold lines on a dark ground, an ivory plaque. A photo stands in an arched window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import asin, cos, pi, sin

from PIL import Image

from bot.cards.colours import LARGE_TEXT_CONTRAST, Tone, from_tone, mix, set_off, to_tone
from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.schemes import Scheme
from bot.cards.shapes import (
    Bounds,
    Colour,
    Pencil,
    Point,
    Sheet,
    draw_shadow,
    draw_shape,
    render_glow,
    render_sheet,
)
from bot.cards.typesetting import TextStyle

_WHOLE: Bounds = (0, 0, 1024, 1280)
_FRAME: Bounds = (32, 32, 992, 1248)
_PLAQUE: Bounds = (72, 752, 952, 1220)
_INVITATION: Bounds = (92, 546, 932, 716)
_LINES = ((0, 3), (5.5, 7))
"""Where the two lines of a frame begin and end, inwards. Both lie in one row of JPEG's blocks of 8 pixels."""
_PLATE: Bounds = (532, 800, 920, 1066)
_FAN: Point = (512, 752)
_FAN_TILT = 0.16
_RAYS = 23
_TALL_PLAQUE: Bounds = (72, 690, 952, 1220)
_LOW_PLATE: Bounds = (532, 944, 920, 1180)
_WINDOW: Bounds = (600, 84, 924, 472)
_WINDOW_LINE = 7


def dress(scheme: Scheme) -> dict[str, Colour]:
    """A dark ground of the main colour; the accent as metal."""
    tone, metal = to_tone(scheme.main), to_tone(scheme.accent)
    chroma = min(tone.chroma, 0.075)
    night = from_tone(Tone(0.2, chroma * 0.6, tone.hue))
    glow = from_tone(Tone(0.345, chroma, tone.hue))
    gold = set_off(from_tone(Tone(0.72, min(0.13, metal.chroma), metal.hue)), glow, contrast=LARGE_TEXT_CONTRAST)
    light = from_tone(Tone(0.91, min(0.08, metal.chroma), metal.hue))
    panel = mix(scheme.paper, light, 0.12)
    ink = set_off(from_tone(Tone(0.28, 0.05, metal.hue)), gold)
    return {
        "night": night,
        "night_glow": glow,
        "gold": gold,
        "gold_light": light,
        "shadow": (2, 2, 4),
        "panel": panel,
        "seal_text": ink,
        "brand": set_off(light, glow),
        "headline": set_off(scheme.paper, glow),
        "story": set_off(mix(scheme.paper, glow, 0.12), glow),
        "phrase": set_off(scheme.paper, glow),
        "plaque_name": set_off(mix(gold, ink, 0.35), panel),
        "hint": set_off(mix(scheme.ink, glow, 0.3), panel),
        "code": scheme.ink,
    }


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Night, fan, frame, plaque and plate."""
    _paint_night(image, palette)
    _draw_fan(image, palette)
    draw_shape(image, (330, 126, 694, 146), palette["gold"], partial(_trace_divider, y=136))
    _paint_plaque(image, palette, _PLAQUE, _PLATE)


def _paint_pictured(image: Image.Image, palette: Palette) -> None:
    _paint_night(image, palette)
    _paint_plaque(image, palette, _TALL_PLAQUE, _LOW_PLATE)


def _paint_night(image: Image.Image, palette: Palette) -> None:
    image.paste(palette["night"], (0, 0, *image.size))
    image.paste(palette["night_glow"], (0, 0), render_glow(image.size, (512, 420), 900))
    draw_shape(image, _WHOLE, palette["gold"], partial(_trace_lines, bounds=_FRAME, notch=30, lines=_LINES))


def _paint_plaque(image: Image.Image, palette: Palette, bounds: Bounds, plate: Bounds) -> None:
    plaque = partial(_trace_plaque, bounds=bounds, notch=26)
    draw_shadow(image, bounds, palette["shadow"], plaque, blur=26, opacity=0.55)
    draw_shape(image, bounds, palette["panel"], plaque)
    draw_shape(image, bounds, palette["gold"], partial(_trace_lines, bounds=bounds, notch=26, lines=_LINES[1:]))
    draw_shape(image, plate, render_gold(palette, plate), partial(_trace_plaque, bounds=plate, notch=18))
    lines = partial(_trace_lines, bounds=plate, notch=18, lines=((8, 10),))
    draw_shape(image, plate, palette["seal_text"], lines, opacity=0.7)


def _paint_window(image: Image.Image, palette: Palette, photo: Image.Image) -> None:
    left, top, right, bottom = (round(edge) for edge in _WINDOW)
    around = (left - 20, top - 20, right + 20, bottom + 20)
    draw_shape(image, around, palette["gold"], partial(_trace_arch, spread=_WINDOW_LINE + 7))
    draw_shape(image, around, palette["night"], partial(_trace_arch, spread=_WINDOW_LINE + 4))
    draw_shape(image, around, palette["gold"], partial(_trace_arch, spread=_WINDOW_LINE - 1))
    draw_shape(image, (left, top, right, bottom), Sheet(photo, left, top), _trace_arch)


def _trace_arch(pencil: Pencil, spread: float = 0) -> None:
    left, top, right, bottom = _WINDOW
    radius = (right - left) / 2
    pencil.disc(((left + right) / 2, top + radius), radius + spread)
    pencil.block((left - spread, top + radius, right + spread, bottom + spread))


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


def render_gold(palette: Palette, bounds: Bounds) -> Sheet:
    """A sheet of gold over a place and a little around it."""
    dark, light = palette["gold"], palette["gold_light"]
    return render_sheet(bounds, [[light, dark, light], [dark, light, dark], [light, dark, light]])


_HEADLINE = TextStyle(role="display", colour="headline", size=112, floor=52, lines=3, leading=0.94, align="centre")
_STORY = TextStyle(role="text", colour="story", size=37, floor=33, lines=4, leading=1.32, align="centre")
_BRAND = TextStyle(role="label", colour="brand", size=38, floor=33, lines=1, align="centre", tracking=0.12)
_OFFER = TextStyle(role="label", colour="seal_text", size=56, floor=33, lines=5, leading=1.14, align="centre")
_HINT = TextStyle(role="label", colour="hint", size=33, floor=33, lines=3, leading=1.16, align="centre")

_PLAIN = Layout(
    name="salon",
    colours=frozenset(
        {"night", "night_glow", "gold", "gold_light", "shadow", "panel", "seal_text", "brand", "headline", "story"}
        | {"phrase", "plaque_name", "hint", "code"}
    ),
    dress=dress,
    paint_backdrop=paint_backdrop,
    monogram=Monogram(
        centre=(512, 92),
        radius=32,
        disc="gold",
        letter=TextStyle(role="label", colour="seal_text", size=36, floor=33, lines=1, align="centre"),
    ),
    brand=Block(bounds=(112, 62, 912, 120), style=_BRAND),
    words=Pair(bounds=(84, 168, 940, 506), first=_HEADLINE, second=_STORY, gap=26),
    invitation=Pair(
        bounds=_INVITATION,
        first=TextStyle(role="name", colour="gold_light", size=124, floor=56, lines=1, align="centre"),
        second=TextStyle(role="display", colour="phrase", size=52, floor=33, lines=1, align="centre"),
        gap=18,
    ),
    nameless=TextStyle(role="name", colour="gold_light", size=104, floor=40, lines=2, leading=0.98, align="centre"),
    name_fill=partial(render_gold, bounds=_INVITATION),
    offer=Block(bounds=(560, 832, 892, 1034), style=_OFFER),
    hint=Block(bounds=(532, 1082, 920, 1202), style=_HINT, anchor=0.3),
    code_centre=(316, 988),
)
SALON = replace(
    _PLAIN,
    pictured=replace(
        _PLAIN,
        paint_backdrop=_paint_pictured,
        photo=PhotoPlace(bounds=_WINDOW, paint=_paint_window),
        monogram=replace(_PLAIN.monogram, centre=(330, 104)),
        brand=Block(bounds=(72, 60, 580, 150), style=replace(_BRAND, lines=2, tracking=0.08)),
        words=Pair(
            bounds=(76, 170, 572, 482),
            second_bounds=(76, 496, 948, 672),
            first=replace(_HEADLINE, size=92, floor=44, lines=5),
            second=_STORY,
            gap=0,
            anchor=0.35,
        ),
        invitation=Pair(
            bounds=(528, 728, 924, 932),
            first=TextStyle(
                role="name", colour="plaque_name", size=104, floor=46, lines=2, leading=0.9, align="centre"
            ),
            second=TextStyle(role="display", colour="code", size=46, floor=33, lines=1, align="centre"),
            gap=14,
        ),
        nameless=TextStyle(role="name", colour="plaque_name", size=84, floor=40, lines=3, leading=0.98, align="centre"),
        name_fill=lambda palette: palette["plaque_name"],
        offer=Block(bounds=(560, 974, 892, 1150), style=_OFFER),
        hint=Block(bounds=(100, 1136, 528, 1206), style=replace(_HINT, lines=2, leading=1.1), anchor=0.1),
        code_centre=(316, 916),
    ),
)
