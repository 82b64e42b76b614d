"""Reads from a TrueType file what Pillow does not tell: its characters, widths and pair kerning."""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path

from storage.frozen import frozen

_UNICODE_TABLES = ((3, 10), (0, 4), (0, 6), (3, 1), (0, 3))
_BMP_END = 0xFFFF


class NumberTable:
    """Small numbers by growing keys, in eight bytes each and in order, as font files have them: as a dict the fonts of three languages take five megabytes."""

    __slots__ = ("_keys", "_values")

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._keys, self._values = array("I"), array("i")
        for key, value in pairs:
            self._keys.append(key)
            self._values.append(value)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def __contains__(self, key: int) -> bool:
        return self._find(key) is not None

    def __getitem__(self, key: int) -> int:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return self._values[found]

    def get(self, key: int) -> int:
        """What stands there; 0 for nothing."""
        found = self._find(key)
        return 0 if found is None else self._values[found]

    def _find(self, key: int) -> int | None:
        at = bisect_left(self._keys, key)
        return at if at < len(self._keys) and self._keys[at] == key else None


@frozen(kw_only=False)
class Metrics:
    """A font's measures in its own units."""

    units: int
    """Units in an em."""
    widths: array[int]
    """Advance by glyph number; the last one is that of all further glyphs."""
    kerning: NumberTable
    """Adjustment by pair of glyph numbers, as `pair_glyphs` makes one number of them."""


def read_tables(path: Path, *wanted: str) -> dict[str, bytes]:
    """The wanted tables of a font file by tag; an absent one is empty."""
    with path.open("rb") as file:
        count = struct.unpack(">4xH6x", file.read(12))[0]
        entries = struct.iter_unpack(">4s4xLL", file.read(16 * count))
        places = {tag.decode("ascii"): (offset, length) for tag, offset, length in entries}
        tables = {}
        for tag in wanted:
            offset, length = places.get(tag, (0, 0))
            file.seek(offset)
            tables[tag] = file.read(length)
    return tables


def pair_glyphs(left: int, right: int) -> int:
    """Two glyph numbers, each below 65,536, as one."""
    return left << 16 | right


def parse_cmap(table: bytes) -> NumberTable:
    """Glyph number by code point, from the fullest Unicode table of a `cmap`."""
    count = struct.unpack_from(">2xH", table)[0]
    offsets = {(a, b): offset for a, b, offset in struct.iter_unpack(">HHL", table[4 : 4 + 8 * count])}
    start = next(offsets[key] for key in _UNICODE_TABLES if key in offsets)
    form = struct.unpack_from(">H", table, start)[0]
    return NumberTable(_list_grouped(table, start) if form == 12 else _list_segmented(table, start))


def _list_grouped(table: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Format 12: runs of consecutive characters with consecutive glyphs."""
    count = struct.unpack_from(">L", table, start + 12)[0]
    for first, last, glyph in struct.iter_unpack(">LLL", table[start + 16 : start + 16 + 12 * count]):
        yield from zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)


def _list_segmented(table: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Format 4: segments of the basic plane, glyphs by difference or by a table."""
    length = struct.unpack_from(">H", table, start + 6)[0]
    ends, firsts, deltas, offsets = (start + 14 + n * length + 2 * (n > 0) for n in range(4))
    for at in range(0, length, 2):
        last, first, delta, offset = (
            struct.unpack_from(">H", table, base + at)[0] for base in (ends, firsts, deltas, offsets)
        )
        for code in range(first, min(last, _BMP_END - 1) + 1):
            if offset == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                found = struct.unpack_from(">H", table, offsets + at + offset + 2 * (code - first))[0]
                glyph = (found + delta) & 0xFFFF if found else 0
            if glyph:
                yield code, glyph


def parse_metrics(tables: dict[str, bytes]) -> Metrics:
    """Widths and kerning from `head`, `hhea`, `hmtx` and, where there is one, `kern`."""
    count = struct.unpack_from(">H", tables["hhea"], 34)[0]
    widths = array("H", (width for width, _ in struct.iter_unpack(">Hh", tables["hmtx"][: 4 * count])))
    return Metrics(struct.unpack_from(">H", tables["head"], 18)[0], widths, _parse_kerning(tables["kern"]))


def _parse_kerning(table: bytes) -> NumberTable:
    """One subtable of format 0, as `assets/fonts/prepare.py` writes it."""
    if not table:
        return NumberTable(())
    count = struct.unpack_from(">H", table, 10)[0]
    return NumberTable(struct.iter_unpack(">Lh", table[18 : 18 + 6 * count]))
