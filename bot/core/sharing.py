"""Which stories somebody means."""

from __future__ import annotations

from collections.abc import Mapping


def filter_stories(said: Mapping[str, str], typed: str) -> list[str]:
    """Keys of the stories in which every typed word occurs, in their order; all where nothing is typed.

    Args:
        said: What each story says, by key.
        typed: Words in any order and case. A story's own key means that story alone.
    """
    words = typed.casefold().split()
    if len(words) == 1 and words[0] in said:
        return words
    return [key for key, text in said.items() if all(word in text.casefold() for word in words)]
