"""The one place of a card that differs in words: the inviter's name and the phrase around it, and the face beside them."""

from __future__ import annotations

from dataclasses import field, replace
from functools import partial

from PIL import Image

from bot.cards.faces import FACE_PIXELS, draw_face
from bot.cards.glyph_cache import draw_cached_text
from bot.cards.layout import Layout, Pair
from bot.cards.marks import RIBBON_HEIGHT, Ribbon, set_mark
from bot.cards.shapes import Fill, Sheet
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import Setting, TextStyle, fit_text
from bot.core.sharing import CardText, Mark
from storage.frozen import frozen

_LEAST_NAME = 33  # pixels, as of every text; a longer name takes more lines before it is cut
_RIBBON_GAP = 12  # between the words and what the member has become
_RIBBON_ROOM = RIBBON_HEIGHT + _RIBBON_GAP
_RIBBONS_KEPT = 32
_FACE_GAP = 0.18  # of the face, between it and the words

Stack = list[tuple[Setting, TextStyle]]
"""Texts one under the other."""


@frozen(kw_only=False)
class Phrase:
    """What stands around a name, laid out for the room beside a face of so many pixels; 0 for none."""

    face_pixels: int
    width: float
    before: Setting
    after: Setting
    nameless: Setting
    nameless_above: Setting
    """The same where a ribbon stands below."""


@frozen(kw_only=False)
class _Room:
    """Where on the card a face begins, and the words beside it."""

    face_left: float
    words_left: float


@frozen(kw_only=False)
class Invitation:
    """The phrase laid out once, to be drawn around any name."""

    pair: Pair
    theme_fonts: ThemeFonts
    phrases: tuple[Phrase, ...]
    """The one without a face first, then those beside one, the largest first."""
    fill: Fill
    ribbons: dict[Mark, Ribbon] = field(default_factory=dict, compare=False, repr=False)
    """Marks that were laid out: a shop has few."""

    def draw(self, image: Image.Image, name: str, face: Image.Image | None = None, mark: Mark | None = None) -> None:
        """The name with the phrase around it, or the phrase alone if nothing of the name can be drawn; the face beside it.

        Below them what the member has become, in the colour of the ring around the face.
        """
        ribbon = None if mark is None else self._find_ribbon(mark)
        below = _RIBBON_ROOM if ribbon else 0
        phrase, stack = self._choose(self.theme_fonts.clean_name(name), below, faced=face is not None)
        taken = sum(setting.height for setting, _ in stack) + self.pair.gap * (len(stack) - 1)
        (left, top, _, bottom), align = self.pair.bounds, phrase.nameless.turn(self.pair.first.align)
        y = top + (bottom - top - taken - below) * self.pair.anchor
        if ribbon is not None:
            ribbon.draw(image, self._find_place(ribbon, max(taken, phrase.face_pixels) + y + _RIBBON_GAP, align))
        if face is not None:
            around = self._find_room(phrase, max(setting.width for setting, _ in stack), align)
            left, align = around.words_left, "left" if align == "centre" else align
            middle = min(max(y + taken / 2, top + phrase.face_pixels / 2), bottom - below - phrase.face_pixels / 2)
            place = (round(around.face_left), round(middle - phrase.face_pixels / 2))
            ring = ribbon.fill if ribbon else self.theme_fonts.theme.palette[self.pair.first.colour]
            draw_face(image, face, place, phrase.face_pixels, ring)
        self._draw(image, stack, (left, y), phrase.width, align)

    def move_up(self, pixels: int) -> Invitation:
        """The same for a picture that lacks so many rows of the card above."""
        left, top, right, bottom = self.pair.bounds
        fill = replace(self.fill, top=self.fill.top - pixels) if isinstance(self.fill, Sheet) else self.fill
        pair = replace(self.pair, bounds=(left, top - pixels, right, bottom - pixels))
        return replace(self, pair=pair, fill=fill)

    def _find_ribbon(self, mark: Mark) -> Ribbon:
        found = self.ribbons.get(mark)
        if found is None:
            if len(self.ribbons) >= _RIBBONS_KEPT:
                self.ribbons.clear()
            found = self.ribbons[mark] = set_mark(mark, self.theme_fonts, _measure(self.pair)[0])
        return found

    def _find_place(self, ribbon: Ribbon, y: float, align: str) -> tuple[float, float]:
        """Under words and face, where they begin; where they stand in the middle, there."""
        left, _, right, bottom = self.pair.bounds
        share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        return left + share * (right - left - ribbon.width), min(y, bottom - RIBBON_HEIGHT)

    def _find_room(self, phrase: Phrase, widest: float, align: str) -> _Room:
        """The face stands where reading begins; where words stand in the middle, both do as one."""
        left, _, right, _ = self.pair.bounds
        if align == "right":
            return _Room(right - phrase.face_pixels, left)
        if align == "centre":
            left += (phrase.width - widest) / 2
        return _Room(left, left + phrase.face_pixels * (1 + _FACE_GAP))

    def fit_name(self, name: str, phrase: Phrase | None = None, below: float = 0) -> Setting:
        """A cleaned name at its largest size beside the phrase, and above what stands below."""
        phrase, (_, height) = phrase or self.phrases[0], _measure(self.pair)
        around = sum(setting.height + self.pair.gap for setting in (phrase.before, phrase.after) if setting.lines)
        style = self.pair.first
        fit = partial(
            fit_text, name, self.theme_fonts.stacks[style.role], width=phrase.width, height=height - around - below
        )
        setting = fit(style)
        return fit(replace(style, floor=_LEAST_NAME, lines=style.lines + 2)) if setting.cut else setting

    def _choose(self, name: str, below: float, *, faced: bool) -> tuple[Phrase, Stack]:
        """The largest face beside which the name keeps a good size; of none, the smallest."""
        *larger, last = self.phrases[1:] if faced else self.phrases[:1]
        for phrase in larger:
            stack = self._stack(phrase, name, below)
            name_setting = next((setting for setting, style in stack if style is self.pair.first), phrase.nameless)
            if not name_setting.cut and name_setting.size >= self.pair.first.floor:
                return phrase, stack
        return last, self._stack(last, name, below)

    def _stack(self, phrase: Phrase, name: str, below: float) -> Stack:
        if not name:
            return [(phrase.nameless_above if below else phrase.nameless, self.theme_fonts.theme.layout.nameless)]
        around = ((phrase.before, self.pair.second), (self.fit_name(name, phrase, below), self.pair.first))
        stack = (*around, (phrase.after, self.pair.second))
        return [(setting, style) for setting, style in stack if setting.lines]

    def _draw(self, image: Image.Image, stack: Stack, place: tuple[float, float], width: float, align: str) -> None:
        left, y = place
        for setting, style in stack:
            fill = self.theme_fonts.theme.palette[style.colour] if style is self.pair.second else self.fill
            draw_cached_text(image, setting, (left, y), fill, width=width, align=align)
            y += setting.height + self.pair.gap


def prepare_invitation(text: CardText, theme_fonts: ThemeFonts) -> Invitation:
    """Lay out what is the same for every name."""
    layout = theme_fonts.theme.layout
    phrases = tuple(_lay_out(text, theme_fonts, layout, pixels) for pixels in (0, *FACE_PIXELS))
    return Invitation(layout.invitation, theme_fonts, phrases, layout.name_fill(theme_fonts.theme.palette))


def _lay_out(text: CardText, theme_fonts: ThemeFonts, layout: Layout, face_pixels: int) -> Phrase:
    width, height = _measure(layout.invitation)
    if face_pixels:
        width -= face_pixels * (1 + _FACE_GAP)
    before, after = (
        theme_fonts.fit(part, layout.invitation.second, width, height / 3) for part in text.split_invitation()
    )
    nameless, nameless_above = (
        theme_fonts.fit(text.invited_without_name, layout.nameless, width, room)
        for room in (height, height - _RIBBON_ROOM)
    )
    return Phrase(face_pixels, width, before, after, nameless, nameless_above)


def _measure(pair: Pair) -> tuple[float, float]:
    left, top, right, bottom = pair.bounds
    return right - left, bottom - top
