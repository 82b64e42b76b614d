"""An owner makes a campaign in the playground's page, step by step, on a bot that may be killed at any of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import FilePayload, expect

from bot.assets import ASSETS
from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.page import add_page_routes
from bot.playground.page.cast import Cast
from bot.playground.seed import ADMIN_ID, make_world, seed_world
from bot.playground.world import Message, Person
from storage import Store
from storage.campaign import CampaignState
from storage.checks import list_faults
from storage.tables import campaigns, shops
from tests.chaos.books import Reader
from tests.journeys.browser import BotData, open_desk
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish_forking
from tests.telegram import LocalTelegram

MOMENTS = (
    ("getUpdates", "after"),
    ("sendMessage", "before"),
    ("editMessageText", "before"),
    ("editMessageText", "after"),
)
"""Of death: fetched and not handled; handled and not shown; shown and not noted."""
SCREEN_SECONDS = 2.0
"""After this an owner taps again."""
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
    return Step("tap", place, "Send the picture"), Step(kind, "cups", f"{place}: yes")


WALK: tuple[Step, ...] = (
    Step("start", "", "Sari invites you to"),
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


@dataclass(slots=True, kw_only=True)
class OwnersPage:
    """The owner's phone in the page; every tap and every letter on it is counted once, however often the bot dies."""

    telegram: LocalTelegram
    home: Home
    owner: Person
    reader: Reader
    page: BotData
    cast: Cast
    steps: int = 0
    """How many times the bot has died."""
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
                await self._die_and_go_on(act, step.expected)
            else:
                await self._go_on(act, step.expected)

    async def stop(self) -> None:
        """Let nobody answer any more."""
        if self.program is not None:
            await self.program.stop()
        self.program = None

    def find(self, wanted: str) -> Message | None:
        """The screen that the owner is at, if it says so; one that said so before must have come anew."""
        screen = self._find_screen()
        told = screen is not None and screen.id > self._older and wanted in read_screen(screen)
        return screen if told else None

    async def _die_and_go_on(self, act: Callable[[], Awaitable[None]], expected: str) -> None:
        """The bot dies over it, at another moment each time, or comes through; the next one shows what is expected."""
        self.steps += 1
        async with self.home.running() as program:
            await program.until_polling(self.telegram)
            self._kill_at(program, *MOMENTS[self.steps % len(MOMENTS)])
            await act()
            await self._wait_for_death(program, expected)
        self.telegram.faults.on_request = None
        async with self.home.running() as program:
            await program.until_polling(self.telegram)
            await self._settle()
            if not await self._shows(expected):  # what was done is done, and its screen died with the bot
                await act()
                await self.telegram.until(lambda: self.find(expected), timeout_seconds=PATIENCE_SECONDS, what=expected)
            await program.stop()

    async def _shows(self, expected: str) -> bool:
        """Whether it is there, or comes soon: an update is closed before its screen has arrived."""
        try:
            await self.telegram.until(lambda: self.find(expected), timeout_seconds=SCREEN_SECONDS)
        except AssertionError:
            return False
        return True

    async def _settle(self) -> None:
        """Until nothing is left to fetch, to handle or to send: then an owner taps again."""
        await self.telegram.until_confirmed(timeout_seconds=PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await asyncio.to_thread(self.reader.is_all_done):
            assert time.monotonic() < deadline, "it never came to rest"
            await asyncio.sleep(0.02)

    def _kill_at(self, program: Program, method: str, moment: str) -> None:
        async def hook(_number: int, called: str, stage: str) -> bool:
            if (called, stage) != (method, moment):
                return True
            self.telegram.faults.on_request = None
            await program.kill()
            return False

        self.telegram.faults.on_request = hook

    async def _wait_for_death(self, program: Program, expected: str) -> None:
        """Until it has died, or has shown everything without coming to that moment."""
        shown = asyncio.ensure_future(
            self.telegram.until(lambda: self.find(expected), timeout_seconds=PATIENCE_SECONDS, what=repr(expected))
        )
        dead = asyncio.ensure_future(program.process.wait())
        await asyncio.wait({shown, dead}, return_when=asyncio.FIRST_COMPLETED)
        for task in (shown, dead):
            task.cancel()
        await asyncio.gather(shown, dead, return_exceptions=True)
        await program.kill()

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
            await phone.get_by_test_id(f"pick-{kind}").set_input_files(_open_sample(step.what))

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
        opened = OwnersPage(
            telegram=telegram,
            home=home,
            owner=world.people[ADMIN_ID],
            reader=Reader(database_url),
            page=page,
            cast=cast,
        )
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


def _open_sample(name: str) -> FilePayload:
    data = (ASSETS / "playground" / "pictures" / f"{name}.jpg").read_bytes()
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data}
