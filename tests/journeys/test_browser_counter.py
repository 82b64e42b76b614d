"""A newcomer of the playground has something for points, and the shop hands it out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.browser import BotData, open_demo

pytestmark = [pytest.mark.browser, pytest.mark.long]


async def bring_a_friend(bot_data: BotData) -> None:
    """Anna sends her card to Budi, who comes by it: three taps and two."""
    await bot_data.get_phone("anna").get_by_test_id("start").click()
    await bot_data.tap_key("anna", "Send to a friend")
    await bot_data.choose("anna", "Budi")
    await bot_data.get_phone("anna").get_by_test_id("inline-result").first.click()
    budi = bot_data.get_phone("budi")
    await budi.get_by_test_id("chat").filter(has_text="Anna").click()
    await bot_data.until_bubble("budi", "via @little_oven_bot")
    await budi.get_by_test_id("key").last.click()
    await budi.get_by_test_id("start").click()
    await bot_data.get_phone("anna").get_by_test_id("banner").click()
    await bot_data.until_bubble("anna", re.compile(r"Budi.*\+50", re.DOTALL))


async def test_a_croissant_is_earned_taken_and_handed_out(tmp_path: Path) -> None:
    """From the friend's START over the coffee that this brings to "enjoy it" at the counter, in the page; nothing but one reference is typed."""
    async with open_demo(tmp_path) as bot_data:
        await bring_a_friend(bot_data)
        await bot_data.until_bubble("anna", re.compile(r"OVEN-\w{5}"))
        await bot_data.tap_key("anna", "Rewards")
        await bot_data.until_bubble("anna", "What you can have for them")
        await bot_data.tap_key("anna", "A croissant: 40 points")
        await bot_data.tap_key("anna", "Yes, I take it")
        code = await bot_data.until_bubble("anna", "Show this at the counter")
        reference = re.search(r"\w{4}-\w{4}", await code.inner_text())
        assert reference is not None
        await bot_data.get_phone("sari").get_by_test_id("start").click()
        await bot_data.write("sari", f"/check {reference[0]}")
        await bot_data.until_bubble("sari", "not handed out yet")
        await bot_data.tap_key("sari", "Hand it out")
        await bot_data.until_bubble("sari", "✓ Handed out")
        await bot_data.until_bubble("anna", "was handed out to you")
        await bot_data.assert_clean()
