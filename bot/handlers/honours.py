"""Tiers: the word of them, and the work at the bot's own pace that ends them and finds who has earned new ones."""

from __future__ import annotations

from bot.core.roles import EVERYBODY
from bot.messages.honours import NOTICES
from bot.services.honours.honours import end_tiers, is_swept, list_ending, sweep
from bot.updates.capability import Capability
from bot.updates.job import Job
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


CAPABILITY = Capability(
    name="honours",
    roles=EVERYBODY,
    notices=NOTICES,
    jobs=[Job(name="honours", every_seconds=60.0, run=review_honours)],
)
