"""Breaks text into lines and finds the largest size at which it fits its box."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.cards.bidi import order_levels
from bot.cards.scripts import find_script, is_unspaced
from bot.cards.typefaces import Glyph, Stack, measure_width, shape_glyph

# What Chinese and Japanese typesetting keeps from the start, and from the end, of a line; look-alikes are meant.
_NEVER_FIRST = frozenset("，。！？；：、）》」』】〕〉”’…—·,.!?;:)]}%～ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")  # noqa: RUF001
_NEVER_FIRST |= frozenset("\u060c\u061b\u061f\u06d4\u0964\u0965\u0e2f\u104a\u104b\u17d4\u17d5")  # and of other scripts
_NEVER_LAST = frozenset("（《「『【〔〈“‘([{¥$€£#")  # noqa: RUF001
_CLAUSE_ENDS = frozenset(",.!?:;\uff0c\u3002\uff01\uff1f\uff1a\uff1b\u2026\u060c\u061b\u061f\u06d4\u0964")
_DASHES = "-\u2013\u2014"
_ELLIPSIS = "…"
_WIDE_LEADING = 1.2  # hanzi and Korean syllables fill their square, lines of them need air
_LEAST_DESCENT = 0.2
_LEAST_CLAUSE = 0.4  # of the other line's width
_SHAPED_GAP = 0.08  # em between what hangs from a line of shaped words and what stands on the next

Line = tuple[Glyph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True)
class Setting:
    """A text laid out: its lines, their size, and how far they stand and hang, in pixels."""

    lines: tuple[Line, ...]
    size: int
    leading: float
    ascent: float
    descent: float

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
    text: str, stack: Stack, style: TextStyle, *, width: float, height: float, rtl: bool | None = None
) -> Setting:
    """The text at the largest size of the style that fits width and height; ellipsised at the smallest.

    `rtl` says how the whole is read, if not as its first letter is.
    """
    glyphs = stack.compose_glyphs(text, tracking=style.tracking, rtl=rtl)
    for size in _list_sizes(glyphs, style, width):
        lines = break_lines(glyphs, width / size)
        setting = compose_setting(lines, size, style)
        if len(lines) <= style.lines and setting.width <= width and setting.height <= height:
            return compose_setting(balance_lines(glyphs, lines, width / size), size, style)
    return _cut_to_fit(glyphs, stack, style, width, height)


def compose_setting(lines: Sequence[Line], size: int, style: TextStyle) -> Setting:
    """Lines at a size, with the heights of the typefaces in them."""
    trimmed = tuple(_trim(line) for line in lines)
    glyphs = [glyph for line in trimmed for glyph in line]
    ascent = max((glyph.rise if glyph.shaped else glyph.typeface.cap_height for glyph in glyphs), default=0.0)
    descent = max((glyph.fall if glyph.shaped else glyph.typeface.descent for glyph in glyphs), default=0.0)
    wide = any(_fills_square(glyph.cluster) for glyph in glyphs)
    leading = max(style.leading, _WIDE_LEADING) if wide else style.leading
    if any(glyph.shaped for glyph in glyphs):
        leading = max(leading, ascent + descent + _SHAPED_GAP)
    return Setting(trimmed, size, leading, ascent * size, max(descent, _LEAST_DESCENT) * size)


def break_lines(glyphs: Sequence[Glyph], limit: float) -> list[Line]:
    """Lines no wider than `limit` em, filled one after another; only a piece that is wider itself is cut anywhere."""
    lines: list[Line] = []
    line: Line = ()
    for piece in _list_pieces(glyphs):
        if measure_width(_trim(line + piece)) <= limit:
            line += piece
            continue
        if line:
            lines.append(line)
        *full, line = _cut_anywhere(piece, limit)
        lines += full
    return [one for one in [*lines, line] if _trim(one)]


def balance_lines(glyphs: Sequence[Glyph], lines: list[Line], limit: float) -> list[Line]:
    """As many lines, of as equal width as possible; of two lines, the first would rather end with a clause."""
    if len(lines) == 2 and (clauses := _split_clauses(glyphs, limit)):
        return clauses
    widest = _measure_widest_piece(glyphs)
    low, high = widest if widest <= limit else 0.0, limit
    best = lines
    for _ in range(8 if len(lines) > 1 else 0):
        middle = (low + high) / 2
        tried = break_lines(glyphs, middle)
        if len(tried) > len(lines):
            low = middle
        else:
            high, best = middle, tried
    return best


def _split_clauses(glyphs: Sequence[Glyph], limit: float) -> list[Line]:
    """Two lines no wider than `limit` of which the first ends with a mark, if they are of similar width; else nothing."""
    pieces = list(_list_pieces(glyphs))
    ends = [
        at for at, piece in enumerate(pieces[:-1], 1) if _trim(piece)[-1:] and _trim(piece)[-1].cluster in _CLAUSE_ENDS
    ]
    splits = [[sum(pieces[:at], ()), sum(pieces[at:], ())] for at in ends]
    widths = [sorted(measure_width(_trim(line)) for line in split) for split in splits]
    fitting = [(wide, n) for n, (narrow, wide) in enumerate(widths) if wide <= limit and narrow > wide * _LEAST_CLAUSE]
    return splits[min(fitting)[1]] if fitting else []


def _list_sizes(glyphs: Sequence[Glyph], style: TextStyle, width: float) -> Iterator[int]:
    """From the largest at which no word has to be cut, down in steps of about 4 %."""
    needed = max(_measure_widest_piece(glyphs), measure_width(glyphs) * 0.9 / style.lines)
    size = style.size
    while size > style.floor:
        if size * needed <= width:
            yield size
        size -= max(1, size // 25)
    yield style.floor


def _cut_to_fit(glyphs: Sequence[Glyph], stack: Stack, style: TextStyle, width: float, height: float) -> Setting:
    """As many lines as there is room for at the smallest size, the last one with an ellipsis if there would be more."""
    size, limit = style.floor, width / style.floor
    lines = break_lines(glyphs, limit)
    kept = lines[: style.lines]
    while len(kept) > 1 and compose_setting(kept, size, style).height > height:
        kept.pop()
    if len(kept) < len(lines):
        rest = tuple(glyph for line in lines[len(kept) - 1 :] for glyph in line)
        kept[-1] = add_ellipsis(rest, stack, limit)
    return compose_setting(kept, size, style)


def add_ellipsis(line: Line, stack: Stack, limit: float) -> Line:
    """As much of the line as fits together with an ellipsis."""
    dots = tuple(stack.compose_glyphs(_ELLIPSIS))
    room = limit - measure_width(dots)
    line = line if not line or line[0].advance <= room else tuple(part for glyph in line for part in glyph.split())
    kept = 0
    while kept < len(line) and line[kept].advance <= room:
        room -= line[kept].advance
        kept += 1
    while kept and line[kept - 1].cluster in _NEVER_FIRST | _NEVER_LAST | {" "}:
        kept -= 1
    level = line[kept - 1].level if kept else 0
    return line[:kept] + tuple(replace(dot, level=level) for dot in dots)


def _measure_widest_piece(glyphs: Sequence[Glyph]) -> float:
    return max((measure_width(_trim(piece)) for piece in _list_pieces(glyphs)), default=0.0)


def _list_pieces(glyphs: Sequence[Glyph]) -> Iterator[Line]:
    """Runs between which a line may break."""
    start = 0
    for at in range(1, len(glyphs)):
        if _may_break(glyphs[at - 1].cluster, glyphs[at].cluster):
            yield tuple(glyphs[start:at])
            start = at
    if glyphs:
        yield tuple(glyphs[start:])


def _may_break(left: str, right: str) -> bool:
    if right == " ":
        return False
    if left == " ":
        return right not in _NEVER_FIRST
    if right in _NEVER_FIRST or left in _NEVER_LAST:
        return False
    if _is_wide(right):
        return not left.isdigit()
    return _is_wide(left) or left in _DASHES or (is_unspaced(left) and is_unspaced(right))


def _is_wide(cluster: str) -> bool:
    """Whether lines may break beside it: hanzi and kana; Korean words stay whole."""
    return _fills_square(cluster) and find_script(cluster) is None


def _fills_square(cluster: str) -> bool:
    return unicodedata.east_asian_width(cluster[0]) in "WF"


def _cut_anywhere(piece: Line, limit: float) -> list[Line]:
    lines: list[Line] = [()]
    for glyph in _list_parts(piece, limit):
        if lines[-1] and measure_width(_trim((*lines[-1], glyph))) > limit:
            lines.append(())
        lines[-1] += (glyph,)
    return lines


def _list_parts(piece: Line, limit: float) -> Iterator[Glyph]:
    """Glyphs no wider than the limit: a shaped word that is wider is cut, and each part shaped for itself."""
    for glyph in piece:
        parts = glyph.split() if glyph.advance > limit else [glyph]
        while parts:
            part, count = parts[0], 1
            while count < len(parts):
                longer = shape_glyph(part.cluster + parts[count].cluster, part.typeface, part.level)
                if longer.advance > limit:
                    break
                part, count = longer, count + 1
            yield part
            parts = parts[count:]


def _trim(line: Line) -> Line:
    while line and line[-1].cluster == " ":
        line = line[:-1]
    while line and line[0].cluster == " ":
        line = line[1:]
    return line
