"""An owner writes a campaign on a bot that is killed at every single step, and ends with that campaign, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.playground.world import Message, Person
from storage import open_store
from storage.campaign import CampaignState
from storage.checks import list_faults
from storage.tables import campaigns, shops
from tests.chaos.books import Reader
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish_forking
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

MOMENTS = (
    ("getUpdates", "after"),
    ("sendMessage", "before"),
    ("editMessageText", "before"),
    ("editMessageText", "after"),
)
"""Fetched and not handled; handled and not shown; shown and not noted."""


@dataclass(slots=True)
class DyingPhone:
    """The owner's, and a bot that dies whenever it is used."""

    telegram: LocalTelegram
    home: Home
    owner: Person
    reader: Reader
    steps: int = 0

    async def tap(self, label: str, expected: str) -> None:
        """Tap the newest button of this label."""
        screen = self.find(label, among=lambda message: str([each.text for each in message.buttons]))
        assert screen is not None, label
        await self.die_and_go_on(partial(self.telegram.world.tap, self.owner, screen, label), expected)

    async def type(self, text: str, expected: str) -> None:
        """Type a text."""
        world = self.telegram.world
        await self.die_and_go_on(partial(world.send_text, self.owner, world.open_chat(self.owner), text), expected)

    async def die_and_go_on(self, act: Callable[[], object], expected: str) -> None:
        """The bot dies over it, at another moment each time, or comes through; the next one shows what is expected."""
        self.steps += 1
        async with self.home.running() as program:
            await program.until_polling(self.telegram)
            self._kill_at(program, *MOMENTS[self.steps % len(MOMENTS)])
            act()
            await self._wait_for_death(program, expected)
        self.telegram.faults.on_request = None
        async with self.home.running() as program:
            await program.until_polling(self.telegram)
            await self._settle()
            if not self.find(expected):  # what was done is done, and its screen died with the bot
                act()
                await self.telegram.until(lambda: self.find(expected), timeout_seconds=PATIENCE_SECONDS, what=expected)
            await program.stop()

    async def _settle(self) -> None:
        """Until nothing is left to fetch, to handle or to send: then an owner taps again."""
        await self.telegram.until_confirmed(timeout_seconds=PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await asyncio.to_thread(self.reader.is_all_done):
            assert time.monotonic() < deadline, "it never came to rest"
            await asyncio.sleep(0.02)

    def find(self, wanted: str, among: Callable[[Message], str] = lambda message: message.text) -> Message | None:
        """The newest message of the owner's chat that says it."""
        messages = self.telegram.world.open_chat(self.owner).messages
        return next(
            (messages[number] for number in sorted(messages, reverse=True) if wanted in among(messages[number])), None
        )

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


async def test_a_campaign_is_written_over_a_bot_that_dies_at_every_step(
    tmp_path: Path, telegram: LocalTelegram, store_url: str
) -> None:
    """Nothing is lost, nothing is there twice, and every dialogue is found again where it was."""
    sari = telegram.world.add_person("Sari")
    home = furnish_forking(
        tmp_path, telegram, DATABASE_URL=store_url, ADMIN_IDS=str(sari.id), SEND_RATE="1000", CHAT_RATE="1000"
    )
    phone = DyingPhone(telegram, home, sari, Reader(store_url))
    await phone.die_and_go_on(partial(telegram.world.press_start, sari), "Little Oven")
    await phone.type("/admin", "like to look at")
    await phone.tap("Campaigns", "every link without a campaign")
    await phone.tap("+ New campaign", "What shall it begin with?")
    await phone.tap("Salon", "salon: a draft")
    await phone.tap("1. We tell you when not to cut", "Story 1 of salon")
    await phone.tap("Headline", "The headline in English")
    await phone.type("We like it short", "The headline in Bahasa Indonesia")
    await phone.type("Kami suka pendek", "The headline in 简体中文")
    await phone.tap("Skip", "We like it short")
    await phone.tap("Back", "salon: a draft")
    await phone.tap("Friend: 25", "does the friend get?")
    await phone.type("33", "Friend gets: 33 points")
    await phone.tap("Start now", "salon: running")
    await phone.tap("★ Make it the main one", "★ salon: running")
    async with open_store(store_url) as store:
        assert await list_faults(store) == []
        salons = [row for row in await store.read(campaigns.list_all) if row.slug.startswith("salon")]
        assert {row.state for row in salons} <= {CampaignState.RUNNING, CampaignState.DRAFT}
        main = (await store.read(shops.get)).campaign_id
        (row,) = [each for each in salons if each.id == main]
        assert row.draft is None
        assert len(salons) == 1
