"""Bubble: a bright field of colour, a speech bubble, a sticker. A photo is stuck on like a print."""

from __future__ import annotations

import random
from dataclasses import replace
from math import cos, radians, sin

from PIL import Image

from bot.cards.colours import LARGE_TEXT_CONTRAST, Tone, from_tone, mix, set_off, to_tone
from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.schemes import Scheme
from bot.cards.shapes import (
    Bounds,
    Colour,
    Fill,
    Pencil,
    Point,
    Sheet,
    draw_shadow,
    draw_shape,
    render_mesh,
    render_sheet,
)
from bot.cards.typesetting import TextStyle

_BUBBLE: Bounds = (48, 700, 976, 1216)
_TAIL: tuple[Point, ...] = ((720, 1210), (888, 1210), (872, 1268))
_INVITATION: Bounds = (512, 734, 944, 944)
_STICKER: Bounds = (522, 966, 1000, 1172)
_STICKER_AROUND: Bounds = (480, 930, 1024, 1208)
_PRINT: Bounds = (588, 92, 948, 452)
_PRINT_BORDER = 16
_PRINT_TURN_DEGREES = -4.0
_TURN_DEGREES = 4.0
_CONFETTI = 30


def dress(scheme: Scheme) -> dict[str, Colour]:
    """A field that runs from the main colour, deep, to the accent."""
    tone, warm = to_tone(scheme.main), to_tone(scheme.accent)
    white = (255, 255, 255)
    cool = set_off(from_tone(Tone(min(0.36, tone.lightness), tone.chroma, tone.hue)), white)
    middle = set_off(from_tone(Tone(min(0.48, tone.lightness + 0.06), tone.chroma, tone.hue)), white)
    hot = from_tone(Tone(max(0.72, warm.lightness), warm.chroma, warm.hue))
    return {
        "field_1": cool,
        "field_2": middle,
        "field_3": set_off(mix(middle, hot, 0.42), white, contrast=LARGE_TEXT_CONTRAST),
        "field_4": hot,
        "ring": white,
        "confetti_1": scheme.accent,
        "confetti_2": mix(hot, white, 0.55),
        "confetti_3": white,
        "shadow": scheme.deep,
        "panel": white,
        "sticker": scheme.accent,
        "sticker_text": scheme.on_accent,
        "brand": white,
        "monogram": white,
        "monogram_text": set_off(middle, white),
        "headline": white,
        "story": set_off(mix(white, middle, 0.05), middle),
        "name_1": set_off(middle, white),
        "name_2": set_off(mix(middle, hot, 0.45), white),
        "phrase": scheme.ink,
        "hint": set_off(mix(scheme.ink, middle, 0.3), white),
        "code": scheme.ink,
    }


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Colours, rings, confetti, bubble and sticker."""
    image.paste(_render_field(palette, image.size))
    _draw_rings(image, palette)
    _draw_confetti(image, palette)
    around = (_BUBBLE[0], _BUBBLE[1], _BUBBLE[2], 1256)
    draw_shadow(image, around, palette["shadow"], _trace_bubble, blur=26, opacity=0.35)
    draw_shape(image, around, palette["panel"], _trace_bubble)
    draw_shadow(image, _STICKER_AROUND, palette["shadow"], _trace_sticker, blur=9, opacity=0.25)
    draw_shape(image, _STICKER_AROUND, palette["sticker"], _trace_sticker)


def _render_field(palette: Palette, size: tuple[int, int]) -> Image.Image:
    cool, middle, warm, hot = (palette[f"field_{n}"] for n in range(1, 5))
    return render_mesh(
        size,
        [[cool, cool, middle], [cool, middle, middle], [middle, middle, warm], [warm, warm, hot], [warm, hot, hot]],
    )


def _draw_rings(image: Image.Image, palette: Palette) -> None:
    for (x, y), radius, width, opacity in (
        ((936, 70), 250, 54, 0.13),
        ((936, 70), 130, 40, 0.16),
        ((40, 700), 190, 46, 0.09),
    ):

        def trace(pencil: Pencil, centre: Point = (x, y), radius: float = radius, width: float = width) -> None:
            pencil.disc(centre, radius)
            pencil.disc(centre, radius - width, value=0)

        draw_shape(image, (x - radius, y - radius, x + radius, y + radius), palette["ring"], trace, opacity=opacity)


def _draw_confetti(image: Image.Image, palette: Palette) -> None:
    chance = random.Random(23)  # noqa: S311 - a texture
    for n in range(_CONFETTI):
        colour = palette[f"confetti_{n % 3 + 1}"]
        x, y = chance.choice(
            [
                (chance.uniform(0, 1024), chance.uniform(1222, 1290)),
                (chance.uniform(640, 1024), chance.uniform(-10, 150)),
            ]
        )
        _draw_piece(image, colour, (x, y), chance.uniform(0, 180), chance.uniform(9, 14))


def _draw_piece(image: Image.Image, colour: Colour, centre: Point, turn_degrees: float, size: float) -> None:
    corners = [
        turn((centre[0] + dx * size, centre[1] + dy * size * 0.45), centre, turn_degrees)
        for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    x, y = centre
    if x < -10 or y < -10 or x > image.width or y > image.height:
        return
    draw_shape(image, (x - 20, y - 20, x + 20, y + 20), colour, lambda pencil: pencil.polygon(corners), opacity=0.9)


def _trace_bubble(pencil: Pencil) -> None:
    pencil.block(_BUBBLE, radius=50)
    pencil.polygon(_TAIL)


def _trace_sticker(pencil: Pencil) -> None:
    left, top, right, bottom = _STICKER
    centre = ((left + right) / 2, (top + bottom) / 2)
    teeth = 9
    step = (bottom - top) / teeth
    edge: list[Point] = [(left, top), (right, top)]
    for n in range(teeth):
        edge += [(right + 9, top + (n + 0.5) * step), (right, top + (n + 1) * step)]
    edge.append((left, bottom))
    for n in range(teeth):
        edge += [(left - 9, bottom - (n + 0.5) * step), (left, bottom - (n + 1) * step)]
    pencil.polygon([turn(point, centre, _TURN_DEGREES) for point in edge])


def turn(point: Point, centre: Point, degrees: float) -> Point:
    """The point turned counterclockwise around the centre."""
    x, y = point[0] - centre[0], point[1] - centre[1]
    angle = radians(-degrees)
    return centre[0] + x * cos(angle) - y * sin(angle), centre[1] + x * sin(angle) + y * cos(angle)


def _fill_name(palette: Palette) -> Fill:
    left, right = palette["name_1"], palette["name_2"]
    return render_sheet(_INVITATION, [[left, right], [left, right]])


def _paint_print(image: Image.Image, palette: Palette, photo: Image.Image) -> None:
    """The photo with a white border, a little turned, its shadow under it."""
    left, top, right, bottom = _PRINT
    centre = ((left + right) / 2, (top + bottom) / 2)
    around = (left - 60, top - 60, right + 60, bottom + 60)

    def trace(pencil: Pencil, spread: float = _PRINT_BORDER) -> None:
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        spread_corners = [
            (x + (spread if x == right else -spread), y + (spread if y == bottom else -spread)) for x, y in corners
        ]
        pencil.polygon([turn(corner, centre, _PRINT_TURN_DEGREES) for corner in spread_corners])

    draw_shadow(image, around, palette["shadow"], trace, blur=18, opacity=0.4)
    draw_shape(image, around, (255, 255, 255), trace)
    canvas = Image.new("RGB", (round(around[2] - around[0]), round(around[3] - around[1])))
    canvas.paste(photo, (60, 60))
    turned = canvas.rotate(_PRINT_TURN_DEGREES, Image.Resampling.BICUBIC)
    draw_shape(image, around, Sheet(turned, round(around[0]), round(around[1])), lambda pencil: trace(pencil, 0))


_HEADLINE = TextStyle(role="display", colour="headline", size=128, floor=56, lines=3, leading=0.96)
_STORY = TextStyle(role="text", colour="story", size=40, floor=33, lines=4, leading=1.34)

_PLAIN = Layout(
    name="bubble",
    colours=frozenset(
        {"field_1", "field_2", "field_3", "field_4", "ring", "confetti_1", "confetti_2", "confetti_3", "shadow"}
        | {"panel", "sticker", "sticker_text", "brand", "monogram", "monogram_text", "headline", "story"}
        | {"name_1", "name_2", "phrase", "hint", "code"}
    ),
    dress=dress,
    paint_backdrop=paint_backdrop,
    monogram=Monogram(
        centre=(100, 94),
        radius=36,
        disc="monogram",
        letter=TextStyle(role="display", colour="monogram_text", size=42, floor=33, lines=1, align="centre"),
    ),
    brand=Block(
        bounds=(156, 62, 700, 126), style=TextStyle(role="display", colour="brand", size=46, floor=33, lines=1)
    ),
    words=Pair(bounds=(64, 168, 960, 664), first=_HEADLINE, second=_STORY, gap=34, anchor=0.4),
    offer=Block(
        bounds=(548, 986, 972, 1152),
        style=TextStyle(
            role="display", colour="sticker_text", size=64, floor=33, lines=4, leading=1.06, align="centre"
        ),
        turn_degrees=_TURN_DEGREES,
    ),
    hint=Block(
        bounds=(68, 1140, 500, 1210),
        style=TextStyle(role="label", colour="hint", size=33, floor=33, lines=2, leading=1.12, align="centre"),
        anchor=0.2,
    ),
    invitation=Pair(
        bounds=_INVITATION,
        first=TextStyle(role="name", colour="name_1", size=124, floor=46, lines=2, leading=0.98),
        second=TextStyle(role="label", colour="phrase", size=44, floor=33, lines=2, leading=1.2),
        gap=20,
    ),
    nameless=TextStyle(role="name", colour="name_1", size=80, floor=40, lines=4, leading=1.02),
    name_fill=_fill_name,
    code_centre=(284, 924),
)
BUBBLE = replace(
    _PLAIN,
    pictured=replace(
        _PLAIN,
        photo=PhotoPlace(bounds=_PRINT, paint=_paint_print),
        brand=replace(_PLAIN.brand, bounds=(156, 48, 560, 140), style=replace(_PLAIN.brand.style, lines=2)),
        words=Pair(
            bounds=(64, 160, 540, 474),
            second_bounds=(64, 500, 960, 676),
            first=replace(_HEADLINE, size=92, floor=44, lines=5),
            second=_STORY,
            gap=0,
            anchor=0.45,
        ),
    ),
)
