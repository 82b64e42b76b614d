"""Scripts with a font of their own, and how their letters are written together."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache

from PIL import features

from bot.core.names import JOINERS
from storage.frozen import frozen


@frozen(kw_only=False)
class Script:
    """A script; its fonts are named after it."""

    name: str
    blocks: tuple[range, ...]
    joined: bool = False
    """Whether a word is shaped as a whole."""
    needs_shaping: bool = False
    """Whether letters drawn one by one would be no writing."""
    spaced: bool = True
    """Whether blanks stand between words, and lines break only there."""


def _shaped(name: str, *blocks: range, spaced: bool = True) -> Script:
    return Script(name, blocks, joined=True, needs_shaping=True, spaced=spaced)


SCRIPTS = (
    Script("armenian", (range(0x530, 0x590),), joined=True),
    Script("hebrew", (range(0x590, 0x600), range(0xFB1D, 0xFB50)), joined=True),
    _shaped("arabic", range(0x600, 0x700), range(0x750, 0x780), range(0x8A0, 0x900)),
    _shaped("thaana", range(0x780, 0x7C0)),
    _shaped("devanagari", range(0x900, 0x980), range(0x1CD0, 0x1D00), range(0xA8E0, 0xA900)),
    _shaped("bengali", range(0x980, 0xA00)),
    _shaped("gurmukhi", range(0xA00, 0xA80)),
    _shaped("gujarati", range(0xA80, 0xB00)),
    _shaped("odia", range(0xB00, 0xB80)),
    _shaped("tamil", range(0xB80, 0xC00)),
    _shaped("telugu", range(0xC00, 0xC80)),
    _shaped("kannada", range(0xC80, 0xD00)),
    _shaped("malayalam", range(0xD00, 0xD80)),
    _shaped("sinhala", range(0xD80, 0xE00)),
    _shaped("thai", range(0xE00, 0xE80), spaced=False),
    _shaped("lao", range(0xE80, 0xF00), spaced=False),
    _shaped("burmese", range(0x1000, 0x10A0), range(0xA9E0, 0xAA00), range(0xAA60, 0xAA80), spaced=False),
    Script("georgian", (range(0x10A0, 0x1100), range(0x1C90, 0x1CC0), range(0x2D00, 0x2D30)), joined=True),
    Script("hangul", (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7A4))),
    Script("ethiopic", (range(0x1200, 0x13A0), range(0x2D80, 0x2DE0), range(0xAB00, 0xAB30)), joined=True),
    _shaped("khmer", range(0x1780, 0x1800), range(0x19E0, 0x1A00), spaced=False),
)

_BLOCKS = sorted((block.start, block.stop, script) for script in SCRIPTS for block in script.blocks)
_STARTS = [start for start, _, _ in _BLOCKS]
_LEADING_VOWELS = frozenset("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")
_FOLLOWING_VOWELS = frozenset("\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ebd\u0ec6")
_HALANTS = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2\u200d")
"""Signs after which the next letter is written into, or under, the one before."""


def find_script(cluster: str) -> Script | None:
    """The script with a font of its own that a character belongs to; Latin and its neighbours have none."""
    code = ord(cluster[0])
    at = bisect_right(_STARTS, code) - 1
    return _BLOCKS[at][2] if at >= 0 and code < _BLOCKS[at][1] else None


_ALPHABETS = frozenset({"LATIN", "GREEK", "CYRILLIC"})


@lru_cache(maxsize=2048)
def find_alphabet(cluster: str) -> str:
    """Which of the alphabets that share their fonts a letter belongs to; empty for what is no letter, or of another."""
    named = unicodedata.name(cluster[0], "").split(" ")[0]
    return named if named in _ALPHABETS else ""


def is_unspaced(cluster: str) -> bool:
    """Whether a character's script has no blanks between words."""
    script = find_script(cluster)
    return bool(script and not script.spaced)


@cache
def can_shape() -> bool:
    """Whether this machine's Pillow finds what shapes letters: raqm, which needs the system's FriBidi."""
    return bool(features.check("raqm"))


def split_clusters(text: str) -> list[str]:
    """Each character together with what is written around it: marks, joiners, letters below, the vowels of Thai and Lao."""
    clusters: list[str] = []
    for character in text:
        if clusters and _clings(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def has_loose_marks(cluster: str) -> bool:
    """Whether marks have to be placed on a letter, because there is no single character for both."""
    return len(cluster) > 1 and any(unicodedata.combining(character) for character in cluster[1:])


def _clings(cluster: str, character: str) -> bool:
    if unicodedata.category(character).startswith("M") or character in JOINERS:
        return True
    if cluster[-1] in _LEADING_VOWELS and find_script(character) is find_script(cluster):
        return True
    return character in _FOLLOWING_VOWELS or (cluster[-1] in _HALANTS and unicodedata.category(character) == "Lo")
