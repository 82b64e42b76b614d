"""An owner makes a campaign in the playground's page, step by step, on a bot that may be killed at any of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
from playwright.async_api import FilePayload, expect

from bot.playground.api.server import Server, make_token, serve
from bot.playground.page import add_page_routes
from bot.playground.page.cast import Cast
from bot.playground.seed import ADMIN_ID, make_world, seed_world
from bot.playground.world import Message
from storage import Store
from storage.campaign import CampaignState
from storage.checks import list_faults
from storage.tables import campaigns, shops
from tests.chaos.books import Reader
from tests.journeys.browser import BotData, open_desk
from tests.journeys.program import PATIENCE_SECONDS, Program, furnish_forking
from tests.journeys.test_campaign_killed import DyingPhone
from tests.telegram import LocalTelegram

WIDTH, HEIGHT = 390, 844
"""A phone's window, in pixels."""
TAPS_OF_A_PICTURE = 3
"""The clip, what is to be sent, and the picture itself."""


class Step(NamedTuple):
    """One thing that an owner does, and what then stands on the screen: words, or `[the label of a button]`."""

    do: Literal["start", "tap", "type", "photo", "file"]
    what: str
    expected: str
    moment: int | None = None
    """Which of the moments of death it may meet, where another one would have the owner tap what was done already."""


def _change_text(label: str, asked: str, said: str) -> tuple[Step, Step]:
    return Step("tap", label, asked), Step("type", said, said.partition("{")[0])


def _send_picture(kind: Literal["photo", "file"], place: str) -> tuple[Step, Step]:
    return Step("tap", place, "Send the picture"), Step(kind, "sienna", f"{place}: yes")


WALK: tuple[Step, ...] = (
    Step("start", "", "Little Oven"),
    Step("type", "/admin", "like to look at"),
    Step("tap", "Campaigns", "every link without a campaign"),
    Step("tap", "+ New campaign", "What shall it begin with"),
    Step("tap", "Bakery or café", "cafe: a draft"),
    Step("tap", "Languages", "In which languages"),
    Step("tap", "✓ Bahasa Indonesia", "[Bahasa Indonesia]", 0),
    Step("tap", "✓ 简体中文", "[简体中文]", 0),
    Step("tap", "Back", "Languages: English"),
    Step("tap", "1. The table by the window", "Story 1 of cafe"),
    *_change_text("Headline", "The headline in", "Coffee at dusk, on the roof"),
    *_change_text("Words", "The words in", "We open the roof when the heat goes, and pour until the stars are out."),
    *_change_text("What the friend gets", "Write {invitee_points}", "Come through a friend: {invitee_points}."),
    *_send_picture("photo", "Picture"),
    Step("tap", "Back", "[Start now]"),
    Step("tap", "2. New this week, gone next week", "Story 2 of cafe"),
    *_send_picture("file", "Picture"),
    Step("tap", "Back", "[Start now]"),
    Step("tap", "Inviter: 50", "How many points"),
    Step("type", "30", "Inviter gets: 30 points"),
    Step("tap", "Preview", "Inviter gets: 30 points"),
    Step("tap", "Start now", "cafe: running"),
    Step("tap", "★ Make it the main one", "★ cafe: running"),
    Step("tap", "Back", "every link without a campaign"),
    Step("tap", "Back", "like to look at"),
    Step("tap", "The shop", "Points are called"),
    Step("tap", "Name", "What is the shop called"),
    Step("type", "Kopi Senja", "Name: Kopi Senja"),
    *_send_picture("photo", "Logo"),
)


@dataclass(slots=True)
class OwnersPage(DyingPhone):
    """The owner's phone in the page; every tap and every letter on it is counted once, however often the bot dies."""

    page: BotData = field(kw_only=True)
    cast: Cast = field(kw_only=True)
    program: Program | None = None
    """One that lives on from step to step."""
    taps: int = 0
    letters: int = 0
    _older: int = 0

    async def walk(self, steps: Collection[Step], *, kills: Collection[int]) -> None:
        """Go through the steps; at those of these numbers the bot is killed."""
        for number, step in enumerate(steps):
            before = self._find_screen()
            self._older = before.id if before is not None and step.expected in read_screen(before) else 0
            self._count(step)
            act = partial(self._act, step)
            if number in kills:
                await self.stop()
                self.steps = self.steps if step.moment is None else step.moment - 1
                await self.die_and_go_on(act, step.expected)
            else:
                await self._go_on(act, step.expected)

    async def stop(self) -> None:
        """Let nobody answer any more."""
        if self.program is not None:
            await self.program.stop()
        self.program = None

    def find(self, wanted: str, among: Callable[[Message], str] | None = None) -> Message | None:
        """The screen that the owner is at, if it says so; one that said so before must have come anew."""
        screen = self._find_screen()
        told = screen is not None and screen.id > self._older and wanted in (among or read_screen)(screen)
        return screen if told else None

    async def _go_on(self, act: Callable[[], Awaitable[None]], expected: str) -> None:
        if self.program is None:
            self.program = await self.home.start()
            await self.program.until_polling(self.telegram)
        await act()
        await self.telegram.until(lambda: self.find(expected), timeout_seconds=PATIENCE_SECONDS, what=expected)

    def _find_screen(self) -> Message | None:
        chat = self.telegram.world.open_chat(self.owner)
        said = (message for message in reversed(chat.messages.values()) if message.sender is self.telegram.world.bot)
        return next((message for message in said if message.keyboard), None)

    def _count(self, step: Step) -> None:
        self.taps += {"type": 0, "photo": TAPS_OF_A_PICTURE, "file": TAPS_OF_A_PICTURE}.get(step.do, 1)
        self.letters += len(step.what) + len("\n") if step.do == "type" else 0

    async def _act(self, step: Step) -> None:
        """What a hand does in the page, until Telegram has heard of it."""
        before = self._count_heard()
        await self._use_page(step)
        await self.telegram.until(
            lambda: self._count_heard() > before, timeout_seconds=PATIENCE_SECONDS, what=step.what
        )

    def _count_heard(self) -> int:
        world, chat = self.telegram.world, self.telegram.world.open_chat(self.owner)
        return len(world.callbacks) + sum(message.sender is self.owner for message in chat.messages.values())

    async def _use_page(self, step: Step) -> None:
        phone = self.page.get_phone("sari")
        if step.do == "start":
            await phone.get_by_test_id("start").click()
        elif step.do == "tap":
            await self._tap_key(step.what)
        elif step.do == "type":
            await phone.get_by_test_id("box").fill(step.what)
            await phone.get_by_test_id("box").press("Enter")
        else:
            await phone.get_by_test_id("attach").click()
            kind = {"photo": "picture", "file": "file"}[step.do]
            await phone.get_by_test_id(f"pick-{kind}").set_input_files(_draw(step.what))

    async def _tap_key(self, label: str) -> None:
        """Tap a key of the screen, once the page shows it as it is."""
        screen = self._find_screen()
        assert screen is not None
        labels = [button.text for button in screen.buttons]
        keys = self.page.get_phone("sari").locator(f'[data-id="{screen.id}"]').get_by_test_id("key")
        await expect(keys).to_have_text(labels, timeout=PATIENCE_SECONDS * 1000)
        await keys.nth(next(at for at, each in enumerate(labels) if label in each)).click()


def read_screen(message: Message) -> str:
    """What stands on a screen, its buttons in brackets."""
    return message.text + "".join(f"[{button.text}]" for button in message.buttons)


@asynccontextmanager
async def open_page(folder: Path, database_url: str, *, scale: float = 1) -> AsyncIterator[OwnersPage]:
    """The page on a phone, where nobody has started the bot yet; fails if the page or the bot has broken a rule."""
    world = make_world()
    cast = seed_world(world)
    server = Server(world, make_token(world.bot.id))
    telegram = LocalTelegram(server)
    rates = {"SEND_RATE": "1000", "CHAT_RATE": "1000"}
    async with (
        serve(server, add_routes=lambda app: add_page_routes(app, world, cast)),
        open_desk(f"{server.url}/", width=WIDTH, height=HEIGHT, scale=scale) as page,
    ):
        home = furnish_forking(folder, telegram, DATABASE_URL=database_url, ADMIN_IDS=str(ADMIN_ID), **rates)
        opened = OwnersPage(telegram, home, world.people[ADMIN_ID], Reader(database_url), page=page, cast=cast)
        try:
            yield opened
        finally:
            await opened.stop()
        telegram.assert_clean()
        assert not page.complaints, page.complaints


async def list_mistakes(store: Store) -> list[str]:
    """What is not as the walk leaves it: one campaign with two pictures, main and running; the shop's name and logo."""
    faults = await list_faults(store)
    made = [row for row in await store.read(campaigns.list_all) if row.slug.startswith("cafe")]
    main = (await store.read(shops.get)).campaign_id
    told = [(row.slug, row.state, row.draft, row.id == main) for row in made]
    if told != [("cafe", CampaignState.RUNNING, None, True)]:
        faults.append(f"campaigns {told}")
    return faults


def _draw(colour: str) -> FilePayload:
    file = BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    return {"name": "picture.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
