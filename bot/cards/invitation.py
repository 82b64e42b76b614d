"""The one place of a card that differs in words: the inviter's name and the phrase around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from bot.cards.glyph_cache import draw_cached_text
from bot.cards.layout import Pair
from bot.cards.shapes import Fill
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle, fit_text
from bot.core.sharing import CardText

_LEAST_NAME = 33  # pixels, as of every text; a longer name takes more lines before it is cut


@dataclass(frozen=True, slots=True)
class Invitation:
    """The phrase laid out once, to be drawn around any name."""

    pair: Pair
    theme_fonts: ThemeFonts
    before: Setting
    after: Setting
    nameless: Setting
    fill: Fill

    def draw(self, image: Image.Image, name: str) -> None:
        """The name with the phrase around it, or the phrase alone if nothing of the name can be drawn."""
        drawn = self.theme_fonts.clean_name(name)
        stack = (
            [(self.fit_name(drawn), self.pair.first)]
            if drawn
            else [(self.nameless, self.theme_fonts.theme.layout.nameless)]
        )
        if drawn:
            stack = [(self.before, self.pair.second), *stack, (self.after, self.pair.second)]
        self._draw(image, [(setting, style) for setting, style in stack if setting.lines])

    def fit_name(self, name: str) -> Setting:
        """A cleaned name at its largest size beside the phrase."""
        width, height = _measure(self.pair)
        around = sum(setting.height + self.pair.gap for setting in (self.before, self.after) if setting.lines)
        style = self.pair.first
        fit = partial(fit_text, name, self.theme_fonts.stacks[style.role], width=width, height=height - around)
        setting = fit(style)
        return fit(replace(style, floor=_LEAST_NAME, lines=style.lines + 2)) if setting.cut else setting

    def _draw(self, image: Image.Image, stack: list[tuple[Setting, TextStyle]]) -> None:
        left, top, _, _ = self.pair.bounds
        width, height = _measure(self.pair)
        taken = sum(setting.height for setting, _ in stack) + self.pair.gap * (len(stack) - 1)
        y = top + (height - taken) * self.pair.anchor
        for setting, style in stack:
            fill = self.theme_fonts.theme.palette[style.colour] if style is self.pair.second else self.fill
            align = self.nameless.turn(style.align)
            draw_cached_text(image, setting, (left, y), fill, width=width, align=align)
            y += setting.height + self.pair.gap


def prepare_invitation(text: CardText, theme_fonts: ThemeFonts) -> Invitation:
    """Lay out what is the same for every name."""
    layout = theme_fonts.theme.layout
    width, height = _measure(layout.invitation)
    before, after = (
        theme_fonts.fit(part, layout.invitation.second, width, height / 3) for part in text.split_invitation()
    )
    nameless = theme_fonts.fit(text.invited_without_name, layout.nameless, width, height)
    return Invitation(
        layout.invitation, theme_fonts, before, after, nameless, layout.name_fill(theme_fonts.theme.palette)
    )


def _measure(pair: Pair) -> tuple[float, float]:
    left, top, right, bottom = pair.bounds
    return right - left, bottom - top
