"""Sunrise: a paper poster, a sun of rings rising behind a ticket."""

from __future__ import annotations

import random
from functools import partial

from PIL import Image

from bot.cards.layout import Block, Layout, Monogram, Pair, Palette
from bot.cards.shapes import Bounds, Pencil, Point, draw_shadow, draw_shape, render_mesh
from bot.cards.typesetting import TextStyle

_TICKET: Bounds = (48, 744, 976, 1228)
_FOLD_X = 520
_COUPON: Bounds = (88, 1060, 490, 1188)
_SUN: Point = (816, 770)
_RINGS = ((304, "ring_1"), (240, "ring_2"), (176, "ring_3"), (112, "ring_4"))


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Paper, sun, ticket and coupon."""
    light, dark = palette["paper"], palette["paper_edge"]
    image.paste(render_mesh(image.size, [[light, light, light], [light, light, dark], [light, dark, dark]]))
    _draw_flecks(image, palette)
    x, y = _SUN
    for radius, colour in _RINGS:
        bounds = (x - radius, y - radius, x + radius, y + radius)
        draw_shape(image, bounds, palette[colour], partial(Pencil.disc, centre=_SUN, radius=radius))
    draw_shadow(image, _TICKET, palette["shadow"], _trace_ticket, blur=22, opacity=0.30)
    draw_shape(image, _TICKET, palette["panel"], _trace_ticket)
    draw_shape(image, _TICKET, palette["paper_edge"], _trace_fold)
    draw_shape(image, _COUPON, palette["coupon"], _trace_coupon)
    draw_shape(image, _COUPON, palette["coupon_text"], _trace_stitches, opacity=0.55)


def _draw_flecks(image: Image.Image, palette: Palette) -> None:
    chance = random.Random(11)  # noqa: S311 - a texture
    spots = [((chance.uniform(0, 1024), chance.uniform(0, 1280)), chance.uniform(0.6, 1.7)) for _ in range(110)]

    def trace(pencil: Pencil) -> None:
        for centre, radius in spots:
            pencil.disc(centre, radius)

    draw_shape(image, (0, 0, *image.size), palette["fleck"], trace, opacity=0.35)


def _trace_ticket(pencil: Pencil) -> None:
    pencil.block(_TICKET, radius=26)
    for y in (_TICKET[1], _TICKET[3]):
        pencil.disc((_FOLD_X, y), 22, value=0)


def _trace_fold(pencil: Pencil) -> None:
    for y in range(int(_TICKET[1]) + 40, int(_TICKET[3]) - 36, 20):
        pencil.disc((_FOLD_X, y), 3)


def _trace_coupon(pencil: Pencil) -> None:
    left, top, right, bottom = _COUPON
    pencil.block(_COUPON, radius=16)
    for x in (left, right):
        pencil.disc((x, (top + bottom) / 2), 17, value=0)


def _trace_stitches(pencil: Pencil) -> None:
    left, top, right, bottom = _COUPON
    for x in range(int(left) + 28, int(right) - 28, 14):
        for y in (top + 11, bottom - 11):
            pencil.line(((x, y), (x + 7, y)), 2)


SUNRISE = Layout(
    colours=frozenset(
        {
            "paper",
            "paper_edge",
            "fleck",
            "ring_1",
            "ring_2",
            "ring_3",
            "ring_4",
            "shadow",
            "panel",
            "coupon",
            "coupon_text",
        }
        | {"brand", "monogram", "monogram_text", "headline", "story", "name", "phrase", "hint", "code"}
    ),
    paint_backdrop=paint_backdrop,
    monogram=Monogram(
        centre=(96, 96),
        radius=32,
        disc="monogram",
        letter=TextStyle(role="display", colour="monogram_text", size=36, floor=30, lines=1, align="centre"),
    ),
    brand=Block(
        bounds=(146, 64, 960, 128), style=TextStyle(role="display", colour="brand", size=40, floor=24, lines=1)
    ),
    words=Pair(
        bounds=(64, 172, 960, 716),
        first=TextStyle(role="display", colour="headline", size=144, floor=56, lines=3, leading=0.98),
        second=TextStyle(role="text", colour="story", size=35, floor=22, lines=7, leading=1.42),
        gap=34,
        anchor=0.0,
        second_width=460,
    ),
    offer=Block(
        bounds=(120, 1086, 458, 1168),
        style=TextStyle(role="label", colour="coupon_text", size=46, floor=20, lines=3, leading=1.16, align="centre"),
    ),
    hint=Block(
        bounds=(564, 1174, 948, 1212),
        style=TextStyle(role="label", colour="hint", size=25, floor=16, lines=1, align="centre"),
    ),
    invitation=Pair(
        bounds=(88, 776, 498, 1030),
        first=TextStyle(role="name", colour="name", size=116, floor=44, lines=2, leading=0.98),
        second=TextStyle(role="label", colour="phrase", size=40, floor=22, lines=2, leading=1.2),
        gap=22,
    ),
    nameless=TextStyle(role="name", colour="name", size=80, floor=36, lines=4, leading=1.02),
    name_fill=lambda palette: palette["name"],
    code_centre=(756, 964),
)
