"""Sunrise: a paper poster, a sun of rings rising behind a ticket. A photo becomes the sun."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from PIL import Image

from bot.cards.colours import LARGE_TEXT_CONTRAST, mix, set_off
from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.schemes import Scheme
from bot.cards.shapes import Bounds, Colour, Pencil, Point, Sheet, draw_shadow, draw_shape, render_mesh
from bot.cards.typesetting import TextStyle

_TICKET: Bounds = (48, 716, 976, 1236)
_FOLD_X = 516
_COUPON: Bounds = (84, 990, 488, 1204)
_SUN: Point = (792, 806)
_RINGS = ((236, "ring_1"), (186, "ring_2"), (136, "ring_3"), (86, "ring_4"))
_PHOTO_SUN: Point = (770, 266)
_PHOTO_RADIUS = 204
_PHOTO_RINGS = ((300, "ring_1"), (264, "ring_2"), (232, "ring_3"))


def dress(scheme: Scheme) -> dict[str, Colour]:
    """Rings from pale accent to the main colour."""
    glow = mix(scheme.accent, scheme.paper, 0.55)
    coupon = set_off(scheme.main, scheme.on_main)
    return {
        "paper": scheme.paper,
        "paper_edge": mix(scheme.paper, scheme.soft, 0.7),
        "fleck": mix(scheme.main, scheme.soft, 0.4),
        "ring_1": mix(scheme.accent, scheme.paper, 0.72),
        "ring_2": glow,
        "ring_3": scheme.accent,
        "ring_4": scheme.main,
        "shadow": scheme.deep,
        "panel": mix(scheme.paper, (255, 255, 255), 0.75),
        "coupon": coupon,
        "coupon_text": scheme.on_main,
        "brand": scheme.ink,
        "monogram": scheme.main,
        "monogram_text": scheme.on_main,
        "headline": set_off(scheme.ink, glow, scheme.paper, contrast=LARGE_TEXT_CONTRAST),
        "story": set_off(mix(scheme.ink, scheme.main, 0.18), scheme.soft),
        "name": scheme.main_ink,
        "phrase": scheme.ink,
        "hint": set_off(mix(scheme.ink, scheme.main, 0.3), scheme.paper),
        "code": scheme.ink,
    }


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Paper, sun, ticket and coupon."""
    _paint_paper(image, palette)
    _draw_rings(image, palette, _SUN, _RINGS)
    _paint_ticket(image, palette)


def _paint_pictured(image: Image.Image, palette: Palette) -> None:
    _paint_paper(image, palette)
    _draw_rings(image, palette, _PHOTO_SUN, _PHOTO_RINGS)
    _paint_ticket(image, palette)


def _paint_paper(image: Image.Image, palette: Palette) -> None:
    light, dark = palette["paper"], palette["paper_edge"]
    image.paste(render_mesh(image.size, [[light, light, light], [light, light, dark], [light, dark, dark]]))
    _draw_flecks(image, palette)


def _draw_rings(image: Image.Image, palette: Palette, centre: Point, rings: tuple[tuple[int, str], ...]) -> None:
    x, y = centre
    for radius, colour in rings:
        bounds = (x - radius, y - radius, x + radius, y + radius)
        draw_shape(image, bounds, palette[colour], partial(Pencil.disc, centre=centre, radius=radius))


def _paint_ticket(image: Image.Image, palette: Palette) -> None:
    draw_shadow(image, _TICKET, palette["shadow"], _trace_ticket, blur=22, opacity=0.30)
    draw_shape(image, _TICKET, palette["panel"], _trace_ticket)
    draw_shape(image, _TICKET, palette["paper_edge"], _trace_fold)
    draw_shape(image, _COUPON, palette["coupon"], _trace_coupon)
    draw_shape(image, _COUPON, palette["coupon_text"], _trace_stitches, opacity=0.55)


def _paint_photo(image: Image.Image, _palette: Palette, photo: Image.Image) -> None:
    left, top, right, bottom = (round(edge) for edge in _PHOTO_BOUNDS)
    trace = partial(Pencil.disc, centre=_PHOTO_SUN, radius=_PHOTO_RADIUS)
    draw_shape(image, (left, top, right, bottom), Sheet(photo, left, top), trace)


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


_PHOTO_BOUNDS: Bounds = (
    _PHOTO_SUN[0] - _PHOTO_RADIUS,
    _PHOTO_SUN[1] - _PHOTO_RADIUS,
    _PHOTO_SUN[0] + _PHOTO_RADIUS,
    _PHOTO_SUN[1] + _PHOTO_RADIUS,
)
_HEADLINE = TextStyle(role="display", colour="headline", size=124, floor=56, lines=3, leading=0.98)
_STORY = TextStyle(role="text", colour="story", size=40, floor=33, lines=4, leading=1.34)
_BRAND = TextStyle(role="display", colour="brand", size=46, floor=33, lines=1)

_PLAIN = Layout(
    name="sunrise",
    colours=frozenset(
        {"paper", "paper_edge", "fleck", "ring_1", "ring_2", "ring_3", "ring_4", "shadow", "panel", "coupon"}
        | {"coupon_text", "brand", "monogram", "monogram_text", "headline", "story", "name", "phrase", "hint", "code"}
    ),
    dress=dress,
    paint_backdrop=paint_backdrop,
    monogram=Monogram(
        centre=(100, 92),
        radius=36,
        disc="monogram",
        letter=TextStyle(role="display", colour="monogram_text", size=40, floor=33, lines=1, align="centre"),
    ),
    brand=Block(bounds=(156, 58, 960, 126), style=_BRAND),
    words=Pair(bounds=(64, 164, 960, 560), first=_HEADLINE, second=_STORY, gap=30, anchor=0.2),
    offer=Block(
        bounds=(112, 1010, 460, 1184),
        style=TextStyle(role="label", colour="coupon_text", size=58, floor=33, lines=4, leading=1.14, align="centre"),
    ),
    hint=Block(
        bounds=(540, 1146, 972, 1222),
        style=TextStyle(role="label", colour="hint", size=33, floor=33, lines=2, leading=1.14, align="centre"),
        anchor=0.3,
    ),
    invitation=Pair(
        bounds=(84, 750, 494, 970),
        first=TextStyle(role="name", colour="name", size=120, floor=46, lines=2, leading=0.98),
        second=TextStyle(role="label", colour="phrase", size=44, floor=33, lines=2, leading=1.2),
        gap=22,
    ),
    nameless=TextStyle(role="name", colour="name", size=84, floor=40, lines=4, leading=1.02),
    name_fill=lambda palette: palette["name"],
    code_centre=(756, 940),
)
SUNRISE = replace(
    _PLAIN,
    pictured=replace(
        _PLAIN,
        paint_backdrop=_paint_pictured,
        photo=PhotoPlace(bounds=_PHOTO_BOUNDS, paint=_paint_photo),
        brand=replace(_PLAIN.brand, bounds=(156, 46, 548, 138), style=replace(_BRAND, lines=2)),
        words=Pair(
            bounds=(64, 156, 484, 474),
            second_bounds=(64, 500, 960, 692),
            first=replace(_HEADLINE, size=92, floor=44, lines=5),
            second=_STORY,
            gap=0,
            anchor=0.4,
        ),
    ),
)
