"""The dashboard in a real browser: from the link to the page, in every language, narrow and wide, light and dark."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.core.dashboard import BoardPage
from bot.messages.texts import LANGUAGES
from tests.journeys.browser import open_browser
from tests.web.house import House
from tests.web.insiders import add_insider, ask_for_link
from tests.web.test_browser import assert_accessible, visiting

pytestmark = [pytest.mark.browser, pytest.mark.long]

LOOKS = [("light", 390), ("dark", 820), ("light", 1440)]


async def test_every_page_can_be_read_by_anybody(own_house: House) -> None:
    """From a link in the chat by one tap; nothing serious for axe, nothing cut off, no complaint in the console."""
    async with open_browser() as browser:
        for language, (scheme, width) in zip(LANGUAGES, LOOKS, strict=True):
            owner = await add_insider(own_house, language=language, name="Ayu " * 15)
            address = f"{own_house.url}/dashboard/enter/{await ask_for_link(own_house, owner)}"
            window = {"width": width, "height": 900}
            async with visiting(browser, address, viewport=window, color_scheme=scheme) as visit:
                await assert_accessible(visit)
                await visit.page.get_by_role("button").click()
                await visit.page.wait_for_url(f"{own_house.url}/dashboard")
                for page in (BoardPage.FUNNEL, BoardPage.MEMBERS, BoardPage.SOURCES):
                    await visit.page.goto(f"{own_house.url}/dashboard/{page}")
                    await assert_accessible(visit)


async def test_a_page_follows_what_happens(own_house: House) -> None:
    """Somebody who comes while it is open is on it without a reload."""
    owner = await add_insider(own_house)
    address = f"{own_house.url}/dashboard/enter/{await ask_for_link(own_house, owner)}"
    async with open_browser() as browser, visiting(browser, address) as visit:
        await visit.page.get_by_role("button").click()
        await visit.page.wait_for_url(f"{own_house.url}/dashboard")
        await visit.page.goto(f"{own_house.url}/dashboard/members")
        async with visit.page.expect_response("**/dashboard/members", timeout=60_000):
            await own_house.add_member("Zebulon")
        await expect(visit.page.get_by_role("cell", name="Zebulon")).to_be_visible(timeout=60_000)
