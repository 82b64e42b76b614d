"""What Telegram takes out of every text before anything else looks at it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any

# Carriage returns, line and paragraph separators, what embeds or overrides a direction, three lines drawn through.
_REMOVED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_SPACED = re.compile("[\0-\t\v\f\x0e-\x1f]")
_REPEATED_MARK = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_BLANK = re.compile("[\u1680\u180e\u2000-\u200a\u202f\u205f\u2800\u3000\ufffc\U000e0000-\U000e007f]")
_INVISIBLE = re.compile(
    "[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*"
)


def clean(text: str, entities: Iterable[Mapping[str, Any]]) -> tuple[str, list[Mapping[str, Any]]]:
    """Return a text without control characters and false directions, and its entities where they are then."""
    shown = _REPEATED_MARK.sub("\u200c", _SPACED.sub(" ", text))
    gone = [_measure(text[: match.start()]) for match in _REMOVED.finditer(shown)]
    if not gone:
        return shown, list(entities)
    moved = (_move(entity, gone) for entity in entities)
    return _REMOVED.sub("", shown), [entity for entity in moved if entity["length"] > 0]


def clean_label(text: str) -> str:
    """Return a label, a title or a toast as people see it."""
    return clean(text, ())[0]


def clean_name(text: str, most: int) -> str:
    """Return a name in one line, cut after so many characters without a word."""
    return " ".join(_BLANK.sub(" ", clean_label(text)).strip()[:most].split())


def is_invisible(text: str) -> bool:
    """Whether nobody would see anything of a text."""
    return _INVISIBLE.fullmatch(text) is not None


def _move(entity: Mapping[str, Any], gone: list[int]) -> dict[str, Any]:
    begin, end = entity["offset"], entity["offset"] + entity["length"]
    begin, end = begin - bisect_left(gone, begin), end - bisect_left(gone, end)
    return {**entity, "offset": begin, "length": end - begin}


def _measure(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
