"""What draws for all tests of a process: fonts are read once, and whoever has the shipped campaign has its cards' templates."""

from __future__ import annotations

import asyncio

from bot.app import House, run_in
from bot.assets import ASSETS
from bot.messages.shop import Shop
from bot.settings import Settings
from bot.wire.pictures import Easel, Pictures, Workshop, open_workshop
from storage import Store, open_store

EASEL = Easel(ASSETS, templates_kept=30)
"""Of five stories in three languages, with and without an address: to make one takes half a second."""

HOUSE = House(easel=EASEL)
"""For a bot at work in the test's own process."""


async def run_shop(settings: Settings, stop: asyncio.Event) -> None:
    """As `bot.app.run` does it, with that house."""
    async with open_store(settings.database_url) as store:
        await run_in(store, settings, stop, house=HOUSE)


def draw_for(shop: Shop, store: Store | None = None) -> Pictures:
    """A shop's pictures; those that it keeps lie in the store, if one is given."""
    return Pictures(shop, Workshop(EASEL) if store is None else open_workshop(EASEL, store))
