"""How the playground's page behaves: the view stays where the finger is, files open, nobody is shut out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.async_api import Locator, Page, expect

from tests.journeys.browser import open_demo

pytestmark = [pytest.mark.browser, pytest.mark.long]

PHONE_WINDOW = (390, 800)
SERIOUS = {"serious", "critical"}
PIXELS = 40
"""A line or two of another story's words."""


async def test_the_page_keeps_its_manners(tmp_path: Path) -> None:
    """The empty chat says what the bot is for, leafing keeps the view, a PDF opens, and axe finds nothing serious."""
    async with open_demo(tmp_path) as desk:
        anna, page = desk.get_phone("anna"), desk.page
        await expect(anna.get_by_test_id("about")).to_contain_text("Little Oven grows by recommendation")
        await _assert_open_to_all(page)
        await anna.get_by_test_id("start").click()
        await desk.until_bubble("anna", "t.me/little_oven_bot")
        await expect(anna.get_by_text("1/5")).to_have_count(1)  # the card that follows the greeting
        await desk.write("anna", "/share")
        await expect(anna.get_by_text("1/5")).to_have_count(2)
        await _leaf(anna)
        await _assert_open_to_all(page)
        await desk.write("anna", "/print")
        await _open_file(page, anna.get_by_test_id("document").filter(has_text="poster-A5.pdf"))
        await page.set_viewport_size({"width": PHONE_WINDOW[0], "height": PHONE_WINDOW[1]})
        await _assert_open_to_all(page)
        await desk.assert_clean()


async def _leaf(phone: Locator) -> None:
    """The button that turns the story stays where it was tapped; the label between is answered."""
    forth = phone.get_by_text("▶").last
    await forth.scroll_into_view_if_needed()
    before = await _find_top(forth)
    for number in (2, 3):
        await forth.click()
        await expect(phone.get_by_text(f"{number}/5")).to_be_visible()
        assert abs(await _find_top(forth) - before) < PIXELS
    label = phone.get_by_test_id("key").filter(has_text="3/5")
    await label.click()
    await expect(label).to_have_class(re.compile(r"^key\s*$"))


async def _open_file(page: Page, link: Locator) -> None:
    async with page.context.expect_page() as opening:
        await link.click()
    opened = await opening.value
    assert opened.url.endswith("/poster-A5.pdf")
    answer = await page.request.get(opened.url)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert (await answer.body()).startswith(b"%PDF")
    await opened.close()


async def _find_top(element: Locator) -> float:
    box = await element.bounding_box()
    assert box is not None
    return box["y"]


async def _assert_open_to_all(page: Page) -> None:
    found = (await Axe().run(page)).response["violations"]
    serious = [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS]
    assert not serious
