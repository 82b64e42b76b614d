"""The owner's phone beside the real process: campaigns as an owner makes them, in the chat alone."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.playground.world import Person
from storage.schema.campaigns import campaign
from tests.attack.ground import Ground
from tests.journeys.program import PATIENCE_SECONDS
from tests.journeys.shop_at_work import ShopAtWork
from tests.journeys.test_campaign_from_phone import Phone


async def open_phone(ground: Ground, owner: Person) -> Phone:
    """The panel on the phone of somebody new."""
    started = ground.world.press_start(owner)  # the card that comes behind the greeting is the last of it
    await ground.telegram.until_reply(
        started, lambda message: message.photo is not None, timeout_seconds=PATIENCE_SECONDS
    )
    shop = ShopAtWork(ground.telegram, ground.world.add_channel("News", owner), owner)
    screen = await shop.ask(owner, "/admin", lambda message: "Campaigns" in str(message.keyboard))
    return Phone(shop, screen)


async def begin_campaign(ground: Ground, phone: Phone) -> int:
    """Start a bakery's campaign in English beside the main one; returns its id, and leaves its screen open."""
    for label in ("Campaigns", "+ New campaign", "Bakery or café", "Languages"):
        await phone.tap(label)
    for language in ("Bahasa Indonesia", "简体中文"):
        await phone.tap(f"✓ {language}")
    await phone.tap("Back")
    said = await phone.tap("Start now")
    assert "running" in said, said
    [(number,)] = ground.fetch(select(func.max(campaign.c.id)))
    return int(number)
