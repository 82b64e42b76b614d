"""Tiers that are over end, and who has earned new ones is found."""

from __future__ import annotations

from bot.services.honours.honours import end_tiers, is_swept, list_ending, sweep
from storage.store import Store

PAGE, PAGES = 200, 50
"""After a change of the tiers ten thousand members are looked at in a minute, in units short enough for others to come between."""

ENDING = 60
"""Members who are told in one go that a tier has ended: one a second."""


async def review_honours(store: Store, *, page: int = PAGE, pages: int = PAGES) -> None:
    """End what is over, and go on looking who has earned what, where the tiers have changed."""
    ending = await store.read(list_ending, ENDING)
    if ending:
        await store.write(end_tiers, ending)
    for _ in range(pages):
        if await store.read(is_swept):
            break
        await store.write(sweep, page)
