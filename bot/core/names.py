"""Text from strangers: made harmless before it is stored or shown, without harming honest names."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 64
"""Code points of a display name; Telegram allows 64 for the first name alone."""

MARKS_PER_BASE = 2
"""Enough for Vietnamese, Thai and keycap emoji; stacks above that only disfigure the lines around them."""

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
"""England's flag and its like: a black flag, letters that cannot be seen, and an end mark."""

_INVISIBLE = re.compile(
    f"({_FLAG})|["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls, but for those that are white space
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # fillers and marks that show nothing
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width, and everything that turns the reading direction
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"  # surrogates, private use, no characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff"
    "]"
)
_BLANK = re.compile("[\u2800\u3164]")
"""Characters that claim to be letters and leave an empty place."""

_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_EMOJI}])")
_CLINGING = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")


def clean_text(text: str, *, limit: int) -> str:
    """At most `limit` code points on one line: normalised, with nothing invisible, reordering or overflowing.

    Cleaning what is clean changes nothing. Zero-width joiners stay only between emoji.
    """
    if not (text.isascii() and text.isprintable()):
        visible = _BLANK.sub(" ", _INVISIBLE.sub(lambda match: match[1] or "", text))
        joined = unicodedata.normalize("NFC", _STRAY_JOINER.sub("", " ".join(visible.split())))
        text = _cap_marks(joined)
    return _cut(" ".join(text.split()), limit).rstrip()


def compose_display_name(first_name: str, last_name: str = "", username: str = "") -> str:
    """How somebody is called: first and last name, else the username; empty if nothing visible remains."""
    name = clean_text(f"{first_name} {last_name}", limit=NAME_LIMIT)
    return name or clean_text(username, limit=NAME_LIMIT)


def _cap_marks(text: str) -> str:
    """Keep `MARKS_PER_BASE` marks on each base, none where there is no base to carry them."""
    kept: list[str] = []
    room = 0
    for char in text:
        if unicodedata.category(char) not in {"Mn", "Me"}:
            room = 0 if char.isspace() else MARKS_PER_BASE
        elif room == 0:
            continue
        else:
            room -= 1
        kept.append(char)
    return "".join(kept)


def _cut(text: str, limit: int) -> str:
    """Cut so that no character loses its marks, no emoji its parts and no flag its other half."""
    if len(text) <= limit:
        return text
    end = limit
    while end > 0 and _clings(text, end):
        end -= 1
    return text[:end] or text[:limit].rstrip("\u200d")


def _clings(text: str, index: int) -> bool:
    """Whether the character at `index` belongs to the one before it."""
    char, before = text[index], text[index - 1]
    if before == "\u200d" or _CLINGING.match(char) or unicodedata.category(char) in {"Mn", "Me", "Mc"}:
        return True
    if not _REGIONAL.match(char):
        return False
    flags = len(text[:index]) - len(text[:index].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
    return flags % 2 == 1
