"""Photo: the shop's picture over the whole width, the words on it; without one, a field of the shop's colours."""

from __future__ import annotations

from dataclasses import replace

from PIL import Image

from bot.cards.layout import Block, Layout, Monogram, Pair, Palette, PhotoPlace
from bot.cards.layouts.roles import ROLES, dress
from bot.cards.shapes import Bounds, Pencil, draw_shadow, draw_shape, render_glow, render_mesh
from bot.cards.typesetting import TextStyle

_PHOTO: Bounds = (0, 0, 1024, 560)
_BADGE: Bounds = (48, 1012, 500, 1248)
_CODE_PANEL: Bounds = (540, 756, 984, 1264)
_EDGE: Bounds = (0, 552, 1024, 560)


def _paint_backdrop(image: Image.Image, palette: Palette) -> None:
    deep, main = palette["deep"], palette["main"]
    size = (1024, round(_PHOTO[3]))
    image.paste(render_mesh(size, [[deep, deep, main], [deep, deep, deep], [deep, deep, deep]]))
    weak = render_glow(size, (1010, 10), 420).point([round(value * 0.5) for value in range(256)])
    image.paste(Image.new("RGB", size, palette["accent"]), (0, 0), weak)
    paper = (0, _PHOTO[3], 1024, 1280)
    draw_shape(image, paper, palette["paper"], lambda pencil: pencil.block(paper))
    draw_shape(image, _EDGE, palette["accent"], lambda pencil: pencil.block(_EDGE))
    draw_shadow(image, _CODE_PANEL, palette["shadow"], _trace_panel, blur=20, opacity=0.22)
    draw_shape(image, _CODE_PANEL, palette["panel"], _trace_panel)
    draw_shape(image, _BADGE, palette["main"], lambda pencil: pencil.block(_BADGE, radius=28))


def _paint_photo(image: Image.Image, palette: Palette, photo: Image.Image) -> None:
    image.paste(photo, (0, 0))
    draw_shape(image, _EDGE, palette["accent"], lambda pencil: pencil.block(_EDGE))


def _trace_panel(pencil: Pencil) -> None:
    pencil.block(_CODE_PANEL, radius=28)


_PLAIN = Layout(
    name="photo",
    colours=ROLES,
    dress=dress,
    paint_backdrop=_paint_backdrop,
    monogram=Monogram(
        centre=(92, 88),
        radius=32,
        disc="main",
        letter=TextStyle(role="display", colour="on_main", size=44, floor=33, lines=1, align="centre"),
    ),
    brand=Block(bounds=(140, 52, 920, 124), style=TextStyle(role="display", colour="ink", size=46, floor=33, lines=1)),
    brand_pill="paper",
    words=Pair(
        bounds=(52, 250, 972, 524),
        second_bounds=(52, 584, 972, 744),
        first=TextStyle(role="display", colour="panel", size=96, floor=52, lines=3, leading=1.0),
        second=TextStyle(role="text", colour="story", size=38, floor=33, lines=4, leading=1.26),
        gap=0,
        anchor=1.0,
    ),
    offer=Block(
        bounds=(76, 1030, 472, 1230),
        style=TextStyle(role="label", colour="on_main", size=58, floor=33, lines=5, leading=1.14, align="centre"),
    ),
    hint=Block(
        bounds=(556, 1186, 968, 1256),
        style=TextStyle(role="label", colour="hint", size=33, floor=33, lines=2, leading=1.12, align="centre"),
        anchor=0.2,
    ),
    invitation=Pair(
        bounds=(52, 784, 510, 990),
        first=TextStyle(role="name", colour="main_ink", size=116, floor=46, lines=2, leading=1.0),
        second=TextStyle(role="label", colour="ink", size=44, floor=33, lines=2, leading=1.2),
        gap=20,
    ),
    nameless=TextStyle(role="name", colour="main_ink", size=80, floor=40, lines=3, leading=1.04),
    name_fill=lambda palette: palette["main_ink"],
    code_centre=(764, 972),
)
PHOTO = replace(
    _PLAIN,
    pictured=replace(_PLAIN, photo=PhotoPlace(bounds=_PHOTO, paint=_paint_photo, under_words=True)),
)
