"""Minimal: paper, large letters, one rule; nothing that is not said. A photo stands at the edge without a frame."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.layouts.roles import ROLES, dress
from bot.cards.shapes import Bounds, draw_shape
from bot.cards.typesetting import TextStyle

_PHOTO: Bounds = (576, 0, 1024, 480)
_RULE: Bounds = (64, 716, 960, 720)
_TICK: Bounds = (64, 976, 152, 986)


def _paint_backdrop(image: Image.Image, palette: Palette) -> None:
    image.paste(palette["paper"], (0, 0, *image.size))
    draw_shape(image, _RULE, palette["ink"], lambda pencil: pencil.block(_RULE))
    draw_shape(image, _TICK, palette["accent"], lambda pencil: pencil.block(_TICK))
    edge = (0, 1264, 1024, 1280)
    draw_shape(image, edge, palette["main"], lambda pencil: pencil.block(edge))


def _paint_photo(image: Image.Image, _palette: Palette, photo: Image.Image) -> None:
    image.paste(photo, (round(_PHOTO[0]), round(_PHOTO[1])))


_HEADLINE = TextStyle(role="display", colour="ink", size=132, floor=56, lines=3, leading=1.0)
_STORY = TextStyle(role="text", colour="story", size=40, floor=33, lines=4, leading=1.36)

_PLAIN = Layout(
    name="minimal",
    colours=ROLES,
    dress=dress,
    paint_backdrop=_paint_backdrop,
    monogram=Monogram(
        centre=(98, 98),
        radius=34,
        disc="main",
        letter=TextStyle(role="display", colour="on_main", size=40, floor=33, lines=1, align="centre"),
    ),
    brand=Block(bounds=(150, 64, 960, 132), style=TextStyle(role="label", colour="ink", size=44, floor=33, lines=1)),
    words=Pair(bounds=(64, 176, 960, 680), first=_HEADLINE, second=_STORY, gap=36, anchor=0.3),
    offer=Block(
        bounds=(64, 1004, 506, 1236),
        style=TextStyle(role="display", colour="main_ink", size=62, floor=33, lines=5, leading=1.1),
        anchor=0.0,
    ),
    hint=Block(
        bounds=(548, 1164, 964, 1240),
        style=TextStyle(role="label", colour="hint", size=33, floor=33, lines=2, leading=1.12, align="centre"),
        anchor=0.1,
    ),
    invitation=Pair(
        bounds=(64, 752, 512, 952),
        first=TextStyle(role="name", colour="ink", size=124, floor=46, lines=2, leading=1.0),
        second=TextStyle(role="label", colour="main_ink", size=44, floor=33, lines=2, leading=1.2),
        gap=20,
        anchor=0.0,
    ),
    nameless=TextStyle(role="name", colour="ink", size=84, floor=40, lines=3, leading=1.04),
    name_fill=lambda palette: palette["ink"],
    code_centre=(756, 948),
)
MINIMAL = replace(
    _PLAIN,
    pictured=replace(
        _PLAIN,
        photo=PhotoPlace(bounds=_PHOTO, paint=_paint_photo),
        brand=replace(_PLAIN.brand, bounds=(150, 52, 556, 144), style=replace(_PLAIN.brand.style, lines=2)),
        words=Pair(
            bounds=(64, 170, 548, 486),
            second_bounds=(64, 506, 960, 700),
            first=replace(_HEADLINE, size=92, floor=44, lines=5),
            second=_STORY,
            gap=0,
            anchor=0.4,
        ),
    ),
)
