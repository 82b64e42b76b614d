"""Spoken codes: two short words and a number, `maple-otter-42`, that survive a telephone call.

The words of a list are so far apart that one slip of the finger or of the ear is put right, and they may be said in
any order. With W words there are W(W-1)/2 pairs; with the 75 numbers of two digits that are neither mistaken for
another (thirteen, thirty) nor frowned upon, 170 words (the shortest list) make 1.1 million codes, 250 words 2.3 million.
The number grows where a code is taken: three digits make another 11 million of 170 words, four digits 115 million.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from storage.frozen import frozen

TYPED_LIMIT = 64
"""Code points of what is typed that are looked at."""

TRIES_PER_LENGTH = 4
"""So many codes are drawn before the number gets a digit more."""

_NUMBERS = ((20, 99), (200, 999), (2000, 9999))
_AVOIDED = frozenset({38, 44, 69, 74, 88, 250, 438, 444, 666, 748, 888})
"""Numbers that mean something unkind or unlucky somewhere."""

_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_HAN = re.compile("[\u4e00-\u9fff]+")
_SPELLINGS = (
    ("^(?:kn|gn)", "n"),
    ("^wr", "r"),
    ("^ps", "s"),
    ("ph", "f"),
    ("igh", "i"),
    ("ck", "k"),
    ("sch", "sk"),
    ("t?ch|sh|dg(?=[eiy])|ti(?=on)|j", "j"),
    ("c(?=[eiy])|z", "s"),
    ("qu?|c", "k"),
    ("x", "ks"),
    ("gh|h|w|y(?=[aeiou])", ""),
)
"""Different letters for what sounds alike."""

_ALIKE = str.maketrans("ptkvnmyeiuo", "bdgfmmiaioo")
_LATER_VOWELS = re.compile("(?<=.)[aio]+")
_DOUBLED = re.compile(r"(.)\1+")

_SYLLABLES = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng$", "n"), ("^[nr]", "l"), ("^h(?=u)", "f"), ("ü", "u"))
"""What speakers of different regions do not tell apart."""


@frozen
class WordList:
    """The words of one language, each with its own sound."""

    words: tuple[str, ...]
    sounds: dict[str, str]
    """The word of each sound."""
    retired: frozenset[str] = frozenset()
    """Words that are given no more, being too near to another: in a code given before they are still understood."""


def parse_words(text: str) -> WordList:
    """Read a list: a word a line, for Chinese with its syllables behind it; what follows a # is for readers.

    A word with a ~ before it is retired.
    """
    lines = [line.split() for line in (each.partition("#")[0] for each in text.splitlines()) if line.strip()]
    given = [line for line in lines if not line[0].startswith("~")]
    sounds = {_sound_of_syllables(rest) if rest else compute_sound(word): word for word, *rest in given}
    retired = frozenset(line[0][1:] for line in lines if line[0].startswith("~"))
    return WordList(words=tuple(line[0] for line in given), sounds=sounds, retired=retired)


def compute_sound(word: str) -> str:
    """What remains of a word of Latin letters on a bad line: two words of the same sound are never in one list."""
    for spelling, sound in _SPELLINGS:
        word = re.sub(spelling, sound, word)
    return _DOUBLED.sub(r"\1", _LATER_VOWELS.sub("", _mark_first_vowel(word.translate(_ALIKE))))


def _mark_first_vowel(word: str) -> str:
    """The first vowel is heard best: it stands in front, where the others are taken out."""
    vowel = re.search("[aio]", word)
    return (vowel[0] if vowel else "-") + word


def _sound_of_syllables(syllables: Iterable[str]) -> str:
    sounds = []
    for syllable in syllables:
        sound = syllable
        for said, heard in _SYLLABLES:
            sound = re.sub(said, heard, sound)
        sounds.append(sound)
    return " ".join(sounds)


def compose_spoken(
    words: WordList, draw: Callable[[Sequence[str]], str], draw_number: Callable[[int], int]
) -> Iterator[str]:
    """Codes to try until one is free, the short ones first.

    Args:
        words: The list of the member's language.
        draw: Chooses one of several.
        draw_number: Chooses a number from 0 to below another.
    """
    for lowest, highest in _NUMBERS:
        for _ in range(TRIES_PER_LENGTH):
            first = draw(words.words)
            second = draw([word for word in words.words if word != first])
            yield _join(first, second, _draw_number(lowest, highest, draw_number))


def _draw_number(lowest: int, highest: int, draw_number: Callable[[int], int]) -> int:
    number = lowest + draw_number(highest - lowest + 1)
    return number + 1 if number in _AVOIDED else number


def _join(first: str, second: str, number: int) -> str:
    return "-".join([*sorted((first, second)), str(number)])


def parse_spoken(text: str, lists: Iterable[WordList]) -> list[str]:
    """The codes that may be meant, of whatever language and in whatever order, most often none or one.

    A code alone may have a slip in it; in a sentence it must be right.
    """
    tokens = _TOKEN.findall(fold_spoken(text))
    numbers = [place for place, token in enumerate(tokens) if token.isdecimal()]
    if len(numbers) != 1 or len(tokens) == 1 or not 2 <= len(tokens[numbers[0]]) <= 4:
        return []
    number, said = int(tokens[numbers[0]]), [token for token in tokens if not token.isdecimal()]
    known = tuple(lists)
    if len(said) > 2:
        around = _list_windows(said, numbers[0])
        return sorted({_join(*pair, number) for part in around for pair in _find_any(part, known, _find_exact)})
    pairs = _find_any(said, known, _find_exact) or _find_any(said, known, _find_near)
    return sorted(_join(*pair, number) for pair in pairs)


def _list_windows(said: list[str], place: int) -> list[list[str]]:
    """The neighbours of a number that can be a code with it: two before, one on each side, two behind, one run together."""
    pairs = [said[max(0, start) : start + 2] for start in (place - 2, place - 1, place)]
    return [each for each in (*pairs, said[max(0, place - 1) : place], said[place : place + 1]) if each]


def _find_any(
    said: list[str], lists: Iterable[WordList], find: Callable[[str, WordList], str | None]
) -> set[tuple[str, str]]:
    return {pair for words in lists for pair in _find_pairs(said, words, find)}


def fold_spoken(text: str) -> str:
    """Text as codes are kept: small letters without accents, plain digits, one blank where there were several."""
    apart = unicodedata.normalize("NFKD", text[: 4 * TYPED_LIMIT].casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFKC", bare).split())[:TYPED_LIMIT]


def _find_pairs(
    said: list[str], words: WordList, find: Callable[[str, WordList], str | None]
) -> Iterator[tuple[str, str]]:
    """The two words that were said; run together they must be right."""
    if len(said) == 2:
        first, second = (find(each, words) for each in said)
        if first is not None and second is not None and first != second:
            yield first, second
        return
    for place in range(2, len(said[0]) - 1):
        head, tail = said[0][:place], said[0][place:]
        if head in words.words and tail in words.words and head != tail:
            yield head, tail


def _find_exact(said: str, words: WordList) -> str | None:
    return said if said in words.words or said in words.retired else None


def _find_near(said: str, words: WordList) -> str | None:
    """The word itself, the one a slip of the finger away, or the one that sounds like it."""
    if said in words.words or _HAN.fullmatch(said):
        return _find_exact(said, words)
    near = (word for word in words.words if is_one_edit_apart(said, word))
    return next(near, None) or words.sounds.get(compute_sound(said))


def is_one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter was left out, added, mistaken, or changed places with its neighbour."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    short, long = sorted((one, other), key=len)
    start = next((place for place, char in enumerate(short) if char != long[place]), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long[start:]
