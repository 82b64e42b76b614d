"""Typefaces and the order in which they stand in for each other, character by character.

Everything is measured in em, so that a text is laid out once and drawn at any size. Most letters are laid out one by one,
alike on every machine; words of scripts whose letters shape each other are shaped as a whole, where Pillow finds raqm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import zip_longest
from pathlib import Path

from PIL import ImageFont

from bot.cards.bidi import compute_levels, mirror
from bot.cards.fontfile import Metrics, NumberTable, pair_glyphs, parse_cmap, parse_metrics, read_tables
from bot.cards.scripts import can_shape, find_alphabet, find_script, has_loose_marks, is_unspaced, split_clusters
from bot.core.names import JOINERS
from storage.frozen import frozen

_DESIGN_SIZE = 1000
_LEAST_SPACE = 0.25
_SHAPERS_KEPT = 6
_LONGEST_WHOLE = 12
"""Characters with their marks in one word of a script without blanks."""


def open_font(path: Path, size: int, *, shaped: bool = False) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels, for letters one by one or for shaped words. Each takes half a megabyte: keep few."""
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=engine)


@lru_cache(maxsize=_SHAPERS_KEPT)
def _open_shaper(path: Path) -> ImageFont.FreeTypeFont:
    return open_font(path, _DESIGN_SIZE, shaped=True)


class Typeface:
    """One font file. Nothing is read before it is needed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def glyphs(self) -> NumberTable:
        """Glyph number by code point."""
        return parse_cmap(read_tables(self.path, "cmap")["cmap"])

    @property
    def cap_height(self) -> float:
        """How far a capital, or else a hanzi, stands above the baseline."""
        return self._extents[0]

    @property
    def descent(self) -> float:
        """How far a letter hangs below the baseline."""
        return self._extents[1]

    def covers(self, text: str) -> bool:
        """Whether every character of the text has a glyph; joiners need none."""
        return all(ord(character) in self.glyphs or character in JOINERS for character in text)

    @cached_property
    def places_marks(self) -> bool:
        """Whether the font says where marks stand on letters."""
        return bool(read_tables(self.path, "GPOS")["GPOS"])

    def measure_advance(self, cluster: str) -> float:
        """Width of a character with its marks."""
        widths = self._metrics.widths
        numbers = (self.glyphs[ord(character)] for character in cluster if character not in JOINERS)
        return sum(widths[min(number, len(widths) - 1)] for number in numbers) / self._metrics.units

    def find_kerning(self, left: str, right: str) -> float:
        """What to add between two characters; mostly 0."""
        pair = pair_glyphs(self.glyphs.get(ord(left[-1])), self.glyphs.get(ord(right[0])))
        return self._metrics.kerning.get(pair) / self._metrics.units

    @cached_property
    def _metrics(self) -> Metrics:
        return parse_metrics(read_tables(self.path, "head", "hhea", "hmtx", "kern"))

    @cached_property
    def _extents(self) -> tuple[float, float]:
        font = open_font(self.path, _DESIGN_SIZE)
        top = font.getbbox("H" if self.covers("H") else "国", anchor="ls")[1]
        bottom = font.getbbox("p" if self.covers("p") else "国", anchor="ls")[3]
        return -top / _DESIGN_SIZE, bottom / _DESIGN_SIZE


@frozen(kw_only=False)
class Glyph:
    """What is drawn at once: a character with its marks or a shaped word, and how far it moves the pen, in em."""

    cluster: str
    typeface: Typeface
    advance: float
    level: int = 0
    """Odd where it is read from right to left."""
    shaped: bool = False
    rise: float = 0.0
    """How far a shaped word stands above the baseline, and hangs below it."""
    fall: float = 0.0

    @property
    def direction(self) -> str | None:
        """What Pillow has to know to shape it; nothing where letters are drawn as they are."""
        return _say_direction(self.level) if self.shaped else None

    def split(self) -> list[Glyph]:
        """A shaped word cut into its smallest parts, each shaped for itself."""
        parts = split_clusters(self.cluster) if self.shaped else []
        return [shape_glyph(part, self.typeface, self.level) for part in parts] if len(parts) > 1 else [self]


def shape_glyph(text: str, typeface: Typeface, level: int, *, tracking: float = 0.0) -> Glyph:
    """A word measured as raqm shapes it."""
    direction = _say_direction(level)
    font = _open_shaper(typeface.path)
    _, top, _, bottom = font.getbbox(text, anchor="ls", direction=direction)
    advance = font.getlength(text, direction=direction) / _DESIGN_SIZE + tracking
    return Glyph(text, typeface, advance, level, shaped=True, rise=-top / _DESIGN_SIZE, fall=bottom / _DESIGN_SIZE)


@frozen(kw_only=False)
class _Letter:
    """A cluster on its way to be a glyph."""

    cluster: str
    typeface: Typeface
    level: int
    shaped: bool
    """Whether it is shaped together with its neighbours in the word."""


class Stack:
    """Typefaces in order of preference, and those of scripts that have one of their own."""

    def __init__(self, typefaces: Sequence[Typeface], scripts: Mapping[str, Typeface] | None = None) -> None:
        self.typefaces = tuple(typefaces)
        self.scripts = scripts or {}

    def find_typeface(self, cluster: str) -> Typeface | None:
        """The first that has the character with all its marks, and can be written with on this machine."""
        if script := find_script(cluster):
            face = self.scripts.get(script.name)
            usable = face and face.covers(cluster) and (can_shape() or not script.needs_shaping)
            return face if usable else None
        return next((face for face in self.typefaces if face.covers(cluster)), None)

    def covers(self, text: str) -> bool:
        """Whether each character can be drawn by one of the typefaces."""
        return all(self.find_typeface(cluster) for cluster in split_clusters(text))

    def compose_glyphs(self, text: str, *, tracking: float = 0.0, rtl: bool | None = None) -> list[Glyph]:
        """The text as glyphs with kerned advances, in the order of reading.

        A character that no typeface has is left out, its marks first. `rtl` says how the whole is read, if not as its
        first letter is.
        """
        letters = _join_letters(self._list_letters(text, rtl=rtl))
        return [
            _compose_glyph(letter, follower, tracking)
            for letter, follower in zip_longest(letters, letters[1:])
            if letter
        ]

    def _list_letters(self, text: str, *, rtl: bool | None) -> list[_Letter]:
        found = [(cluster, face) for cluster, face in self._pick(text) if face]
        levels = compute_levels([cluster for cluster, _ in found], rtl=rtl)
        letters = [_make_letter(cluster, face, level) for (cluster, face), level in zip(found, levels, strict=True)]
        return self._place_marks(letters) if can_shape() else letters

    def _place_marks(self, letters: list[_Letter]) -> list[_Letter]:
        """A text with a mark that has to be placed is set in a typeface that can: one word in another would look odd."""
        loose = [letter.cluster for letter in letters if not letter.shaped and has_loose_marks(letter.cluster)]
        faces = (face for face in self.typefaces if face.places_marks and all(map(face.covers, loose)))
        if not loose or (placing := next(faces, None)) is None:
            return letters
        return [
            replace(letter, typeface=placing, shaped=True)
            if letter.cluster != " " and not letter.shaped and placing.covers(letter.cluster)
            else letter
            for letter in letters
        ]

    def _pick(self, text: str) -> Iterator[tuple[str, Typeface | None]]:
        """Clusters, or what of them there is, each with its typeface."""
        found = [self._find_drawn(cluster) for cluster in split_clusters(text)]
        common = self._find_common(found)
        for cluster, face in found:
            yield cluster, common.get(find_alphabet(cluster), face)

    def _find_drawn(self, cluster: str) -> tuple[str, Typeface | None]:
        face = self.find_typeface(cluster)
        return (cluster, face) if face else (cluster[0], self.find_typeface(cluster[0]))

    def _find_common(self, found: Sequence[tuple[str, Typeface | None]]) -> dict[str, Typeface]:
        """By alphabet a typeface that has all its letters here, where the first has only some: a font for Latin may know a π."""
        letters: defaultdict[str, dict[str, Typeface]] = defaultdict(dict)
        for cluster, face in found:
            if face and (alphabet := find_alphabet(cluster)):
                letters[alphabet][cluster] = face
        mixed = {alphabet: faces for alphabet, faces in letters.items() if len(set(faces.values())) > 1}
        shared = {
            alphabet: next((face for face in self.typefaces if all(map(face.covers, faces))), None)
            for alphabet, faces in mixed.items()
        }
        return {alphabet: face for alphabet, face in shared.items() if face}


def _make_letter(cluster: str, face: Typeface, level: int) -> _Letter:
    script = find_script(cluster)
    return _Letter(cluster, face, level, shaped=bool(script and script.joined and can_shape()))


def _join_letters(letters: Sequence[_Letter]) -> list[_Letter]:
    """The letters of a word that are shaped together, as one."""
    runs: list[list[_Letter]] = []
    for letter in letters:
        last = runs[-1][-1] if runs else letter
        if runs and letter.shaped and (last.shaped, last.typeface, last.level) == (True, letter.typeface, letter.level):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return [letter for run in runs for letter in (run if _is_long_unspaced(run) else [_join_run(run)])]


def _join_run(run: Sequence[_Letter]) -> _Letter:
    return replace(run[0], cluster="".join(letter.cluster for letter in run))


def _is_long_unspaced(run: Sequence[_Letter]) -> bool:
    """Whether it must be several words of a script without blanks: nobody here knows where they end, lines have to."""
    return len(run) > _LONGEST_WHOLE and is_unspaced(run[0].cluster)


def _compose_glyph(letter: _Letter, follower: _Letter | None, tracking: float) -> Glyph:
    face = letter.typeface
    if letter.shaped:
        return shape_glyph(letter.cluster, face, letter.level, tracking=tracking)
    cluster = mirror(letter.cluster) if letter.level % 2 else letter.cluster
    kerning = face.find_kerning(cluster, follower.cluster) if follower and follower.typeface is face else 0.0
    advance = face.measure_advance(cluster)
    advance = max(advance, _LEAST_SPACE) if cluster == " " else advance
    return Glyph(cluster, face, advance + kerning + tracking, letter.level)


def _say_direction(level: int) -> str:
    return "rtl" if level % 2 else "ltr"


def measure_width(glyphs: Iterable[Glyph]) -> float:
    """Width of a line in em."""
    return sum(glyph.advance for glyph in glyphs)
