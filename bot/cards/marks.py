"""What a member has become, on their card: badge and name of a tier on a ribbon of its colour."""

from __future__ import annotations

from functools import cache

from PIL import Image

from bot.cards.colours import choose_ink
from bot.cards.glyph_cache import draw_cached_text
from bot.cards.shapes import OVERSAMPLE, Colour, Pencil
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle, fit_text
from bot.cards.wording import clean_text
from bot.core.sharing import Mark
from storage.frozen import frozen

_STYLE = TextStyle(role="label", colour="", size=34, floor=24, lines=1)
_PAD = 20
RIBBON_HEIGHT = 48
"""The same for every mark, in pixels of the card."""
_KEPT_WIDTH = 8  # of a ribbon whose letters end on a fraction of a pixel


@frozen(kw_only=False)
class Ribbon:
    """A mark laid out."""

    setting: Setting
    fill: Colour

    @property
    def width(self) -> int:
        """In pixels."""
        return _KEPT_WIDTH * round((self.setting.width + 2 * _PAD) / _KEPT_WIDTH)

    def draw(self, image: Image.Image, place: tuple[float, float]) -> None:
        """With its top left there."""
        left, top = round(place[0]), round(place[1])
        image.paste(self.fill, (left, top), _cut_ribbon(self.width))
        inside = (left + (self.width - self.setting.width) / 2, top + (RIBBON_HEIGHT - self.setting.ascent) / 2)
        draw_cached_text(image, self.setting, inside, choose_ink(self.fill), width=self.setting.width, align="left")


def set_mark(mark: Mark, theme_fonts: ThemeFonts, width: float) -> Ribbon:
    """Lay out a mark in so much room; in the colour of the names where the tier has none of its own."""
    layout = theme_fonts.theme.layout
    own = theme_fonts.theme.palette[layout.invitation.first.colour]
    fill = (int(mark.colour[1:3], 16), int(mark.colour[3:5], 16), int(mark.colour[5:7], 16)) if mark.colour else own
    stack = theme_fonts.stacks[_STYLE.role]
    words = clean_text(mark.text, stack.covers)
    return Ribbon(fit_text(words, stack, _STYLE, width=width - 2 * _PAD, height=RIBBON_HEIGHT), fill)


@cache
def _cut_ribbon(width: int) -> Image.Image:
    mask = Image.new("L", (width * OVERSAMPLE, RIBBON_HEIGHT * OVERSAMPLE))
    Pencil(mask, (0, 0), OVERSAMPLE).block((0, 0, width, RIBBON_HEIGHT), RIBBON_HEIGHT / 2)
    return mask.reduce(OVERSAMPLE)
