"""Where on paper a member's code hangs: a word of the member's own, which becomes the link's source."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.links import PLACEMENT

SHOP = "shop"
"""Behind the command: the shop's own paper, without a member on it; and its place, where no other is named."""


def parse_placement(typed: str, *, usual: str, taken: Collection[str]) -> str | None:
    """Read a place such as `window`; None for what cannot be one.

    Args:
        typed: What stood behind the command; capitals do not count.
        usual: The place where nothing was typed.
        taken: Sources that mean another way than paper.
    """
    word = typed.strip().lower() or usual
    return word if PLACEMENT.fullmatch(word) and (word == usual or word not in taken) else None
