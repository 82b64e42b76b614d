"""Text from strangers: made harmless before it is stored or shown, without harming honest names."""

from __future__ import annotations

import unicodedata

from bot.late import late_pattern

NAME_LIMIT = 64
"""Code points of a display name; Telegram allows 64 for the first name alone."""

JOINERS = "\u200c\u200d"
"""What parts letters that would join, and joins what would not; neither can be seen."""

MARKS_PER_BASE = 2
"""Enough for Vietnamese, Thai and keycap emoji; stacks above that only disfigure the lines around them."""

_MARKS_PER_BASE = (
    ("\u0591", "\u06ed", 3),  # Hebrew and Arabic: a point in the letter, a vowel, and one sign more
    ("\u0900", "\u0dff", 4),  # scripts of India and Sri Lanka: nukta, vowel, nasal, accent
    ("\u0f71", "\u109f", 5),  # Tibetan and Burmese build syllables downwards
    ("\u1780", "\u17dd", 5),  # Khmer likewise
)
"""Scripts whose honest letters carry more."""

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
"""England's flag and its like: a black flag, letters that cannot be seen, and an end mark."""

_INVISIBLE = late_pattern(
    f"({_FLAG})|["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls, but for those that are white space
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"  # fillers and marks that show nothing
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero width, and everything that turns the reading direction
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff"  # surrogates, private use, no characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff"
    "]"
)
_BLANK = late_pattern("[\u2800\u3164]")
"""Characters that claim to be letters and leave an empty place."""

_CURSIVE = "\u0620-\u065f\u066e-\u06d5\u06fa-\u06ff\u0710-\u077f\u07ca-\u07ea\u0840-\u085b\u08a0-\u08c9\u1820-\u18aa"
"""Letters that join in writing: Arabic with Persian and Urdu, Syriac, N'Ko, Mandaic, Mongolian."""

_STACKED = "\u0900-\u0963\u0971-\u0df3\u0f40-\u0fbc\u1000-\u103f\u1780-\u17dd\ua980-\ua9c0\U00011000-\U0001107f"
"""Letters and signs that combine: Devanagari to Sinhala, Tibetan, Burmese, Khmer, Javanese, Brahmi."""

_HALANTS = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
"""Signs that take a letter's vowel; with a joiner behind, the letter's half form is meant, at a word's end as well."""

_STRAY_JOINER = late_pattern(
    f"(?<![{_CURSIVE}])(?<![{_STACKED}])(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d(?![{_CURSIVE}])"
    f"|(?<=[{_EMOJI}])\u200d(?![{_EMOJI}])|(?<=[{_EMOJI}]\ufe0f)\u200d(?![{_EMOJI}])"
    f"|(?<=[{_STACKED}])(?<![{_HALANTS}])\u200d(?![{_STACKED}])"
    f"|(?<![{_CURSIVE}])(?<![{_STACKED}])\u200c|\u200c(?![{_CURSIVE}{_STACKED}])"
)
"""A joiner that joins nothing and parts nothing. At the edge of a cursive letter it shows: the letter as within a word."""

_DOUBLED_JOINER = late_pattern("([\u200c\u200d])[\u200c\u200d]+")
_STRAY_SELECTOR = late_pattern("(?<![\u1807\u1820-\u18aa])[\u180b-\u180f]")
"""Chooses between forms of a Mongolian letter, and is nothing anywhere else."""

_CLINGING = late_pattern("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_REGIONAL = late_pattern("[\U0001f1e6-\U0001f1ff]")


def clean_text(text: str, *, limit: int) -> str:
    """At most `limit` code points on one line: normalised, with nothing invisible, reordering or overflowing.

    Cleaning what is clean changes nothing. What cannot be seen stays only where it joins or parts letters that join, or
    emoji: Persian, Sinhala, Hindi and families are not written without.
    """
    if not (text.isascii() and text.isprintable()):
        visible = _BLANK.sub(" ", _INVISIBLE.sub(lambda match: match[1] or "", text))
        capped = _cap_marks(unicodedata.normalize("NFC", " ".join(visible.split())))
        text = unicodedata.normalize("NFC", drop_stray_joiners(capped))
    text = " ".join(text.split())
    return _cut(text, limit).rstrip() if len(text) > limit else text


def drop_stray_joiners(text: str) -> str:
    """Without the joiners, non-joiners and selectors that have nothing to do where they stand."""
    single = _DOUBLED_JOINER.sub("\\1", _STRAY_SELECTOR.sub("", text))
    return _STRAY_JOINER.sub("", single)


def compose_display_name(first_name: str, last_name: str = "", username: str = "") -> str:
    """How somebody is called: first and last name, else the username; empty if nothing visible remains."""
    name = clean_text(f"{first_name} {last_name}", limit=NAME_LIMIT)
    return name or clean_text(username, limit=NAME_LIMIT)


def _cap_marks(text: str) -> str:
    """Keep as many marks on each base as its script needs, none where there is no base to carry them."""
    kept: list[str] = []
    marks, has_base = 0, False
    for char in text:
        if char in JOINERS:
            pass
        elif unicodedata.category(char) not in {"Mn", "Me"}:
            marks, has_base = 0, not char.isspace()
        elif has_base and marks < count_marks(char):
            marks += 1
        else:
            continue
        kept.append(char)
    return "".join(kept)


def count_marks(mark: str) -> int:
    """How many marks like this one a letter may carry."""
    return next((most for first, last, most in _MARKS_PER_BASE if first <= mark <= last), MARKS_PER_BASE)


def _cut(text: str, limit: int) -> str:
    """Cut so that no character loses its marks, no emoji its parts and no flag its other half."""
    end = limit
    while end > 0 and _clings(text, end):
        end -= 1
    return (text[:end] or text[:limit]).rstrip(JOINERS if limit < len(text) else "")


def _clings(text: str, index: int) -> bool:
    """Whether the character at `index` belongs to the one before it."""
    char, before = text[index], text[index - 1]
    if (
        before in JOINERS
        or char in JOINERS
        or _CLINGING.match(char)
        or unicodedata.category(char) in {"Mn", "Me", "Mc"}
    ):
        return True
    if not _REGIONAL.match(char):
        return False
    flags = len(text[:index]) - len(text[:index].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
    return flags % 2 == 1
