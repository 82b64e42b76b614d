"""Salon: an evening invitation, fine gold lines on deep green, an ivory plaque with a seal."""

from __future__ import annotations

from math import cos, pi, sin

from PIL import Image, ImageChops

from bot.cards.layout import Block, Layout, Pair, Palette
from bot.cards.shapes import (
    Bounds,
    Fill,
    Pencil,
    Point,
    draw_shadow,
    draw_shape,
    list_star,
    render_glow,
    render_mesh,
)
from bot.cards.typesetting import TextStyle

_PLAQUE: Bounds = (78, 748, 946, 1204)
_SEAL: Point = (724, 930)
_FAN: Point = (512, 748)


def paint_backdrop(image: Image.Image, palette: Palette) -> None:
    """Night, fan, frame, plaque and seal."""
    night, glow = palette["night"], palette["night_glow"]
    image.paste(night, (0, 0, *image.size))
    image.paste(glow, (0, 0), render_glow(image.size, (512, 420), 820))
    _draw_fan(image, palette)
    _draw_frame(image, palette)
    _draw_divider(image, palette, 132)
    draw_shadow(image, _PLAQUE, palette["shadow"], _trace_plaque, blur=26, opacity=0.55)
    draw_shape(image, _PLAQUE, palette["panel"], _trace_plaque)
    draw_shape(image, _PLAQUE, palette["gold"], _trace_plaque_line, opacity=0.9)
    _draw_seal(image, palette)


def _draw_fan(image: Image.Image, palette: Palette) -> None:
    def trace(pencil: Pencil) -> None:
        for step in range(61):
            angle = pi + step * pi / 60
            pencil.line((_FAN, (_FAN[0] + 900 * cos(angle), _FAN[1] + 900 * sin(angle))), 1.6)

    rays = Image.new("RGB", image.size, palette["night"])
    rays.paste(image)
    draw_shape(rays, (0, 0, 1024, _FAN[1]), palette["gold"], trace, opacity=0.5)
    image.paste(rays, (0, 0), ImageChops.multiply(render_glow(image.size, _FAN, 760), Image.new("L", image.size, 110)))


def _draw_frame(image: Image.Image, palette: Palette) -> None:
    whole = (0.0, 0.0, 1024.0, 1280.0)

    def trace(pencil: Pencil) -> None:
        pencil.block((30, 30, 994, 1250), radius=6)
        pencil.block((33, 33, 991, 1247), radius=4, value=0)
        pencil.block((44, 44, 980, 1236), radius=2)
        pencil.block((45.5, 45.5, 978.5, 1234.5), radius=1, value=0)
        for x, y in ((30, 30), (994, 30), (30, 1250), (994, 1250)):
            pencil.disc((x, y), 34, value=0)

    def trace_corners(pencil: Pencil) -> None:
        for x, y, turn_x, turn_y in ((30, 30, 1, 1), (994, 30, -1, 1), (30, 1250, 1, -1), (994, 1250, -1, -1)):
            start = pi / 2 * {(1, 1): 0, (-1, 1): 1, (-1, -1): 2, (1, -1): 3}[turn_x, turn_y]
            for radius, width in ((33, 3.0), (20, 1.5)):
                arc = [
                    (x + radius * cos(start + n * pi / 48), y + radius * sin(start + n * pi / 48)) for n in range(25)
                ]
                pencil.line(arc, width)

    draw_shape(image, whole, palette["gold"], trace)
    draw_shape(image, whole, palette["gold"], trace_corners)


def _draw_divider(image: Image.Image, palette: Palette, y: float) -> None:
    def trace(pencil: Pencil) -> None:
        pencil.polygon(((512, y - 7), (519, y), (512, y + 7), (505, y)))
        for direction in (-1, 1):
            pencil.polygon(
                ((512 + direction * 22, y - 1.6), (512 + direction * 170, y), (512 + direction * 22, y + 1.6))
            )

    draw_shape(image, (330, y - 10, 694, y + 10), palette["gold"], trace)


def _trace_plaque(pencil: Pencil) -> None:
    left, top, right, bottom = _PLAQUE
    pencil.block(_PLAQUE, radius=2)
    for corner in ((left, top), (right, top), (left, bottom), (right, bottom)):
        pencil.disc(corner, 26, value=0)


def _trace_plaque_line(pencil: Pencil) -> None:
    left, top, right, bottom = _PLAQUE
    for inset, value in ((11, 255), (12.6, 0)):
        pencil.block((left + inset, top + inset, right - inset, bottom - inset), value=value)
    for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        pencil.disc((x, y), 37, value=255)
        pencil.disc((x, y), 35.4, value=0)
    for x, y in ((left, top), (right, top), (left, bottom), (right, bottom)):
        pencil.disc((x, y), 26, value=0)


def _draw_seal(image: Image.Image, palette: Palette) -> None:
    x, y = _SEAL
    bounds = (x - 160, y - 160, x + 160, y + 160)
    gold = render_gold(palette)
    draw_shape(image, bounds, gold, lambda pencil: pencil.polygon(list_star(_SEAL, 152, 143, 44)))

    def trace_ring(pencil: Pencil) -> None:
        pencil.disc(_SEAL, 131)
        pencil.disc(_SEAL, 129, value=0)

    draw_shape(image, bounds, palette["seal_text"], trace_ring, opacity=0.8)


def render_gold(palette: Palette) -> Image.Image:
    """A sheet of gold as large as the card."""
    dark, light = palette["gold"], palette["gold_light"]
    return render_mesh(
        (1024, 1280),
        [[light, dark, light], [dark, light, dark], [light, dark, light], [dark, light, dark], [light, dark, light]],
    )


def _fill_gold(palette: Palette) -> Fill:
    return render_gold(palette)


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
        bounds=(92, 152, 932, 520),
        first=TextStyle(role="display", colour="headline", size=128, floor=52, lines=3, leading=0.94, align="centre"),
        second=TextStyle(role="text", colour="story", size=33, floor=21, lines=6, leading=1.42, align="centre"),
        gap=30,
        second_width=760,
    ),
    invitation=Pair(
        bounds=(92, 536, 932, 734),
        first=TextStyle(role="name", colour="gold_light", size=124, floor=52, lines=1, align="centre"),
        second=TextStyle(role="display", colour="phrase", size=46, floor=22, lines=1, align="centre"),
        gap=12,
    ),
    nameless=TextStyle(role="name", colour="gold_light", size=104, floor=40, lines=2, leading=0.98, align="centre"),
    name_fill=_fill_gold,
    offer=Block(
        bounds=(626, 832, 822, 1028),
        style=TextStyle(role="display", colour="seal_text", size=56, floor=22, lines=4, leading=1.0, align="centre"),
    ),
    hint=Block(
        bounds=(544, 1100, 904, 1176),
        style=TextStyle(role="label", colour="hint", size=25, floor=16, lines=2, leading=1.3, align="centre"),
    ),
    code_centre=(300, 972),
)
