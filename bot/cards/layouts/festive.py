"""Festive: bunting and lights over a deep ground, an awning, a ribbon. A photo hangs there like a medal."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from math import cos, pi, sin

from PIL import Image

from bot.cards.colours import set_off
from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.layouts.roles import ROLES
from bot.cards.layouts.roles import dress as dress_in_roles
from bot.cards.schemes import Scheme
from bot.cards.shapes import (
    Bounds,
    Colour,
    Pencil,
    Point,
    Sheet,
    draw_shadow,
    draw_shape,
    list_star,
    render_glow,
    render_mesh,
)
from bot.cards.typesetting import TextStyle

_PANEL: Bounds = (48, 716, 976, 1236)
_RIBBON: Bounds = (48, 988, 500, 1196)
_NOTCH = 30
_PENNANTS = 13
_LIGHTS = 26
_MEDAL: Point = (758, 294)
_MEDAL_RADIUS = 178
_MEDAL_BOUNDS: Bounds = (580, 116, 936, 472)


def dress(scheme: Scheme) -> dict[str, Colour]:
    """The roles, and a glow of the main colour on which light words can be read."""
    return {
        **dress_in_roles(scheme),
        "glow": set_off(scheme.main, scheme.soft),
        "brand": set_off(scheme.accent, scheme.deep, set_off(scheme.main, scheme.soft)),
    }


def _paint_backdrop(image: Image.Image, palette: Palette) -> None:
    _paint_night(image, palette)
    _paint_bunting(image, palette)
    _paint_panel(image, palette)


def _paint_night(image: Image.Image, palette: Palette) -> None:
    deep = palette["deep"]
    image.paste(render_mesh(image.size, [[deep, deep], [deep, deep]]))
    glow = render_glow(image.size, (512, 640), 760).point([round(value * 0.55) for value in range(256)])
    image.paste(Image.new("RGB", image.size, palette["glow"]), (0, 0), glow)
    chance = random.Random(5)  # noqa: S311 - a texture
    for n in range(_LIGHTS):
        centre = (chance.uniform(0, 1024), chance.choice((chance.uniform(90, 260), chance.uniform(560, 720))))
        radius = chance.uniform(3, 13)
        around = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
        light = palette["accent"] if n % 3 else palette["paper"]
        draw_shape(image, around, light, partial(Pencil.disc, centre=centre, radius=radius), opacity=0.22)


def _paint_bunting(image: Image.Image, palette: Palette) -> None:
    """A cord in two bows along the upper edge, with pennants in three colours."""
    colours = (palette["accent"], palette["paper"], palette["main"])
    draw_shape(image, (0, 0, 1024, 80), palette["paper"], _trace_cord, opacity=0.8)
    for n in range(_PENNANTS):
        x = (n + 0.5) * 1024 / _PENNANTS
        pennant = ((x - 30, _hang(x - 30)), (x + 30, _hang(x + 30)), (x, _hang(x) + 58))
        around = (x - 34, 0, x + 34, 130)
        draw_shape(image, around, colours[n % 3], partial(Pencil.polygon, points=pennant))


def _hang(x: float) -> float:
    """How low the cord hangs."""
    return 8 + 30 * abs(sin(x / 1024 * 2 * pi))


def _trace_cord(pencil: Pencil) -> None:
    pencil.line([(x, _hang(x)) for x in range(0, 1025, 16)], 3)


def _paint_panel(image: Image.Image, palette: Palette) -> None:
    """A panel under an awning whose scallops go along its upper edge."""
    draw_shadow(image, _PANEL, palette["shadow"], _trace_panel, blur=24, opacity=0.5)
    draw_shape(image, _PANEL, palette["panel"], _trace_panel)
    ribbon_around = (_RIBBON[0] - 24, _RIBBON[1], _RIBBON[2] + 4, _RIBBON[3] + 26)
    draw_shape(image, ribbon_around, palette["deep"], _trace_fold)
    draw_shadow(image, ribbon_around, palette["shadow"], _trace_ribbon, blur=8, opacity=0.25)
    draw_shape(image, ribbon_around, palette["accent"], _trace_ribbon)


def _trace_panel(pencil: Pencil) -> None:
    left, top, right, bottom = _PANEL
    pencil.block((left, top + 20, right, bottom), radius=24)
    step = (right - left) / 16
    for n in range(16):
        pencil.disc((left + (n + 0.5) * step, top + 26), step / 2)


def _trace_ribbon(pencil: Pencil) -> None:
    left, top, right, bottom = _RIBBON
    middle = (top + bottom) / 2
    pencil.polygon(((left - 20, top), (right, top), (right - _NOTCH, middle), (right, bottom), (left - 20, bottom)))


def _trace_fold(pencil: Pencil) -> None:
    left, _, _, bottom = _RIBBON
    pencil.polygon(((left - 20, bottom), (left, bottom), (left, bottom + 20)))


def _paint_medal(image: Image.Image, palette: Palette, photo: Image.Image) -> None:
    left, top, right, bottom = (round(edge) for edge in _MEDAL_BOUNDS)
    around = (left - 40, top - 40, right + 40, bottom + 40)
    rim = [
        (_MEDAL[0] + radius * cos(angle), _MEDAL[1] + radius * sin(angle))
        for radius, angle in ((_MEDAL_RADIUS + (22 if n % 2 else 30), n * pi / 36) for n in range(72))
    ]
    draw_shadow(image, around, palette["shadow"], partial(Pencil.polygon, points=rim), blur=18, opacity=0.5)
    draw_shape(image, around, palette["accent"], partial(Pencil.polygon, points=rim))
    draw_shape(image, around, palette["paper"], partial(Pencil.disc, centre=_MEDAL, radius=_MEDAL_RADIUS + 8))
    disc = partial(Pencil.disc, centre=_MEDAL, radius=_MEDAL_RADIUS)
    draw_shape(image, (left, top, right, bottom), Sheet(photo, left, top), disc)
    star = list_star((_MEDAL[0] + 150, _MEDAL[1] - 150), 34, 14, 5)
    draw_shape(image, around, palette["paper"], partial(Pencil.polygon, points=star))


_HEADLINE = TextStyle(role="display", colour="paper", size=120, floor=56, lines=3, leading=0.98, align="centre")
_STORY = TextStyle(role="text", colour="soft", size=39, floor=33, lines=4, leading=1.32, align="centre")

_PLAIN = Layout(
    name="festive",
    colours=ROLES | {"glow", "brand"},
    dress=dress,
    paint_backdrop=_paint_backdrop,
    monogram=Monogram(
        centre=(512, 154),
        radius=34,
        disc="accent",
        letter=TextStyle(role="display", colour="on_accent", size=40, floor=33, lines=1, align="centre"),
    ),
    brand=Block(
        bounds=(80, 122, 944, 190),
        style=TextStyle(role="display", colour="brand", size=46, floor=33, lines=1, align="centre"),
    ),
    words=Pair(bounds=(72, 214, 952, 680), first=_HEADLINE, second=_STORY, gap=32, anchor=0.45),
    offer=Block(
        bounds=(60, 1004, 464, 1180),
        style=TextStyle(role="label", colour="on_accent", size=58, floor=33, lines=4, leading=1.12, align="centre"),
    ),
    hint=Block(
        bounds=(540, 1156, 968, 1228),
        style=TextStyle(role="label", colour="hint", size=33, floor=33, lines=2, leading=1.1, align="centre"),
        anchor=0.2,
    ),
    invitation=Pair(
        bounds=(84, 768, 500, 968),
        first=TextStyle(role="name", colour="main_ink", size=116, floor=46, lines=2, leading=0.98),
        second=TextStyle(role="label", colour="ink", size=44, floor=33, lines=2, leading=1.2),
        gap=20,
    ),
    nameless=TextStyle(role="name", colour="main_ink", size=80, floor=40, lines=3, leading=1.02),
    name_fill=lambda palette: palette["main_ink"],
    code_centre=(756, 948),
)
FESTIVE = replace(
    _PLAIN,
    pictured=replace(
        _PLAIN,
        photo=PhotoPlace(bounds=_MEDAL_BOUNDS, paint=_paint_medal),
        monogram=replace(_PLAIN.monogram, centre=(98, 152)),
        brand=replace(
            _PLAIN.brand, bounds=(150, 108, 556, 196), style=replace(_PLAIN.brand.style, align="left", lines=2)
        ),
        words=Pair(
            bounds=(64, 216, 540, 496),
            second_bounds=(64, 512, 960, 690),
            first=replace(_HEADLINE, size=88, floor=44, lines=5, align="left"),
            second=replace(_STORY, align="left"),
            gap=0,
        ),
    ),
)
