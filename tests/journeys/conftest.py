from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """One bot at work for all journeys of a module; every journey brings its own people."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("shop"))) as opened:
        yield opened
