"""A spoken code of a member's own choice: 3 to 16 letters or digits, chosen once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto

from bot.core.spoken.codes import WordList, fold_spoken, parse_spoken
from storage.frozen import frozen

SHORTEST, LONGEST = 3, 16

_LETTERS = re.compile("[0-9a-z\u4e00-\u9fff]+")
_GAPS = re.compile(r"[\s_.\-\u2010-\u2015]+")
_AS_LETTERS = str.maketrans("01345789", "oieastbg")
"""Digits that are written for letters."""


class Unsuitable(Enum):
    """Why a code cannot be chosen."""

    LENGTH = auto()
    LETTERS = auto()
    RESERVED = auto()
    RUDE = auto()
    ALIKE = auto()
    """It reads like a code that is given to somebody."""
    TAKEN = auto()
    CHOSEN_BEFORE = auto()


@frozen(kw_only=False)
class Refused:
    """Words that nobody gets."""

    inside: tuple[str, ...]
    """Refused wherever they stand."""
    whole: frozenset[str]
    """Refused alone."""


def parse_refused(text: str) -> Refused:
    """Read a list: a word a line, with a = before it where it is refused only alone; what follows a # is for readers."""
    words = [line.partition("#")[0].strip() for line in text.splitlines()]
    return Refused(
        inside=tuple(word for word in words if word and not word.startswith("=")),
        whole=frozenset(word[1:] for word in words if word.startswith("=")),
    )


def parse_own(text: str) -> str:
    """The code as it is kept and found again: small letters without accents, blanks or hyphens."""
    return _GAPS.sub("", fold_spoken(text))


def is_own(code: str) -> bool:
    """Whether somebody may have a code of this kind, as `parse_own` reads it."""
    return SHORTEST <= len(code) <= LONGEST and _LETTERS.fullmatch(code) is not None


def decide_own(
    code: str, *, reserved: Refused, rude: Refused, shop_names: Iterable[str], lists: Iterable[WordList]
) -> Unsuitable | None:
    """Why a code, as `parse_own` reads it, cannot be anybody's; None where it can, if it is still free."""
    if not _LETTERS.fullmatch(code):
        return Unsuitable.LETTERS if SHORTEST <= len(code) <= LONGEST else Unsuitable.LENGTH
    if not SHORTEST <= len(code) <= LONGEST:
        return Unsuitable.LENGTH
    if _stands_in(code, rude):
        return Unsuitable.RUDE
    names = {parse_own(name) for name in shop_names}
    if _stands_in(code, reserved) or {code, code.translate(_AS_LETTERS)} & names:
        return Unsuitable.RESERVED
    return Unsuitable.ALIKE if parse_spoken(code, lists) else None


def _stands_in(code: str, refused: Refused) -> bool:
    forms = {code, code.translate(_AS_LETTERS)}
    return bool(forms & refused.whole) or any(word in form for form in forms for word in refused.inside)
