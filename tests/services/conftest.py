from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.services.campaigns.opening import Source, open_shop
from storage import Store, open_store
from tests.storage.clock import Clock
from tests.thinning import ENGINES

CHAT = -1001000000077
"""The community chat."""


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign that ships."""
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
    return parse_campaign(
        text, themes=sorted(path.stem for path in (ASSETS / "themes").glob("*.toml")), find_picture=lambda _: ""
    )


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database on each engine in turn: tables are tried on both by themselves, a service on PostgreSQL by `make long`."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str, clock: Clock, campaign: Campaign) -> AsyncIterator[Store]:
    """A store on each engine in turn, in which the shop is open with the campaign that ships and announces joins."""
    async with open_store(store_url, clock=clock) as opened:
        await opened.write(
            open_shop, Source(campaign=campaign), announce_chat="@news", community_chat=CHAT, community_id=CHAT
        )
        yield opened


@pytest.fixture
async def strict(store: Store, campaign: Campaign) -> Campaign:
    """From now on a friend counts only once in the community chat."""
    terms = replace(campaign, rules=replace(campaign.rules, join_community=True))
    await store.write(open_shop, Source(campaign=terms), announce_chat="@news", community_chat=CHAT, community_id=CHAT)
    return terms
