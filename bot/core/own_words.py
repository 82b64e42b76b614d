"""A member's own line on the card: it must be theirs, and lead nowhere but to the shop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from enum import StrEnum

from bot.core.names import clean_text
from storage.frozen import frozen

WORDS_LIMIT = 120
"""Code points. Beside the longest story they stay under the 1,024 of a caption."""


class WordsFault(StrEnum):
    """Why words cannot stand on a card."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    LINK = "link"
    NAME = "name"
    """Somebody is called by an @name, or a bot by its name."""
    CONTROL = "control"
    """Signs that do not show, but turn or break what stands around them."""


@frozen
class Ruling:
    """What was decided: the words as they are kept, or why not."""

    words: str
    fault: WordsFault | None = None


_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ud800-\udfff]")
"""White space is none of them: a line break is read as a space."""

_SENTENCE_END = re.compile("[.!?](?= )|[\u3002\uff01\uff1f]")
_PAUSES = " ,;:-\u2013\u2014\u3001\uff0c\uff1b\uff1a"
_LONGEST_WORD = 20
"""Letters; what has no blank for so long is cut between two of them, as Chinese is."""

_DOT = r"(?:\.|(?<=[a-z0-9])[\u3002\uff61](?=[a-z0-9]))"
"""Browsers read the Chinese full stop between Latin letters as a dot as well."""

_LINK = re.compile(
    rf"[a-z][a-z0-9+.-]*:/|\bwww{_DOT}|[^\W_]{_DOT}(?:[^\W\d_]{{2,}}|xn--\w+)|\b\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}\b"
)
"""A scheme, a dotted name whose end is letters, an address in numbers; not a price, and not a sentence's end."""

_NAME = re.compile(r"@\s?\w|\b(?i:\w+_bot)\b|\b\w+[a-z0-9]Bot\b")
"""A robot is welcome; what ends in _bot or in a capital Bot is somebody's name."""

_MARKED = {
    "url": WordsFault.LINK,
    "text_link": WordsFault.LINK,
    "email": WordsFault.LINK,
    "mention": WordsFault.NAME,
    "text_mention": WordsFault.NAME,
}
"""What Telegram itself has found in the text."""


def decide_words(text: str, marked: Collection[str] = ()) -> Ruling:
    """Judge a line that a member typed.

    Args:
        text: As typed.
        marked: The kinds of entities that Telegram found in it.
    """
    words = clean_text(text, limit=len(text))
    return Ruling(words=words, fault=_find_fault(text, words, marked))


def shorten_words(words: str, fits: Callable[[str], bool]) -> str:
    """The words, or as many whole sentences of them as fit, if those say half of it; else as many words, and that more follows."""
    if fits(words):
        return words
    most = next((end for end in range(len(words) - 1, 0, -1) if fits(_cut_words(words, end))), 1)
    ends = [found.end() for found in _SENTENCE_END.finditer(words)]
    whole = next((words[:end] for end in reversed(ends) if fits(words[:end])), "")
    return whole if 2 * len(whole) >= most else _cut_words(words, most)


def _cut_words(words: str, end: int) -> str:
    """Up to there at most: at a blank where one is near, and never within a letter."""
    kept = clean_text(words, limit=end)
    blank = kept.rfind(" ", max(0, len(kept) - _LONGEST_WORD)) if words[len(kept)] != " " else -1
    kept = kept[:blank] if blank > 0 else kept
    return kept.rstrip(_PAUSES) + "…"


def _find_fault(text: str, words: str, marked: Collection[str]) -> WordsFault | None:
    if _CONTROL.search(text):
        return WordsFault.CONTROL
    if not any(unicodedata.category(char)[0] in "LNS" for char in words):
        return WordsFault.EMPTY
    if len(words) > WORDS_LIMIT:
        return WordsFault.TOO_LONG
    plain = unicodedata.normalize("NFKC", words)  # full-width letters and dots are letters and dots
    if _LINK.search(plain.lower()):
        return WordsFault.LINK
    if _NAME.search(plain):
        return WordsFault.NAME
    return next((_MARKED[kind] for kind in marked if kind in _MARKED), None)
