"""Bubble: a bright field of colour, a speech bubble, a sticker."""

from __future__ import annotations

import random
from math import cos, radians, sin

from PIL import Image

from bot.cards.layout import Block, Layout, Monogram, Pair, Palette
from bot.cards.shapes import Bounds, Colour, Fill, Pencil, Point, draw_shadow, draw_shape, render_mesh, render_sheet
from bot.cards.typesetting import TextStyle

_BUBBLE: Bounds = (48, 704, 976, 1186)
_TAIL: tuple[Point, ...] = ((720, 1180), (888, 1180), (872, 1252))
_INVITATION: Bounds = (504, 748, 936, 990)
_STICKER: Bounds = (516, 1008, 1000, 1146)
_STICKER_AROUND: Bounds = (490, 970, 1024, 1184)
_TURN_DEGREES = 5.0
_CONFETTI = 30


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
        ((40, 690), 210, 46, 0.10),
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
                (chance.uniform(0, 1024), chance.uniform(1190, 1290)),
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
    pencil.block(_BUBBLE, radius=60)
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


BUBBLE = Layout(
    colours=frozenset(
        {
            "field_1",
            "field_2",
            "field_3",
            "field_4",
            "ring",
            "confetti_1",
            "confetti_2",
            "confetti_3",
            "shadow",
            "panel",
            "sticker",
        }
        | {
            "sticker_text",
            "brand",
            "monogram",
            "monogram_text",
            "headline",
            "story",
            "name_1",
            "name_2",
            "phrase",
            "hint",
            "code",
        }
    ),
    paint_backdrop=paint_backdrop,
    monogram=Monogram(
        centre=(98, 98),
        radius=34,
        disc="monogram",
        letter=TextStyle(role="display", colour="monogram_text", size=40, floor=30, lines=1, align="centre"),
    ),
    brand=Block(
        bounds=(150, 66, 800, 130), style=TextStyle(role="display", colour="brand", size=42, floor=24, lines=1)
    ),
    words=Pair(
        bounds=(64, 168, 960, 676),
        first=TextStyle(role="display", colour="headline", size=140, floor=56, lines=3, leading=0.96),
        second=TextStyle(role="text", colour="story", size=36, floor=22, lines=6, leading=1.42),
        gap=36,
        second_width=760,
    ),
    offer=Block(
        bounds=(544, 1022, 972, 1134),
        style=TextStyle(
            role="display", colour="sticker_text", size=48, floor=20, lines=3, leading=1.08, align="centre"
        ),
        turn_degrees=_TURN_DEGREES,
    ),
    hint=Block(
        bounds=(80, 1143, 488, 1173),
        style=TextStyle(role="label", colour="hint", size=25, floor=16, lines=1, align="centre"),
    ),
    invitation=Pair(
        bounds=_INVITATION,
        first=TextStyle(role="name", colour="name_1", size=128, floor=44, lines=2, leading=0.98),
        second=TextStyle(role="label", colour="phrase", size=40, floor=22, lines=2, leading=1.2),
        gap=20,
    ),
    nameless=TextStyle(role="name", colour="name_1", size=76, floor=36, lines=4, leading=1.02),
    name_fill=_fill_name,
    code_centre=(284, 932),
)
