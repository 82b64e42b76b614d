"""Where lines break: what may stand at a line's beginning and end, and which of the possible breaks make sense."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise, takewhile
from math import inf

from bot.cards.hanzi import list_words
from bot.cards.scripts import find_script, is_unspaced
from bot.cards.typefaces import Glyph, measure_width, shape_glyph

# What Chinese and Japanese typesetting keeps from the start, and from the end, of a line; look-alikes are meant.
NEVER_FIRST = frozenset("，。！？；：、）》」』】〕〉”’…—·,.!?;:)]}%～ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ")  # noqa: RUF001
NEVER_FIRST |= frozenset("\u060c\u061b\u061f\u06d4\u0964\u0965\u0e2f\u104a\u104b\u17d4\u17d5")  # and of other scripts
NEVER_LAST = frozenset("（《「『【〔〈“‘([{¥$€£#")  # noqa: RUF001
_CLAUSE_ENDS = frozenset(",.!?:;\uff0c\u3002\uff01\uff1f\uff1a\uff1b\u2026\u060c\u061b\u061f\u06d4\u0964")
DASHES = "-\u2013\u2014"

_LEAST_CLAUSE = 0.4  # of the other line's width
_HAN_NAME = 4  # characters, as all below
_LEAST_HAN, _LEAST_LETTERS, _LEAST_WORD = 3, 12, 8  # of a last line that does not look lost, and of any line
_LONE_WORD, _AFTER_NUMBER, _AT_HYPHEN, _AT_CLAUSE, _AT_HAN_CLAUSE = 0.3, 0.12, 0.5, -0.03, -0.1
"""What a break costs against the square of a line's share that is empty or too full; the last one is wished for."""

Line = tuple[Glyph, ...]


def break_lines(pieces: Sequence[Line], limit: float) -> list[Line]:
    """Lines no wider than `limit` em, filled one after another; only a piece that is wider itself is cut anywhere."""
    lines: list[Line] = []
    line: Line = ()
    for piece in pieces:
        if measure_width(trim(line + piece)) <= limit:
            line += piece
            continue
        if line:
            lines.append(line)
        *full, line = _cut_anywhere(piece, limit)
        lines += full
    return [one for one in [*lines, line] if trim(one)]


def balance_lines(pieces: Sequence[Line], lines: list[Line], limit: float) -> list[Line]:
    """As many lines, of as equal width as possible, broken by sense.

    A line rather ends with a clause, hardly between a number and what it counts, and the last one is no lone word. Of two
    lines the first ends with a clause wherever both stay of similar width.
    """
    if len(lines) < 2:
        return lines
    if len(lines) == 2 and (clauses := _split_clauses(pieces, limit)):
        return clauses
    broken = _choose_breaks(pieces, len(lines), limit)
    return (
        [sum(pieces[start:end], ()) for start, end in pairwise(broken)]
        if broken
        else _narrow_lines(pieces, lines, limit)
    )


def _narrow_lines(pieces: Sequence[Line], lines: list[Line], limit: float) -> list[Line]:
    """As many lines in the narrowest space, where a piece is wider than a line and has to be cut."""
    low, high, best = 0.0, limit, lines
    for _ in range(8):
        middle = (low + high) / 2
        tried = break_lines(pieces, middle)
        if len(tried) > len(lines):
            low = middle
        else:
            high, best = middle, tried
    return best


def _choose_breaks(pieces: Sequence[Line], count: int, limit: float) -> tuple[int, ...]:
    """Where so many lines begin and the last one ends, at the least cost; nothing where a piece is wider than a line."""
    target = sum(measure_width(piece) for piece in pieces) / count
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    for row in range(1, count + 1):
        found: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (cost, path) in best.items():
            for end, width in _list_ends(pieces, start, limit):
                if (end == len(pieces)) == (row == count):
                    total = cost + ((width - target) / limit) ** 2 + _weigh_break(pieces, start, end)
                    found[end] = min(found.get(end, (inf, ())), (total, (*path, end)))
        best = found
    return best.get(len(pieces), (inf, ()))[1]


def _list_ends(pieces: Sequence[Line], start: int, limit: float) -> Iterator[tuple[int, float]]:
    """Up to which piece a line may reach that begins with this one, and how wide it then is."""
    before = 0.0
    for end in range(start + 1, len(pieces) + 1):
        width = before + measure_width(trim(pieces[end - 1]))
        if width > limit:
            return
        yield end, width
        before += measure_width(pieces[end - 1])


def _weigh_break(pieces: Sequence[Line], start: int, end: int) -> float:
    if end == len(pieces):
        return _LONE_WORD if start and _is_lone(pieces[start:end]) else 0.0
    last = trim(pieces[end - 1])[-1:]
    cluster = last[0].cluster if last else ""
    if cluster in _CLAUSE_ENDS:
        return _AT_HAN_CLAUSE if fills_square(cluster) else _AT_CLAUSE
    return _AFTER_NUMBER if cluster[-1:].isdigit() else _AT_HYPHEN if cluster in DASHES else 0.0


def count_lone(lines: Sequence[Line]) -> int:
    """How many of several lines look dropped: a last one that is a single short word, or hardly more than a mark in hanzi.

    Others where the word is shorter still.
    """
    if len(lines) < 2:
        return 0
    return _is_lone(list(list_pieces(trim(lines[-1])))) + sum(_is_tiny(trim(line)) for line in lines[:-1])


def _is_tiny(line: Line) -> bool:
    """Whether it is one short word that does not end a clause."""
    letters = "".join(glyph.cluster for glyph in line)
    return not _is_han(line) and len(letters) < _LEAST_WORD and " " not in letters and letters[-1:] not in _CLAUSE_ENDS


def _is_lone(pieces: Sequence[Line]) -> bool:
    glyphs = [glyph for piece in pieces for glyph in piece]
    if _is_han(tuple(glyphs)):
        return len(glyphs) < _LEAST_HAN
    return len(pieces) == 1 and sum(len(glyph.cluster) for glyph in glyphs) < _LEAST_LETTERS


def _is_han(line: Line) -> bool:
    return bool(line) and _is_wide(line[0].cluster)


def _split_clauses(pieces: Sequence[Line], limit: float) -> list[Line]:
    """Two lines no wider than `limit` of which the first ends with a mark, if they are of similar width; else nothing."""
    ends = [
        at for at, piece in enumerate(pieces[:-1], 1) if trim(piece)[-1:] and trim(piece)[-1].cluster in _CLAUSE_ENDS
    ]
    splits = [[sum(pieces[:at], ()), sum(pieces[at:], ())] for at in ends]
    widths = [sorted(measure_width(trim(line)) for line in split) for split in splits]
    fitting = [(wide, n) for n, (narrow, wide) in enumerate(widths) if wide <= limit and narrow > wide * _LEAST_CLAUSE]
    return splits[min(fitting)[1]] if fitting else []


def list_pieces(glyphs: Sequence[Glyph], *, names: bool = False) -> Iterator[Line]:
    """Runs between which a line may break; among `names`, a Chinese or Japanese one is one run."""
    start = 0
    for at in range(1, len(glyphs)):
        if _may_break(glyphs[at - 1].cluster, glyphs[at].cluster) and not (names and _is_within_name(glyphs, at)):
            yield tuple(glyphs[start:at])
            start = at
    if glyphs:
        yield tuple(glyphs[start:])


def _is_within_name(glyphs: Sequence[Glyph], at: int) -> bool:
    if not (_is_wide(glyphs[at - 1].cluster) and _is_wide(glyphs[at].cluster)):
        return False
    before = sum(1 for _ in takewhile(lambda glyph: _is_wide(glyph.cluster), reversed(glyphs[:at])))
    after = sum(1 for _ in takewhile(lambda glyph: _is_wide(glyph.cluster), glyphs[at:]))
    return before + after <= _HAN_NAME


def join_words(pieces: Iterable[Line], terms: Sequence[str] = (), *, longest: float = inf) -> list[Line]:
    """Hyphenated words, Chinese words and the given terms, of at most so many characters, each as one piece again."""
    joined: list[Line] = []
    for piece in _join_spans(list(pieces), terms, longest):
        if longest == inf and joined and joined[-1][-1].cluster in DASHES:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _join_spans(pieces: Sequence[Line], terms: Sequence[str], longest: float) -> Iterator[Line]:
    lengths = [sum(len(glyph.cluster) for glyph in piece) for piece in pieces]
    text = "".join(glyph.cluster for piece in pieces for glyph in piece)
    spans = [span for span in list_words(text, terms) if span[1] - span[0] <= longest]
    inside = {at for start, end in spans for at in range(start + 1, end)}
    line: Line = ()
    for end, piece in zip(accumulate(lengths), pieces, strict=True):
        line += piece
        if end not in inside:
            yield line
            line = ()


def _may_break(left: str, right: str) -> bool:
    if right == " ":
        return False
    if left == " ":
        return right not in NEVER_FIRST
    if right in NEVER_FIRST or left in NEVER_LAST:
        return False
    if _is_wide(right):
        return not left.isdigit()
    return _is_wide(left) or left in DASHES or (is_unspaced(left) and is_unspaced(right))


def _is_wide(cluster: str) -> bool:
    """Whether lines may break beside it: hanzi and kana; Korean words stay whole."""
    return fills_square(cluster) and find_script(cluster) is None


def fills_square(cluster: str) -> bool:
    """Whether it is as wide as it is high: hanzi, kana and Korean syllables."""
    return unicodedata.east_asian_width(cluster[0]) in "WF"


def _cut_anywhere(piece: Line, limit: float) -> list[Line]:
    lines: list[Line] = [()]
    for glyph in _list_parts(piece, limit):
        if lines[-1] and measure_width(trim((*lines[-1], glyph))) > limit:
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


def trim(line: Line) -> Line:
    """The line without the spaces around it."""
    while line and line[-1].cluster == " ":
        line = line[:-1]
    while line and line[0].cluster == " ":
        line = line[1:]
    return line
