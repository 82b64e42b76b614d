from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.async_api import Browser, Page

from bot.messages.texts import LANGUAGES
from storage.records import Person
from storage.tables import shares
from tests.journeys.browser import open_browser
from tests.web.house import PREVIEW, Answer, House

pytestmark = [pytest.mark.browser, pytest.mark.long]

PHONE_WINDOW = {"width": 360, "height": 740}
DESK_WINDOW = {"width": 1200, "height": 800}
SERIOUS = {"serious", "critical"}

SHEET = """
window.sent = [];
navigator.canShare = (load) => Boolean(load);
Object.defineProperty(navigator, "share", {value: async (load) => {
  window.sent.push({text: load.text, url: load.url, files: (load.files || []).map((file) => [file.name, file.type, file.size])});
}});
"""
"""Stands in for the phone's own share sheet, which no browser without a phone has; takes what it is given."""


@dataclass
class Visit:
    """A page in a window, and what its console complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@asynccontextmanager
async def visiting(
    browser: Browser, url: str, *, sheet: bool = False, shown: Answer | None = None, **context: Any
) -> AsyncIterator[Visit]:
    """Open an address in a fresh window; with `shown` it is that answer, which was given to somebody else."""
    window = await browser.new_context(**{"viewport": PHONE_WINDOW, **context})
    visit = Visit(await window.new_page())
    visit.page.on("console", lambda message: visit.complaints.append(message.text))
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    if sheet:
        await visit.page.add_init_script(SHEET)
    if shown is not None:
        await visit.page.route(url, lambda route: route.fulfill(headers=dict(shown.headers), body=shown.body))
    await visit.page.goto(url)
    await visit.page.wait_for_load_state("networkidle")
    yield visit
    await window.close()


async def find_violations(page: Page) -> list[str]:
    """What the accessibility check finds serious, with the place."""
    results = await Axe().run(page)
    return [
        f"{found['id']}: {[node['html'] for node in found['nodes']]}"
        for found in results.response["violations"]
        if found["impact"] in SERIOUS
    ]


async def assert_accessible(visit: Visit) -> None:
    """Nothing serious, nothing to be scrolled sideways, nothing in the console."""
    assert await find_violations(visit.page) == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await visit.page.evaluate(wide)
    assert visit.complaints == []


async def until_counted(house: House, count: int) -> None:
    """Wait until so many shares are counted; a beacon is sent when the browser has time."""
    async with asyncio.timeout(60):
        while (await house.read(shares.count_by_way)).get("page", 0) < count:  # noqa: ASYNC110  # the store tells nobody of a share
            await asyncio.sleep(0.02)


async def test_nothing_is_in_anybodys_way(own_house: House) -> None:
    """In each language, light and dark, on a phone and on a desk: nothing serious, nothing cut off, no complaint."""
    looks = [("light", PHONE_WINDOW), ("dark", PHONE_WINDOW), ("dark", DESK_WINDOW)]
    members = [await own_house.add_member("Ayu " * 15, language=language) for language in LANGUAGES]
    async with open_browser() as browser:
        for member, (scheme, window) in zip(members, looks, strict=True):
            url = f"{own_house.url}/s/{member.code}"
            async with visiting(browser, url, sheet=True, viewport=window, color_scheme=scheme) as visit:
                await visit.page.locator("summary").click()
                await assert_accessible(visit)
            url = f"{own_house.url}/r/{member.code}"
            shown = await own_house.ask(f"/r/{member.code}", agent=PREVIEW)  # a browser that asks is moved on
            async with visiting(browser, url, shown=shown, viewport=window, color_scheme=scheme) as visit:
                assert await visit.page.get_by_role("link").count() == 1
                await assert_accessible(visit)


async def test_sharing_takes_one_tap(own_house: House) -> None:
    """The phone's own sheet gets card and link; the link is copied; a network opens; each is counted."""
    member = await own_house.add_member()
    link = f"{own_house.url}/r/{member.code}-page"
    granted = ["clipboard-read", "clipboard-write"]
    async with (
        open_browser() as browser,
        visit_page(browser, own_house, member, sheet=True, permissions=granted) as visit,
    ):
        await visit.page.get_by_role("button", name="Share the card").click()
        sent = (await visit.page.evaluate("window.sent"))[0]
        shop = own_house.deps.shop
        story = shop.story("en")
        assert sent["text"] == f"{shop.brand('en')}: {story.headline}\n{story.offer}\n{link}"
        name, kind, size = sent["files"][0]
        assert (name, kind) == ("card.jpg", "image/jpeg")
        assert size > 30_000
        await visit.page.get_by_role("button", name="Copy link").click()
        await visit.page.get_by_role("status").filter(has_text="Copied").wait_for()
        assert await visit.page.evaluate("navigator.clipboard.readText()") == link
        await visit.page.route("https://wa.me/**", lambda route: route.abort())
        await visit.page.get_by_role("link", name="WhatsApp").click()
        await until_counted(own_house, 3)


async def test_a_picture_for_a_story_goes_into_the_phones_sheet(own_house: House) -> None:
    """One tap hands it the tall card; without such a sheet the same link saves it."""
    member = await own_house.add_member()
    async with open_browser() as browser, visit_page(browser, own_house, member, sheet=True) as visit:
        tool = visit.page.get_by_role("link", name="For my story")
        assert await tool.get_attribute("href") == f"/c/{member.code}.tall.jpg"
        assert await tool.get_attribute("download") == "story.jpg"
        await tool.click()
        while not await visit.page.evaluate("window.sent?.length ?? 0"):
            await visit.page.wait_for_timeout(20)
        name, kind, _ = (await visit.page.evaluate("window.sent"))[0]["files"][0]
        assert (name, kind) == ("story.jpg", "image/jpeg")
        await until_counted(own_house, 1)


async def test_every_way_is_reached_by_keyboard(own_house: House) -> None:
    """Tab goes through everything in the order it is seen in, and where it is can be seen."""
    member = await own_house.add_member()
    async with open_browser() as browser, visit_page(browser, own_house, member) as visit:
        seen = []
        for _ in range(15):
            await visit.page.keyboard.press("Tab")
            words = "document.activeElement.innerText || document.activeElement.id"
            seen.append(str(await visit.page.evaluate(words)).strip())
        assert seen[:5] == ["Copy link", "Save picture", "For my story", "WhatsApp", "X"]
        assert {"E-mail", "WeChat", "link", "Back to Telegram"} <= set(seen)
        await visit.page.get_by_role("link", name="WhatsApp").focus()
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert await visit.page.evaluate(outline) == "solid"


async def test_it_works_with_scripts_switched_off(own_house: House) -> None:
    """Card, networks, picture and link are all there; nothing is there that would do nothing."""
    member = await own_house.add_member()
    async with open_browser() as browser, visit_page(browser, own_house, member, java_script_enabled=False) as visit:
        assert await visit.page.get_by_role("link", name="WhatsApp").is_visible()
        assert await visit.page.get_by_role("link", name="Save picture").first.is_visible()
        assert await visit.page.get_by_label("Your link").input_value() == f"{own_house.url}/r/{member.code}-page"
        assert await visit.page.get_by_role("button").count() == 0
        await visit.page.locator("summary").click()
        assert await visit.page.get_by_text("Save the picture. 2. Open WeChat").is_visible()


def visit_page(browser: Browser, house: House, member: Person, **context: Any) -> Any:
    """Open a member's share page on a phone."""
    return visiting(browser, f"{house.url}/s/{member.code}", **context)
