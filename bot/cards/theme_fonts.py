"""A theme with its typefaces at hand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.cards.dressing import FindPicture, LookPictures, dress_theme, open_pictures
from bot.cards.scripts import SCRIPTS
from bot.cards.themes import ROLES, Theme, ThemeMistake
from bot.cards.typefaces import Stack, Typeface
from bot.cards.typesetting import Setting, TextStyle, fit_text
from bot.cards.wording import clean_name, clean_text, keeps_letters
from bot.core.looks import CardLook
from storage.frozen import frozen

_LAST_SIZE, _LAST_LINES = 0.5, 6
"""What a text that is too long for its place may do before it is cut: campaigns of before had no such limit."""

_WEIGHTS = {"text": "medium"}
"""Everything else is bold."""


@frozen(kw_only=False)
class ThemeFonts:
    """What is needed to set texts in a theme."""

    theme: Theme
    stacks: Mapping[str, Stack]
    look: CardLook
    find_picture: FindPicture
    terms: tuple[str, ...] = ()
    """What a line should not break: the names of this shop."""

    def open_pictures(self) -> LookPictures:
        """Logo and photo; opened anew each time, since a template needs them once."""
        return open_pictures(self.look, self.find_picture)

    def fit(self, text: str, style: TextStyle, width: float, height: float, *, rtl: bool | None = None) -> Setting:
        """A text of the campaign, cleaned, at its largest size; `rtl` says how it is read, if not as its first letter is."""
        stack, words = self.stacks[style.role], clean_text(text, self.stacks[style.role].covers)
        fit = partial(fit_text, words, stack, width=width, height=height, rtl=rtl, terms=self.terms)
        setting = fit(style)
        if not setting.cut:
            return setting
        tighter = replace(style, floor=round(style.floor * _LAST_SIZE), lines=style.lines + _LAST_LINES)
        return fit(tighter)

    def count_excess(self, text: str, style: TextStyle, width: float, height: float) -> int:
        """By how many characters a text is too long for its place, at the smallest size that is easy to read on a phone."""
        stack = self.stacks[style.role]
        words = clean_text(text, stack.covers)

        def is_whole(excess: int) -> bool:
            return not fit_text(words[: len(words) - excess], stack, style, width=width, height=height).cut

        if is_whole(0):  # as most are: a search would set such a text half a dozen times
            return 0
        return bisect_left(range(len(words)), 1, lo=1, key=is_whole)

    def clean_name(self, name: str) -> str:
        """What of a name these typefaces can draw."""
        return clean_name(name, self.stacks["name"].covers)

    def can_tell(self, story: str) -> bool:
        """Whether these typefaces can draw every letter of a story."""
        return keeps_letters(story, self.stacks[self.theme.layout.words.second.role].covers)


def load_typefaces(assets: Path) -> dict[str, Typeface]:
    """Every font of assets/fonts by name; none is read yet."""
    return {path.stem: Typeface(path) for path in sorted((assets / "fonts").glob("*.ttf"))}


def load_theme_fonts(
    look: CardLook, assets: Path, typefaces: Mapping[str, Typeface], find_picture: FindPicture = lambda _: None
) -> ThemeFonts:
    """What is needed to draw in a look. Raises UnknownTheme, ThemeMistake."""
    theme = dress_theme(look, assets / "themes", open_pictures(look, find_picture))
    wanted = {font for role in ROLES for font in theme.fonts[role]}
    if missing := sorted(wanted - typefaces.keys()):
        raise ThemeMistake(f"theme {theme.name}: there is no font {missing[0]!r} in assets/fonts")
    stacks = {role: compose_stack(theme.fonts[role], _WEIGHTS.get(role, "bold"), typefaces) for role in ROLES}
    return ThemeFonts(theme, stacks, look, find_picture)


def compose_stack(names: Sequence[str], weight: str, typefaces: Mapping[str, Typeface]) -> Stack:
    """Typefaces by name in order of preference; scripts that have a font of their own in this weight, medium or bold."""
    scripts = {script.name: typefaces[f"noto-sans-{script.name}-{weight}"] for script in SCRIPTS}
    return Stack([typefaces[name] for name in names], scripts)
