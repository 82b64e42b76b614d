"""Profile photos of people who never were, drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIDE = 640
"""Pixels, as Telegram's largest profile photo has."""
_SCALE = 2

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What somebody looks like."""

    wall: tuple[Colour, Colour]
    """What is behind them, above and below."""
    skin: Colour
    hair: Colour
    shirt: Colour
    long_hair: bool = True


ANNA = Likeness(wall=((247, 214, 160), (226, 140, 96)), skin=(238, 187, 150), hair=(92, 52, 34), shirt=(36, 110, 112))
BUDI = Likeness(
    wall=((176, 214, 226), (84, 140, 170)),
    skin=(196, 138, 98),
    hair=(34, 28, 30),
    shirt=(214, 92, 60),
    long_hair=False,
)


@cache
def draw_portrait(likeness: Likeness) -> bytes:
    """A smiling face as a JPEG of 640 x 640 pixels."""
    image = _draw_wall(*likeness.wall)
    pencil = ImageDraw.Draw(image)
    if likeness.long_hair:
        _oval(pencil, (320, 350), 196, 250, likeness.hair)
    _oval(pencil, (320, 700), 252, 190, likeness.shirt)
    _draw_head(pencil, likeness)
    _draw_hair(pencil, likeness)
    _draw_features(pencil, likeness)
    buffer = BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _draw_wall(above: Colour, below: Colour) -> Image.Image:
    wall = Image.new("RGB", (1, 2))
    wall.putdata([above, below])
    wall = wall.resize((SIDE * _SCALE, SIDE * _SCALE), Image.Resampling.BICUBIC)
    lamps = Image.new("L", wall.size)
    for x, y, radius in ((120, 130, 46), (530, 90, 62), (590, 330, 38), (60, 400, 30)):
        _oval(ImageDraw.Draw(lamps), (x, y), radius, radius, 90)
    wall.paste((255, 246, 224), (0, 0), lamps.filter(ImageFilter.GaussianBlur(14)))
    return wall


def _draw_head(pencil: ImageDraw.ImageDraw, likeness: Likeness) -> None:
    shade = _mix(likeness.skin, (120, 60, 40), 0.22)
    pencil.rounded_rectangle([v * _SCALE for v in (266, 420, 374, 560)], 50 * _SCALE, fill=shade)
    for side in (-1, 1):
        _oval(pencil, (320 + side * 142, 322), 24, 36, shade)
    _oval(pencil, (320, 312), 142, 172, likeness.skin)


def _draw_hair(pencil: ImageDraw.ImageDraw, likeness: Likeness) -> None:
    """A parting: two waves over the forehead."""
    box = [v * _SCALE for v in (172, 104, 468, 420)]
    pencil.chord(box, 192, 348, fill=likeness.hair)
    light = _mix(likeness.hair, (255, 220, 180), 0.16)
    pencil.chord([v * _SCALE for v in (158, 120, 400, 330)], 168, 318, fill=likeness.hair)
    pencil.chord([v * _SCALE for v in (250, 112, 480, 318)], 214, 12, fill=likeness.hair)
    pencil.chord([v * _SCALE for v in (120, 195, 520, 495)], 230, 310, fill=likeness.skin)
    for n in range(4):
        pencil.arc([v * _SCALE for v in (190 + 12 * n, 116 + 8 * n, 450, 350)], 216, 286, fill=light, width=5)


def _draw_features(pencil: ImageDraw.ImageDraw, likeness: Likeness) -> None:
    dark, blush = _mix(likeness.hair, (20, 14, 12), 0.5), _mix(likeness.skin, (230, 90, 80), 0.32)
    for side in (-1, 1):
        x = 320 + side * 58
        _oval(pencil, (320 + side * 84, 376), 34, 22, blush)
        _oval(pencil, (x, 314), 24, 17, (255, 252, 248))
        _oval(pencil, (x + 3, 315), 13, 14, dark)
        _oval(pencil, (x + 7, 310), 4, 4, (255, 255, 255))
        pencil.arc([v * _SCALE for v in (x - 34, 262, x + 34, 312)], 212, 328, fill=dark, width=9 * _SCALE)
    pencil.arc(
        [v * _SCALE for v in (302, 322, 338, 366)], 30, 150, fill=_mix(likeness.skin, dark, 0.45), width=6 * _SCALE
    )
    pencil.chord([v * _SCALE for v in (262, 346, 378, 440)], 14, 166, fill=(168, 52, 56))
    pencil.chord([v * _SCALE for v in (274, 360, 366, 424)], 22, 158, fill=(255, 250, 246))


def _oval(
    pencil: ImageDraw.ImageDraw, centre: tuple[float, float], across: float, down: float, fill: Colour | int
) -> None:
    (x, y), scale = centre, _SCALE
    pencil.ellipse([(x - across) * scale, (y - down) * scale, (x + across) * scale, (y + down) * scale], fill=fill)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
