"""The same campaign as from the phone, made in the playground's page in a real browser, over a bot that dies on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.page.guide import render_guide
from bot.services.campaigns import get_terms
from storage import open_store
from tests.journeys.owners_walk import WALK, list_mistakes, open_page
from tests.journeys.test_campaign_from_phone import MOST_LETTERS, MOST_TAPS

pytestmark = [pytest.mark.browser, pytest.mark.long]

KILLED = range(2, len(WALK), 6)
"""A sample; `make chaos` kills at every step, on both engines."""


async def test_an_owner_makes_a_campaign_in_the_page(tmp_path: Path) -> None:
    """From an empty database to the main campaign with logo and two pictures, within the taps and letters there are."""
    url = f"sqlite:///{tmp_path}/passalong.db"
    async with open_page(tmp_path, url) as page:
        await page.walk(WALK, kills=KILLED)
        assert page.taps <= MOST_TAPS, page.taps
        assert page.letters <= MOST_LETTERS, page.letters
        done = render_guide(page.telegram.world, page.cast)["done"]
        assert done == ["admin", "rename", "campaign", "picture", "preview", "run"]
        await page.stop()
        async with open_store(url) as store:
            assert await list_mistakes(store) == []
            terms = (await store.read(get_terms)).campaign
        assert [bool(story.picture) for story in terms.stories] == [True, True]
        assert terms.logo
        assert (terms.brand, terms.inviter_points) == ({"en": "Kopi Senja"}, 30)
