"""A shop at work for all tests of a module, with its rows within reach and its owner in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage import Store, open_store
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.shipped import keep_stories, write_campaign


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    """The shop's rows, within reach."""
    async with open_store(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(store: Store) -> AsyncIterator[ShopAtWork]:
    """At work, with its owner in it."""
    async with open_shop("", store=store) as at_work:
        await at_work.join(at_work.admin)
        yield at_work


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def terse_shop(store: Store, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """The same with one story to tell: before a change holds, every card of the campaign is drawn and read back."""
    campaign = write_campaign(tmp_path_factory.mktemp("campaign") / "one.toml", keep_stories(1))
    async with open_shop("", store=store, settings={"PASSALONG_CAMPAIGN": str(campaign)}) as at_work:
        await at_work.join(at_work.admin)
        yield at_work
