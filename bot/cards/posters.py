"""The picture of a post in the announce chat: a number large enough for a glance, what it means, what is to be had."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from bot.cards.colours import is_legible, mix
from bot.cards.formats import draw_field
from bot.cards.inks import Inks, choose_inks
from bot.cards.shapes import Colour, draw_shape, draw_text
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle
from bot.core.posters import Poster
from storage.frozen import frozen

SIZE = (1280, 960)
_MARGIN = 96
_GAPS = (76, 14, 48, 0)
"""Below brand, sign, headline and pill; figures have nothing below their line."""
_BRIGHTEST = 0.25
"""What the innermost ring takes of the bright colour."""
_CLEAR = 1.8
"""The contrast from which a figure a third of the picture high may have the accent's colour."""
_PILL_SIDE, _PILL_EDGE, _PILL_CORNER = 44, 26, 44


@frozen(kw_only=False)
class _Line:
    """A text in its place in the stack; `edge` is what its pill adds above and below, `gap` what follows."""

    setting: Setting
    colour: Colour
    edge: int
    gap: int

    @property
    def height(self) -> float:
        return self.setting.height + 2 * self.edge


def draw_poster(poster: Poster, theme_fonts: ThemeFonts) -> Image.Image:
    """The poster in the colours and typefaces of a look."""
    inks = choose_inks(theme_fonts.theme.palette)
    image = draw_field(SIZE, (SIZE[0] / 2, SIZE[1] / 2), inks)
    lines = _set_lines(poster, theme_fonts, inks)
    y = (SIZE[1] - sum(line.height + line.gap for line in lines) + lines[-1].gap) / 2
    for line in lines:
        _draw_line(image, line, y, inks)
        y += line.height + line.gap
    return image


def _set_lines(poster: Poster, theme_fonts: ThemeFonts, inks: Inks) -> Sequence[_Line]:
    """From top to bottom; a sign leaves less room for the headline."""
    width = SIZE[0] - 2 * _MARGIN
    grounds = (inks.field, mix(inks.field, inks.on_field, _BRIGHTEST))
    sign = inks.accent if is_legible(inks.accent, grounds, _CLEAR) else inks.on_field
    size, room = (84, 190) if poster.sign else (190, 440)
    given = (
        (poster.brand, TextStyle(role="label", colour="", size=48, floor=30, lines=1), 60, inks.on_field, 0),
        (poster.sign, TextStyle(role="display", colour="", size=300, floor=120, lines=1), 320, sign, 0),
        (
            poster.headline,
            TextStyle(role="display", colour="", size=size, floor=44, lines=3, leading=1.05),
            room,
            inks.on_field,
            0,
        ),
        (
            poster.below,
            TextStyle(role="label", colour="", size=52, floor=32, lines=2, leading=1.15),
            130,
            inks.on_accent,
            _PILL_EDGE,
        ),
    )
    return [
        _Line(theme_fonts.fit(words, style, width - 2 * (_PILL_SIDE if edge else 0), height), colour, edge, gap)
        for gap, (words, style, height, colour, edge) in zip(_GAPS, given, strict=True)
        if words
    ]


def _draw_line(image: Image.Image, line: _Line, y: float, inks: Inks) -> None:
    width = SIZE[0] - 2 * _MARGIN
    if line.edge:
        half = line.setting.width / 2 + _PILL_SIDE
        around = (SIZE[0] / 2 - half, y, SIZE[0] / 2 + half, y + line.height)
        radius = min(line.height / 2, _PILL_CORNER)
        draw_shape(image, around, inks.accent, lambda pencil: pencil.block(around, radius))
    place = (_MARGIN, y + line.edge)
    draw_text(image, line.setting, place, line.colour, width=width, align="centre", oversample=2)
