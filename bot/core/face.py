"""A member's profile photo on their cards: which size of it is fetched, and when it is looked at again."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.durations import DAY_SECONDS

KEPT_PIXELS = 256
"""A side of what is kept: twice what a card shows, some ten kilobytes."""
LOOK_SECONDS = DAY_SECONDS
"""A photo on the cards is looked at again at most so often, when a card is asked for."""


def choose_size(sides: Sequence[int]) -> int:
    """The place of the size to fetch, by the shorter sides in pixels: the smallest that suffices, else the largest."""
    enough = [side for side in sides if side >= KEPT_PIXELS]
    return sides.index(min(enough) if enough else max(sides))


def decide_look_due(looked_at: int, now: int) -> bool:
    """Whether the photo may have changed since it was looked at; a look in the future came by a wrong clock."""
    return not 0 <= now - looked_at < LOOK_SECONDS * 1_000_000
