"""The whole bot at work in a local Telegram, with the people a journey needs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app import run_in
from bot.capabilities import CAPABILITIES
from bot.playground.waiting import Match
from bot.playground.world import Chat, Message, Person, World
from bot.settings import Settings, read_settings
from bot.updates.capability import Capability
from bot.updates.vitals import USUAL, Senses
from storage import Store
from tests.easel import HOUSE, run_shop
from tests.storage.migrated import lay_migrated
from tests.telegram import LocalTelegram, local_telegram

ADMIN_ID = 990_001
CHANNEL = "@little_oven_news"


@dataclass
class ShopAtWork:
    """A running bot, its Telegram, its channel and its admin."""

    telegram: LocalTelegram
    channel: Chat
    admin: Person
    _names: int = field(default=0)

    @property
    def world(self) -> World:
        """The humans' side."""
        return self.telegram.world

    def add_person(self, first_name: str = "", *, language: str = "en", username: str = "") -> Person:
        """Somebody new, by a name of their own unless given."""
        self._names += 1
        name = first_name or f"Guest{self._names}"
        return self.world.add_person(name, language_code=language, username=username)

    async def join(self, person: Person, link: str = "") -> Message:
        """Have somebody start the bot, by a link if given; returns the greeting, behind which a newcomer has their card."""
        newcomer = not self.world.open_chat(person).messages
        if link:
            opened = self.world.open_link(person, link)
            assert opened.message is not None
            greeting = await self.telegram.until_reply(opened.message)
        else:
            greeting = await self.telegram.until_reply(self.world.press_start(person))
        if newcomer:
            await self.telegram.until_reply(greeting, lambda message: message.photo is not None, timeout_seconds=60)
        return greeting

    async def add_member(self, first_name: str = "", *, language: str = "en") -> Person:
        """Somebody who has started the bot."""
        person = self.add_person(first_name, language=language)
        await self.join(person)
        return person

    async def ask(self, person: Person, text: str, match: Match = None) -> Message:
        """What the bot answers to a message in its private chat; `match` tells it from notices that come meanwhile."""
        said = self.world.send_text(person, self.world.open_chat(person), text)
        return await self.telegram.until_reply(said, match)

    async def tap(self, person: Person, message: Message, label: str) -> None:
        """Tap a button and wait until its spinner stops."""
        await self.telegram.until_answered(self.world.tap(person, message, label))

    async def until_edited(self, message: Message, text: str) -> Message:
        """Wait until a message, as it stands in its chat, shows a text."""

        def find() -> Message | None:
            now = message.chat.messages[message.id]
            return now if text in now.text else None

        return await self.telegram.until(find, what=f"an edit that says {text!r}")


def find_link(message: Message) -> str:
    """The first link to the bot in a message."""
    found = re.search(r"https://t\.me/\S+\?start=\S+", message.text)
    assert found, message.text
    return found[0]


@asynccontextmanager
async def open_shop(
    database_url: str,
    *,
    settings: Mapping[str, str] | None = None,
    world: World | None = None,
    store: Store | None = None,
    capabilities: Sequence[Capability] = CAPABILITIES,
    senses: Senses = USUAL,
) -> AsyncIterator[ShopAtWork]:
    """Run the bot in this process while the context lasts; fails if a call broke the Bot API's contract.

    A test that looks at rows meanwhile brings the store along, open.
    """
    async with local_telegram(world) as telegram:
        admin = telegram.world.add_person("Sari", username="sari", person_id=ADMIN_ID)
        channel = telegram.world.add_channel("Little Oven News", admin, username=CHANNEL.removeprefix("@"))
        telegram.world.add_bot(admin, channel)
        stop = asyncio.Event()
        read = compose_settings(telegram, database_url, **settings or {})
        running = asyncio.create_task(
            run_in(store, read, stop, capabilities=capabilities, senses=senses, house=HOUSE)
            if store
            else run_shop(read, stop)
        )
        await telegram.until_call("setWebhook" if read.webhook else "getUpdates")
        try:
            yield ShopAtWork(telegram, channel, admin)
        finally:
            stop.set()
            await running
        telegram.assert_clean()


def compose_settings(telegram: LocalTelegram, database_url: str, **settings: str) -> Settings:
    """What a shop in a local Telegram is set up with; nothing waits for a pace unless told to."""
    values = {
        "PASSALONG_BOT_TOKEN": telegram.token,
        "PASSALONG_BOT_API_URL": telegram.url,
        "PASSALONG_DATABASE_URL": database_url,
        "PASSALONG_ADMIN_IDS": str(ADMIN_ID),
        "PASSALONG_ANNOUNCE_CHAT": CHANNEL,
        "PASSALONG_SEND_RATE": "1000",
        "PASSALONG_CHAT_RATE": "1000",
    }
    return read_settings(values | settings)


def sqlite_in(folder: Path) -> str:
    """A throw-away database, migrated and empty where there was none."""
    return lay_migrated(folder / "shop.db")
