"""What the dialogues about rules, items and tiers have in common: names in several languages, and the look at the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.languages import find_language

KEEP = "keep"
"""The last question: shall it be like this? As an answer: yes."""

MORE = "more"
"""What is seldom said, and asked for by name."""

NONE = "none"
"""As an answer by tapping: nothing of the kind."""

MOST_SPOKEN = 8
"""Languages in which something is asked for; in further ones it is called as in the first."""

Answers = Mapping[str, Any]


def list_spoken(languages: Sequence[str], reader: str) -> list[str]:
    """In which languages names are asked for, the reader's first."""
    first = find_language(reader, tuple(languages)) or languages[0]
    return [first, *(each for each in languages if each != first)][:MOST_SPOKEN]


def name_steps(name: str, answers: Answers) -> tuple[str, ...]:
    """The questions for a name, one a language."""
    return tuple(f"{name}_{place}" for place in range(1, len(answers["spoken"]) + 1))


def ask_names(name: str, answers: Answers) -> tuple[str, ...]:
    """Those of them to be asked: in further languages once it is said in the first."""
    steps = name_steps(name, answers)
    return steps if answers.get(steps[0]) else steps[:1]


def compose_names(answers: Answers, name: str, first: str = "") -> dict[str, str]:
    """A name by language, in the order of the campaign; what was not said is called as in the first language that was.

    Empty where nothing was said. `first` is what it is called in the first language where that was said already.
    """
    said = {
        language: answers.get(step) for language, step in zip(answers["spoken"], name_steps(name, answers), strict=True)
    }
    if not any(said.values()):
        return {}
    usual = said[answers["spoken"][0]] or first or next(filter(None, said.values()))
    return {language: said.get(language) or usual for language in answers["languages"]}


def list_names(said: Mapping[str, str], name: str, spoken: Sequence[str]) -> dict[str, str]:
    """A name by language as answers."""
    return {f"{name}_{place}": said[each] for place, each in enumerate(spoken, start=1) if each in said}


def drop_names(answers: Answers, name: str = "name") -> dict[str, Any]:
    """The answers without a name: there is none, or what it named is something else now."""
    return {**answers, **dict.fromkeys(name_steps(name, answers))}
