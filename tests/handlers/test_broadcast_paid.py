"""An author has a broadcast go faster for Stars: price and balance before, and a kind no where there are too few."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.playground.world import Message
from tests.handlers.test_broadcast import until_done, write
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot with an admin and two members."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("paid"))) as opened:
        await opened.join(opened.admin)
        for name in ("Anna", "Budi"):
            await opened.add_member(name)
        yield opened


async def open_fare(shop: ShopAtWork, panel: Message) -> Message:
    """Go to the price."""
    await shop.tap(shop.admin, panel, "When, and about what")
    await shop.tap(shop.admin, await shop.until_edited(panel, "When does it go out?"), "⚡ Faster, for Stars")
    return await shop.until_edited(panel, "Faster, for Stars")


async def test_too_few_stars_are_said_and_nothing_is_offered(shop: ShopAtWork) -> None:
    """Price and balance stand there; the broadcast stays free of charge."""
    shop.world.gifts.balance = 120
    _, panel = await write(shop, "Paid with little")
    fare = await open_fare(shop, panel)
    assert "for at most 1 ⭐" in fare.text
    assert "has 120 ⭐.\nThat is too little: Telegram asks for at least 10,000 ⭐" in fare.text
    assert [button.text for button in fare.buttons] == ["Back"]
    await shop.tap(shop.admin, fare, "Back")
    choices = await shop.until_edited(panel, "When does it go out?")
    assert "⚡ Up to" not in choices.text


async def test_a_story_that_is_paid_for_goes_to_all_and_says_so_to_telegram(shop: ShopAtWork) -> None:
    """Each card on its way carries it, and the panel and the progress name the price."""
    shop.world.gifts.balance = 10_000
    asked = await shop.ask(shop.admin, "/broadcast")
    story = next(button for button in asked.buttons if button.text.startswith("🖼"))
    await shop.tap(shop.admin, asked, story.text)
    panel = await shop.telegram.until_message(shop.admin, "This is what members will see", after=asked)
    fare = await open_fare(shop, panel)
    await shop.tap(shop.admin, fare, "⚡ Send it faster")
    choices = await shop.until_edited(panel, "⚡ Up to 1,000 a second. Stars: at most 1")
    assert "✓ ⚡ Faster, for Stars" in {button.text for button in choices.buttons}
    await shop.tap(shop.admin, choices, "Back")
    before = len(shop.world.journal.list_calls("sendPhoto"))
    await shop.tap(shop.admin, await shop.until_edited(panel, "This is what members will see"), "Send")
    assert "Sent: 3 of 3" in await until_done(shop, panel)
    calls = shop.world.journal.list_calls("sendPhoto")[before:]
    assert len(calls) == 3
    assert all(call.params["allow_paid_broadcast"] for call in calls)


async def test_stars_that_went_meanwhile_hold_the_sending_back(shop: ShopAtWork) -> None:
    """The tap that sends looks at the balance again; free of charge it may go at once."""
    shop.world.gifts.balance = 10_000
    _, panel = await write(shop, "Paid too late")
    await shop.tap(shop.admin, await open_fare(shop, panel), "⚡ Send it faster")
    await shop.tap(shop.admin, await shop.until_edited(panel, "When does it go out?"), "Back")
    shop.world.gifts.balance = 9_999
    await shop.tap(shop.admin, await shop.until_edited(panel, "This is what members will see"), "Send")
    fare = await shop.until_edited(panel, "That is too little")
    await shop.tap(shop.admin, fare, "Send it free of charge")
    await shop.tap(shop.admin, await shop.until_edited(panel, "When does it go out?"), "Back")
    await shop.tap(shop.admin, await shop.until_edited(panel, "This is what members will see"), "Send")
    assert "Sent: 3 of 3" in await until_done(shop, panel)
    sent = [call for call in shop.world.journal.list_calls("sendMessage") if call.params["text"] == "Paid too late"]
    assert not any(call.params.get("allow_paid_broadcast") for call in sent)
