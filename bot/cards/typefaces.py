"""Typefaces and the order in which they stand in for each other, character by character.

Everything is measured in em, so that a text is laid out once and drawn at any size. Shaping libraries are left out on
purpose: whether Pillow finds one differs between machines, and the shipped scripts need none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from PIL import ImageFont

from bot.cards.fontfile import Metrics, parse_cmap, parse_metrics, read_tables

_DESIGN_SIZE = 1000
_LEAST_SPACE = 0.25


def open_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels. Each takes half a megabyte: keep few."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


class Typeface:
    """One font file. Nothing is read before it is needed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def glyphs(self) -> dict[int, int]:
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
        """Whether every character of the text has a glyph."""
        return all(ord(character) in self.glyphs for character in text)

    def measure_advance(self, cluster: str) -> float:
        """Width of a character with its marks."""
        widths = self._metrics.widths
        return sum(widths[min(self.glyphs[ord(one)], len(widths) - 1)] for one in cluster) / self._metrics.units

    def find_kerning(self, left: str, right: str) -> float:
        """What to add between two characters; mostly 0."""
        pair = (self.glyphs.get(ord(left[-1]), 0), self.glyphs.get(ord(right[0]), 0))
        return self._metrics.kerning.get(pair, 0) / self._metrics.units

    @cached_property
    def _metrics(self) -> Metrics:
        return parse_metrics(read_tables(self.path, "head", "hhea", "hmtx", "kern"))

    @cached_property
    def _extents(self) -> tuple[float, float]:
        font = open_font(self.path, _DESIGN_SIZE)
        top = font.getbbox("H" if self.covers("H") else "国", anchor="ls")[1]
        bottom = font.getbbox("p" if self.covers("p") else "国", anchor="ls")[3]
        return -top / _DESIGN_SIZE, bottom / _DESIGN_SIZE


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character with its marks, the typeface that has it, and where its pen stands from the line's start."""

    cluster: str
    typeface: Typeface
    advance: float


class Stack:
    """Typefaces in order of preference."""

    def __init__(self, typefaces: Sequence[Typeface]) -> None:
        self.typefaces = tuple(typefaces)

    def find_typeface(self, cluster: str) -> Typeface | None:
        """The first that has the character with all its marks."""
        return next((face for face in self.typefaces if face.covers(cluster)), None)

    def covers(self, text: str) -> bool:
        """Whether each character can be drawn by one of the typefaces."""
        return all(self.find_typeface(cluster) for cluster in split_clusters(text))

    def compose_glyphs(self, text: str, *, tracking: float = 0.0) -> list[Glyph]:
        """The text as glyphs with kerned advances; a character that no typeface has is left out, its marks first."""
        found = [(cluster, face) for cluster, face in self._pick(text) if face]
        glyphs = []
        for at, (cluster, face) in enumerate(found):
            follower, next_face = found[at + 1] if at + 1 < len(found) else ("", None)
            kerning = face.find_kerning(cluster, follower) if next_face is face else 0.0
            advance = face.measure_advance(cluster)
            advance = max(advance, _LEAST_SPACE) if cluster == " " else advance
            glyphs.append(Glyph(cluster, face, advance + kerning + tracking))
        return glyphs

    def _pick(self, text: str) -> Iterator[tuple[str, Typeface | None]]:
        for cluster in split_clusters(text):
            face = self.find_typeface(cluster)
            yield (cluster, face) if face else (cluster[0], self.find_typeface(cluster[0]))


def split_clusters(text: str) -> list[str]:
    """Each character together with the combining marks that follow it."""
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character).startswith("M"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def measure_width(glyphs: Iterable[Glyph]) -> float:
    """Width of a line in em."""
    return sum(glyph.advance for glyph in glyphs)
