"""A bot at work beside a community chat, which can be stopped and started again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.world import Chat, Message, Person
from bot.settings import read_settings
from tests.easel import run_shop
from tests.journeys.shop_at_work import ADMIN_ID, ShopAtWork, sqlite_in
from tests.shipped import change_shipped
from tests.telegram import LocalTelegram, local_telegram

TITLE = "Oven Friends"
NAME = "oven_friends"


@dataclass(kw_only=True)
class Gathering(ShopAtWork):
    """A shop with a group that friends are invited to."""

    group: Chat
    folder: Path

    async def invite(self, member: Person) -> str:
        """The personal invite link that a member is given."""
        return find_invite(await self.ask(member, "/community"))

    async def settle(self) -> None:
        """Wait until everything is handled that happened: the bot handles an admin's message after it."""
        await self.telegram.until_confirmed()
        await self.ask(self.admin, "/help")

    @asynccontextmanager
    async def at_work(
        self, *, named: str = "", strict: bool = False, settings: Mapping[str, str] | None = None
    ) -> AsyncIterator[None]:
        """Run the bot, with the chat by its number unless named otherwise, and with other settings beside."""
        values = {
            "PASSALONG_BOT_TOKEN": self.telegram.token,
            "PASSALONG_BOT_API_URL": self.telegram.url,
            "PASSALONG_DATABASE_URL": sqlite_in(self.folder),
            "PASSALONG_ADMIN_IDS": str(ADMIN_ID),
            "PASSALONG_SEND_RATE": "1000",
            "PASSALONG_CHAT_RATE": "1000",
            "PASSALONG_COMMUNITY_CHAT": named or str(self.group.id),
            "PASSALONG_CAMPAIGN": str(write_campaign(self.folder, strict=strict)),
        }
        stop = asyncio.Event()
        starts = self.world.journal.counts["getMe"]
        running = asyncio.create_task(run_shop(read_settings(values | dict(settings or {})), stop))
        await self.telegram.until_call("getMe", starts + 1)
        try:
            yield
        finally:
            stop.set()
            await running


@asynccontextmanager
async def gather(
    folder: Path, *, rights: Sequence[str] | None = ("can_invite_users",), basic: bool = False
) -> AsyncIterator[Gathering]:
    """A Telegram with a group, in which the bot has these rights; without any it is a plain member, None: not in it."""
    async with local_telegram() as telegram:
        admin = telegram.world.add_person("Sari", username="sari", person_id=ADMIN_ID)
        group = telegram.world.add_group(TITLE, admin, basic=basic, username="" if basic else NAME)
        if rights is not None:
            telegram.world.add_bot(admin, group, rights=rights)
        yield Gathering(telegram, channel=group, admin=admin, group=group, folder=folder)
        telegram.assert_clean()


@asynccontextmanager
async def gather_at_work(folder: Path, *, strict: bool = False, named: str = "") -> AsyncIterator[Gathering]:
    """A bot at work beside its group, known to its admin."""
    async with gather(folder) as gathering, gathering.at_work(strict=strict, named=named):
        await gathering.join(gathering.admin)
        yield gathering


def write_campaign(folder: Path, *, strict: bool) -> Path:
    """The shipped campaign; strict: friends count only once in the chat."""
    said = f"join_community = {str(strict).lower()}"
    return change_shipped(folder / "campaign.toml", ("join_community = false", said))


def find_invite(message: Message) -> str:
    """The invite link in a message."""
    found = re.search(r"https://t\.me/\+\S+", message.text)
    assert found, message.text
    return found[0]


def list_warnings(telegram: LocalTelegram, admin: Person) -> list[str]:
    """What the admin was told of the chat."""
    chat = telegram.world.open_chat(admin)
    return [message.text for message in chat.list_messages() if TITLE in message.text or NAME in message.text]
