"""Makes text fit to be drawn: names come from strangers, everything else from the campaign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.core.names import JOINERS, count_marks, drop_stray_joiners

MOST_NAME_CHARACTERS = 64
_MOST_READ = 512  # of a longer text only the beginning is looked at
_JOINED_PART = re.compile("\u200d[\u2190-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]|\U0001f3f4[\U000e0020-\U000e007f]+")
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_UNDRAWN = frozenset("\u00ad\u034f\u115f\u1160\u20e3\u2800\u3164\uffa0\ufffc\ufffd")
_BETWEEN_LETTERS = re.compile(r"(?<=\w)'(?=\w)")


def clean_text(text: str, covers: Callable[[str], bool]) -> str:
    """Text of the campaign without what cannot be drawn: one line, typographic apostrophes."""
    kept = "".join(_adapt(character, covers) for character in _strip(text[:_MOST_READ]))
    return _BETWEEN_LETTERS.sub("\u2019", " ".join(kept.split()))


def clean_name(name: str, covers: Callable[[str], bool]) -> str:
    """The part of a stranger's name that can be drawn; empty if none.

    A word with a letter that no typeface has is left out as a whole, since the rest of it would be another name; signs
    and pictures that nothing can draw go alone. At most 64 characters.
    """
    words = clean_text(_strip(name[:_MOST_READ]), lambda _: True).split()
    drawn = (_keep_word(word, covers) for word in words)
    cleaned = _cap_length(" ".join(word for word in drawn if word))
    return cleaned if any(_says_something(character) for character in cleaned) else ""


def keeps_letters(text: str, covers: Callable[[str], bool]) -> bool:
    """Whether a text says something, and all of it, once what cannot be drawn is left out: signs may go, letters may not."""
    letters = [character for character in _strip(text[:_MOST_READ]) if unicodedata.category(character)[0] in "LMN"]
    return bool(letters) and all(_adapt(character, covers) for character in letters)


def _strip(text: str) -> str:
    """NFC without controls, direction marks, lone surrogates and the joining parts of emoji; marks capped.

    Joiners stay between letters that are not written without.
    """
    kept: list[str] = []
    marks = 0
    for character in _JOINED_PART.sub("", drop_stray_joiners(unicodedata.normalize("NFC", text))):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= count_marks(character) and not _is_undrawn(character, category):
            kept.append(" " if category.startswith("Z") or category == "Cc" else character)
    return "".join(kept)


def _is_undrawn(character: str, category: str) -> bool:
    code = ord(character)
    return (
        (category in ("Cf", "Cs", "Co", "Cn") and character not in JOINERS)
        or character in _UNDRAWN
        or 0xFE00 <= code <= 0xFE0F
        or code in _REGIONAL
        or code in _SKIN_TONES
    )


def _keep_word(word: str, covers: Callable[[str], bool]) -> str:
    adapted = "".join(_adapt(character, covers) for character in word)
    missing = (character for character in word if not _adapt(character, covers))
    return "" if any(unicodedata.category(character).startswith("L") for character in missing) else adapted


def _adapt(character: str, covers: Callable[[str], bool]) -> str:
    """The character, else its plain form (mathematical letters, ligatures), else nothing."""
    if character == " " or covers(character):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain != character and covers(plain) else ""


def _cap_length(text: str) -> str:
    if len(text) <= MOST_NAME_CHARACTERS:
        return text
    return text[: MOST_NAME_CHARACTERS - 1].rstrip() + "…"


def _says_something(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So"
