"""An agency at work: the real program with a folder of shops, each with a bot and a Telegram world of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.api.fleet import Fleet, make_world, serve_fleet
from bot.playground.api.server import Server
from bot.playground.world import Person
from tests.journeys.program import PATIENCE_SECONDS, Home
from tests.journeys.shop_at_work import find_link
from tests.shops.files import compose_token, write_shop
from tests.storage.migrated import lay_migrated
from tests.telegram import LocalTelegram

ADMIN_ID = 990_001


@dataclass(frozen=True)
class Agency:
    """A home for programs that run the shops of a folder."""

    home: Home
    shops: Path
    fleet: Fleet
    telegrams: dict[str, LocalTelegram]
    databases: Path | None = None
    """Where shops' own files lie; None: elsewhere."""

    def add(self, name: str, *, is_new: bool = False, **settings: str) -> LocalTelegram:
        """One more bot, and the file of its shop; a program makes its database where it `is_new`."""
        number = 41 + len(self.telegrams)
        token = compose_token(number)
        server = self.fleet.add(Server(make_world(token), token))
        telegram = self.telegrams[name] = LocalTelegram(server)
        telegram.world.add_person("Sari", person_id=ADMIN_ID)
        if self.databases and not is_new and "DATABASE_URL" not in settings:
            lay_migrated(self.databases / f"{name}.db")
        write_shop(self.shops, name, BOT_TOKEN=token, **settings)
        return telegram

    def find_file(self, name: str) -> Path:
        """A shop's file."""
        return self.shops / f"{name}.env"

    async def until_at_work(self, *names: str) -> None:
        """Wait until their bots ask for updates."""
        for name in names:
            await self.telegrams[name].until_polling()

    async def serve_join(self, name: str) -> Person:
        """A friend of somebody's joins, and both are told."""
        telegram = self.telegrams[name]
        world = telegram.world
        anna, budi = world.add_person("Anna"), world.add_person("Budi")
        greeting = await telegram.until_reply(world.press_start(anna), timeout_seconds=PATIENCE_SECONDS)
        opened = world.open_link(budi, find_link(greeting))
        assert opened.message is not None
        await telegram.until_reply(opened.message)
        await telegram.until_message(anna, "Budi", after=greeting)
        return anna

    def find_code(self, name: str, person: Person) -> str:
        """The code in the link that somebody was greeted with."""
        messages = self.telegrams[name].world.open_chat(person).list_messages()
        link = next(find_link(message) for message in messages if "?start=" in message.text)
        return link.partition("?start=")[2].partition("-")[0]


@asynccontextmanager
async def open_agency(folder: Path, *names: str, **settings: str) -> AsyncIterator[Agency]:
    """Bots, files and databases of shops with these names, in the folder unless settings say where; no program runs yet."""
    shops, databases = folder / "shops", None if "DATABASE_URL" in settings else folder / "databases"
    for place in filter(None, (shops, databases)):
        place.mkdir()
    async with serve_fleet(Fleet()) as fleet:
        common = {
            "SHOPS": str(shops),
            "BOT_API_URL": fleet.urls[0],
            "DATABASE_URL": f"sqlite:///{folder}/databases/",
            "ADMIN_IDS": str(ADMIN_ID),
            "LOG_LEVEL": "INFO",
            "SEND_RATE": "1000",
            "CHAT_RATE": "1000",
            **settings,
        }
        agency = Agency(Home(folder=folder, settings=common, forks=True), shops, fleet, {}, databases)
        for name in names:
            agency.add(name)
        yield agency
        for telegram in agency.telegrams.values():
            telegram.assert_clean()
