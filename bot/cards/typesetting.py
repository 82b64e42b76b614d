"""Breaks text into lines and finds the largest size at which it fits its box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from bot.cards.bidi import order_levels
from bot.cards.linebreaks import (
    NEVER_FIRST,
    NEVER_LAST,
    Line,
    balance_lines,
    break_lines,
    count_lone,
    fills_square,
    join_words,
    list_pieces,
    trim,
)
from bot.cards.typefaces import Glyph, Stack, measure_width
from storage.frozen import frozen

_ELLIPSIS = "…"
_WIDE_LEADING = 1.2  # hanzi and Korean syllables fill their square, lines of them need air
_LEAST_DESCENT = 0.2
_COMPANY_SHARE = 0.78  # of the largest size, to keep a word from standing alone
_WHOLE_SHARE = 0.66  # of the size at which a hyphenated or Chinese word is parted
_SHORT_WORD = 4  # characters that stay together even where longer terms cannot
_SHAPED_GAP = 0.08  # em between what hangs from a line of shaped words and what stands on the next


@frozen
class TextStyle:
    """How a text is set."""

    role: str
    """Which stack of the theme's typefaces."""
    colour: str
    """Which colour of the theme."""
    size: int
    """The largest size in pixels."""
    floor: int
    """The smallest one; a text that is still too long ends in an ellipsis."""
    lines: int
    leading: float = 1.1
    """Distance of the baselines in em."""
    align: str = "left"
    tracking: float = 0.0
    """Added between characters, in em."""


@frozen(kw_only=False)
class Setting:
    """A text laid out: its lines, their size, and how far they stand and hang, in pixels."""

    lines: tuple[Line, ...]
    size: int
    leading: float
    ascent: float
    descent: float
    cut: bool = False
    """Whether not all of the text is there."""

    @property
    def width(self) -> float:
        """Width of the widest line."""
        return max((measure_width(line) for line in self.lines), default=0.0) * self.size

    @property
    def rtl(self) -> bool:
        """Whether the whole is read from right to left."""
        return bool(self.lines) and all(glyph.level for line in self.lines for glyph in line)

    def turn(self, align: str) -> str:
        """The side it begins at, where `align` is that of what is read from left to right."""
        return "right" if align == "left" and self.rtl else align

    @property
    def height(self) -> float:
        """From the top of the first line's capitals to the last line's descenders."""
        return self.ascent + (len(self.lines) - 1) * self.leading * self.size + self.descent if self.lines else 0.0

    def place_lines(self, width: float, align: str) -> Iterator[tuple[float, float, float, float]]:
        """What each line covers: left, top, right, bottom, seen from the top left of a box of this width."""
        for at, line in enumerate(self.lines):
            wide, top = measure_width(line) * self.size, at * self.leading * self.size
            left = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * (width - wide)
            yield left, top, left + wide, top + self.ascent + self.descent

    def place_glyphs(self, width: float, align: str) -> Iterator[tuple[Glyph, float, float]]:
        """Each glyph with its pen's position, seen from the top left of a box of this width."""
        baseline = self.ascent
        for line in self.lines:
            slack = width - measure_width(line) * self.size
            x = {"left": 0.0, "centre": slack / 2, "right": slack}[align]
            for at in order_levels([glyph.level for glyph in line]):
                yield line[at], x, baseline
                x += line[at].advance * self.size
            baseline += self.leading * self.size


def fit_text(
    text: str,
    stack: Stack,
    style: TextStyle,
    *,
    width: float,
    height: float,
    rtl: bool | None = None,
    terms: Sequence[str] = (),
) -> Setting:
    """The text at the largest size of the style that fits width and height; ellipsised at the smallest.

    `rtl` says how the whole is read, if not as its first letter is; `terms` are not broken where there is another way.
    """
    glyphs = stack.compose_glyphs(text, tracking=style.tracking, rtl=rtl)
    pieces = list(list_pieces(glyphs, names=style.role == "name"))
    parted = _fit_pieces(pieces, style, width, height)
    for longest in (inf, _SHORT_WORD):
        words = join_words(pieces, terms, longest=longest)
        whole = _fit_pieces(words, style, width, height) if len(words) < len(pieces) else None
        if whole and parted and whole.size >= _WHOLE_SHARE * parted.size and _has_room(words, width / whole.size):
            return whole
    return parted or _cut_to_fit(glyphs, stack, style, width, height)


def _has_room(pieces: Sequence[Line], limit: float) -> bool:
    """Whether each of them fits a line, so that none had to be cut."""
    return all(measure_width(trim(piece)) <= limit for piece in pieces)


def _fit_pieces(pieces: Sequence[Line], style: TextStyle, width: float, height: float) -> Setting | None:
    """The pieces at the largest size at which none of them is cut; None where there is no such size.

    A little smaller where fewer lines are lone words then.
    """
    best: tuple[int, int, Setting] | None = None
    largest = 0
    for size in _list_sizes(pieces, style, width):
        if size < _COMPANY_SHARE * largest:
            break
        lines = break_lines(pieces, width / size)
        setting = compose_setting(lines, size, style)
        if len(lines) <= style.lines and setting.width <= width and setting.height <= height:
            balanced = balance_lines(pieces, lines, width / size)
            found = (count_lone(balanced), -size, compose_setting(balanced, size, style))
            best, largest = min(best or found, found, key=lambda rated: rated[:2]), max(largest, size)
            if not best[0]:
                break
    return best[2] if best else None


def compose_setting(lines: Sequence[Line], size: int, style: TextStyle) -> Setting:
    """Lines at a size, with the heights of the typefaces in them."""
    trimmed = tuple(trim(line) for line in lines)
    glyphs = [glyph for line in trimmed for glyph in line]
    ascent = max((glyph.rise if glyph.shaped else glyph.typeface.cap_height for glyph in glyphs), default=0.0)
    descent = max((glyph.fall if glyph.shaped else glyph.typeface.descent for glyph in glyphs), default=0.0)
    wide = any(fills_square(glyph.cluster) for glyph in glyphs)
    leading = max(style.leading, _WIDE_LEADING) if wide else style.leading
    if any(glyph.shaped for glyph in glyphs):
        leading = max(leading, ascent + descent + _SHAPED_GAP)
    return Setting(trimmed, size, leading, ascent * size, max(descent, _LEAST_DESCENT) * size)


def _list_sizes(pieces: Sequence[Line], style: TextStyle, width: float) -> Iterator[int]:
    """From the largest at which no word has to be cut, down in steps of about 4 %."""
    widths = [measure_width(piece) for piece in pieces]
    needed = max(max((measure_width(trim(piece)) for piece in pieces), default=0.0), sum(widths) * 0.9 / style.lines)
    size = style.size
    while size > style.floor:
        if size * needed <= width:
            yield size
        size -= max(1, size // 25)
    yield style.floor


def _cut_to_fit(glyphs: Sequence[Glyph], stack: Stack, style: TextStyle, width: float, height: float) -> Setting:
    """As many lines as there is room for at the smallest size, the last one with an ellipsis if there would be more."""
    size, limit = style.floor, width / style.floor
    lines = break_lines(list(list_pieces(glyphs, names=style.role == "name")), limit)
    kept = lines[: style.lines]
    while len(kept) > 1 and compose_setting(kept, size, style).height > height:
        kept.pop()
    cut = len(kept) < len(lines)
    if cut:
        rest = tuple(glyph for line in lines[len(kept) - 1 :] for glyph in line)
        kept[-1] = add_ellipsis(rest, stack, limit)
    return replace(compose_setting(kept, size, style), cut=cut)


def add_ellipsis(line: Line, stack: Stack, limit: float) -> Line:
    """As much of the line as fits together with an ellipsis."""
    dots = tuple(stack.compose_glyphs(_ELLIPSIS))
    room = limit - measure_width(dots)
    line = line if not line or line[0].advance <= room else tuple(part for glyph in line for part in glyph.split())
    kept = 0
    while kept < len(line) and line[kept].advance <= room:
        room -= line[kept].advance
        kept += 1
    while kept and line[kept - 1].cluster in NEVER_FIRST | NEVER_LAST | {" "}:
        kept -= 1
    level = line[kept - 1].level if kept else 0
    return line[:kept] + tuple(replace(dot, level=level) for dot in dots)
