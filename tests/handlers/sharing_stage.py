"""A bot at work, and looks behind it: what Telegram got uploaded, and what was counted as shared."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.playground.world import InlineAnswer, Message, Person, World
from bot.playground.world.files import Photo
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in
from tests.messages.samples import CAMPAIGN

STORIES = [story.key for story in CAMPAIGN.stories]
HEADLINES = [story.headline["en"] for story in CAMPAIGN.stories]
CARDS = [f"card:{key}" for key in STORIES]


@dataclass(frozen=True)
class Stage:
    """The shop and its database."""

    shop: ShopAtWork
    database: Path

    async def until_handed(self, person: Person) -> None:
        """Wait until a newcomer's first card has arrived, and what it is called is written down."""
        async with asyncio.timeout(30):
            while self._owes_card(person):  # noqa: ASYNC110 -- what it looks at belongs to somebody else
                await asyncio.sleep(0.01)

    def _owes_card(self, person: Person) -> bool:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as connection:
            statement = "SELECT 1 FROM handout JOIN profile USING (person_id) WHERE telegram_id = ?"
            found = connection.execute(statement, (person.id,)).fetchone()
        connection.close()
        return found is not None

    async def take_card(self, person: Person) -> Message:
        """The member's card on asking, when what it is called is written down; their first one is there before."""
        await self.until_handed(person)
        card = await self.shop.ask(person, "/share", lambda message: message.photo is not None)
        await self.settle(person)
        return card

    async def turn(self, person: Person, card: Message, label: str, headline: str) -> Message:
        """Tap an arrow and wait for a story."""
        await self.shop.tap(person, card, label)
        turned = await self.shop.until_edited(card, headline)
        await self.settle(person)
        return turned

    async def settle(self, person: Person) -> None:
        """One's updates are handled in order: behind an answer, what came before it is done."""
        await self.shop.ask(person, "/help", "/privacy")

    async def offer(self, person: Person, typed: str = "") -> InlineAnswer:
        """What the picker shows in a chat with somebody else."""
        friend = self.shop.add_person()
        chat = self.shop.world.open_chat(person, friend)
        return await self.shop.telegram.until_results(self.shop.world.type_inline(person, chat, typed))

    def list_shares(self, person: Person) -> list[tuple[str, str]]:
        """Ways and stories of what a member shared, in order."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as connection:
            rows = connection.execute(
                "SELECT way, story FROM share JOIN profile USING (person_id) WHERE telegram_id = ? ORDER BY share.id",
                (person.id,),
            ).fetchall()
        connection.close()
        return rows


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """A shop in a folder of its own."""
    async with open_shop(sqlite_in(folder)) as shop:
        yield Stage(shop, folder / "shop.db")


def list_uploads(world: World) -> list[Photo]:
    """Every picture that was uploaded, each once."""
    return list({id(thing): thing for thing in world.files.owners.values() if isinstance(thing, Photo)}.values())


def lose_pictures(world: World) -> None:
    """Telegram forgets every picture; what chats show stays."""
    world.files.owners.clear()


def list_results(answer: InlineAnswer) -> list[tuple[str, str]]:
    """Kind and id of each result."""
    return [(result.kind, result.id) for result in answer.results]
