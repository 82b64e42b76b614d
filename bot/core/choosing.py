"""Members choose: how a question is typed, what may be chosen, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.languages import find_language
from bot.core.names import clean_text
from storage.frozen import frozen

CHOOSE_LINK = "to-choose"
"""The start payload of a link to what can be chosen: no code is as short as what stands before its hyphen."""

FEWEST, MOST = 2, 10
"""Options of a question."""
QUESTION_LIMIT = 200
OPTION_LIMIT = 32
"""Code points: it stands on a button."""
OUTCOME_LIMIT = 300
LANGUAGES_LIMIT = 6
"""Languages that a question is asked in, at most: the shop's first ones."""
POLLS_SHOWN = 3
"""Open at once, at most."""


@frozen
class Asked:
    """A question and its options, in one language."""

    question: str
    options: Sequence[str]


@frozen
class Result:
    """What most have chosen."""

    choice: int
    """A place among the options; the first of those that are level."""
    votes: int
    count: int
    """Of so many."""
    is_level: bool = False
    """Others have as many."""


def parse_asked(text: str) -> Asked | None:
    """Read a question in the first line and an option in each line below; None for what is no such thing."""
    lines = [line for each in text.splitlines() if (line := clean_text(each, limit=QUESTION_LIMIT + 1))]
    question, *options = lines or [""]
    fits = question and len(question) <= QUESTION_LIMIT and all(len(each) <= OPTION_LIMIT for each in options)
    if not fits or not FEWEST <= len(options) <= MOST or len({each.casefold() for each in options}) < len(options):
        return None
    return Asked(question=question, options=options)


def clean_outcome(text: str) -> str:
    """What comes of it."""
    return clean_text(text, limit=OUTCOME_LIMIT)


def compute_result(votes: Mapping[int, int]) -> Result | None:
    """What most have chosen; None where nobody has chosen."""
    if not votes:
        return None
    most = max(votes.values())
    first, *others = sorted(choice for choice, count in votes.items() if count == most)
    return Result(choice=first, votes=most, count=sum(votes.values()), is_level=bool(others))


def pick_words(words: Mapping[str, str], language: str) -> str:
    """What is said in a language, else in the first there is."""
    found = find_language(language, tuple(words))
    return words[found] if found is not None else next(iter(words.values()), "")
