"""An owner makes, sees and starts a campaign with a logo and two stories in the chat alone, and every tap and letter is counted."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from PIL import Image

from bot.playground.world import Message
from storage import Store, open_store
from storage.campaign import CampaignState
from storage.tables import campaigns, shops
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop

MOST_TAPS, MOST_LETTERS = 40, 450


@dataclass(slots=True)
class Phone:
    """The owner's, with what was tapped and typed on it."""

    shop: ShopAtWork
    screen: Message
    taps: int = 0
    letters: int = 0

    async def tap(self, label: str) -> str:
        """Tap a button of the screen; it becomes another, or a new one comes."""
        self.taps += 1
        chat, before, last = self.screen.chat, self.screen.text, max(self.screen.chat.messages)
        shown = str(self.screen.keyboard)
        await self.shop.tap(self.shop.admin, self.screen, label)

        def find() -> Message | None:
            now = chat.messages[self.screen.id]
            fresh = [chat.messages[number] for number in chat.messages if number > last]
            moment = now.text.startswith("One moment")
            changed = now if not moment and (now.text != before or str(now.keyboard) != shown) else None
            return changed or next((each for each in reversed(fresh) if each.keyboard), None)

        self.screen = await self.shop.telegram.until(find, what=f"a screen after {label!r}")
        return self.screen.text

    async def type(self, text: str) -> str:
        """Type a text and read the answer."""
        self.letters += len(text)
        self.screen = await self.shop.ask(self.shop.admin, text, lambda message: bool(message.keyboard))
        return self.screen.text

    async def send_picture(self, colour: str, *, as_file: bool = False) -> str:
        """Send a picture and read the answer."""
        self.taps += 1
        file = io.BytesIO()
        Image.new("RGB", (640, 480), colour).save(file, "JPEG")
        world, chat = self.shop.world, self.screen.chat
        if as_file:
            sent = world.send_document(self.shop.admin, chat, file.getvalue(), "logo.jpg")
        else:
            sent = world.send_photo(self.shop.admin, chat, file.getvalue())
        self.screen = await self.shop.telegram.until_reply(sent, lambda message: bool(message.keyboard))
        return self.screen.text


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An empty database on each engine in turn."""
    async with open_store(store_url) as opened:
        yield opened


@pytest.mark.long
async def test_a_campaign_from_an_empty_database(store: Store) -> None:
    """Begun from a template, written, looked at, started, made the main one; then members hand out its cards."""
    async with open_shop("", store=store) as shop:
        await shop.join(shop.admin)
        phone = Phone(shop, await shop.ask(shop.admin, "/admin"))
        phone.letters += len("/admin")
        await write_campaign(phone)
        await dress_shop(phone)
        assert phone.taps <= MOST_TAPS, phone.taps
        assert phone.letters <= MOST_LETTERS, phone.letters
        await hand_out(shop)
    row = await store.read(campaigns.find_by_slug, "cafe")
    assert row is not None
    assert (row.state, row.draft) == (CampaignState.RUNNING, None)
    assert (await store.read(shops.get)).campaign_id == row.id


async def write_campaign(phone: Phone) -> None:
    """Two stories with pictures, points, one language; seen before it counts."""
    for label in ("Campaigns", "+ New campaign", "Bakery or café", "Languages"):
        await phone.tap(label)
    for language in ("Bahasa Indonesia", "简体中文"):
        await phone.tap(f"✓ {language}")
    await phone.tap("Back")
    await phone.tap("1. The table by the window")
    await phone.tap("Headline")
    assert "Coffee at dusk" in await phone.type("Coffee at dusk, on the roof")
    await phone.tap("Words")
    await phone.type("We open the roof when the heat goes, and pour until the stars are out. Bring someone.")
    await phone.tap("What the friend gets")
    assert "{invitee_points}" in await phone.type("Come through a friend: {invitee_points} are yours.")
    await phone.tap("Picture")
    assert "Picture: yes" in await phone.send_picture("sienna")
    await phone.tap("Back")
    await phone.tap("2. New this week, gone next week")
    await phone.tap("Picture")
    await phone.send_picture("teal", as_file=True)
    await phone.tap("Back")
    await phone.tap("Inviter: 50")
    assert "Inviter gets: 30 points" in await phone.type("30")
    seen = max(phone.screen.chat.messages)
    await phone.tap("Preview")
    phone.screen = await phone.shop.telegram.until_message(phone.shop.admin, "cafe: a draft", after=seen)
    previews = [message for number, message in phone.screen.chat.messages.items() if number > seen]
    assert [bool(message.photo) for message in previews] == [True, True, *[False] * 4]
    check_previews(phone, previews[:-1])
    assert "running" in await phone.tap("Start now")
    assert "★ cafe" in await phone.tap("★ Make it the main one")


def check_previews(phone: Phone, previews: list[Message]) -> None:
    """Members' own messages, marked, with buttons that do nothing yet."""
    card, _, welcome, friend, inviter = previews
    assert card.text.startswith("Coffee at dusk, on the roof\nSari invites you to Little Oven:\n")
    assert find_link(card).count("-") == 2, "the link carries the campaign's number"
    assert "Do you know somebody" in welcome.text
    assert "Sari invited you, so you start with a gift" in friend.text
    assert "30 points" in inviter.text
    for message in previews:
        labels = [button.text for button in message.buttons]
        assert labels[0].startswith("👁 Preview, English: ")
        assert "Send to a friend" in labels
        assert {button.value for button in message.buttons} == {"preview"}


async def dress_shop(phone: Phone) -> None:
    """Name and logo, for all campaigns at once."""
    for label in ("Back", "Back", "The shop", "Name"):
        await phone.tap(label)
    assert "Name: Kopi Senja" in await phone.type("Kopi Senja")
    await phone.tap("Logo")
    assert "Logo: yes" in await phone.send_picture("black")


async def hand_out(shop: ShopAtWork) -> None:
    """A member's card tells the new story, and a friend gets what it promises."""
    anna = await shop.add_member("Anna")
    for _ in range(50):
        card = await shop.ask(anna, "/share", lambda message: message.photo is not None)
        if "Coffee at dusk" in card.text:
            break
    assert "Coffee at dusk, on the roof" in card.text
    ben = shop.add_person("Ben")
    assert "Kopi Senja" in (await shop.join(ben, find_link(card))).text
    await shop.telegram.until_message(anna, "30 points")
