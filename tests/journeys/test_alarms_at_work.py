"""The bot at work, one part of it standing still after the other: its owner hears of each, and that it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.capabilities import CAPABILITIES
from bot.core.alarms import JOB_LATE_SECONDS, POLL_SILENCE_SECONDS, STILL_SECONDS, Trouble
from bot.playground.faults import error, hang
from bot.services.alarms import list_told
from bot.updates.capability import Capability
from bot.updates.job import Job
from bot.updates.vitals import Senses
from storage import Store, open_store
from storage.tx import utc_now
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in


@dataclass
class Hours:
    """A time that passes by itself, and faster when it is told to; a disk of any size; a job that can be held up."""

    ahead_seconds: float = 0.0
    room: tuple[int, int] = (10**12, 10**12)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while the job does its work."""
    begun: bool = False
    store: Store = field(init=False)

    def read(self) -> float:
        """Seconds, monotonic."""
        return time.monotonic() + self.ahead_seconds

    def read_wall(self) -> int:
        """UTC microseconds."""
        return utc_now() + int(self.ahead_seconds * 1_000_000)

    async def work(self, _store: Store) -> None:
        """What is on time while it is let, and otherwise cannot even be broken off."""
        self.begun = True
        while not self.held.is_set():
            with suppress(asyncio.CancelledError):
                await self.held.wait()


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[ShopAtWork, Hours]]:
    """A shop whose owner has started the bot."""
    hours = Hours()
    hours.held.set()
    job = Capability(name="slow", jobs=[Job(name="slow", every_seconds=1.0, run=hours.work, limit_seconds=1.0)])
    senses = Senses(clock=hours.read, measure_room=lambda _: hours.room, look_seconds=0.05)
    async with (
        open_store(sqlite_in(folder), clock=hours.read_wall) as store,
        open_shop(sqlite_in(folder), store=store, senses=senses, capabilities=(*CAPABILITIES, job)) as shop,
    ):
        hours.store = store
        try:
            await shop.join(shop.admin)
            yield shop, hours
        finally:
            hours.held.set()
            shop.telegram.faults.clear()


async def pass_time(shop: ShopAtWork, hours: Hours, seconds: float) -> None:
    """Let time pass at once, with a word from Telegram behind it."""
    hours.ahead_seconds += seconds
    await end_poll(shop)


async def end_poll(shop: ShopAtWork) -> None:
    """Have Telegram answer the poll that waits, and the bot begin another."""
    shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), "🙂")
    await shop.telegram.until_confirmed()
    await shop.telegram.until_polling()


def count_met(shop: ShopAtWork, method: str) -> int:
    """Calls that have met a fault."""
    return sum(bool(call.fault) for call in shop.world.journal.list_calls(method))


async def until_told(shop: ShopAtWork, words: str) -> None:
    """Wait until the owner reads this."""
    await shop.telegram.until_message(shop.admin, words, timeout_seconds=120)


async def test_a_poller_that_hears_nothing_is_told_of(tmp_path: Path) -> None:
    """Once, and once more when Telegram answers again."""
    async with at_work(tmp_path) as (shop, hours):
        shop.telegram.faults.order(error(502), "getUpdates", times=-1)
        shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), "🙂")
        await shop.telegram.until(lambda: count_met(shop, "getUpdates"), what="a poll that was refused")
        hours.ahead_seconds += POLL_SILENCE_SECONDS + 5
        await until_told(shop, "has given me no updates for 1 min")
        shop.telegram.faults.clear()
        await shop.telegram.until_polling(timeout_seconds=60)
        await end_poll(shop)
        await until_told(shop, "Telegram gives me updates again.")


@pytest.mark.long
async def test_a_deliverer_that_stands_still_is_told_of_when_it_goes_on(tmp_path: Path) -> None:
    """Its own alarm waits behind what it does not send."""
    async with at_work(tmp_path) as (shop, hours):
        shop.telegram.faults.order(hang(), "sendMessage", times=-1)
        shop.world.press_start(shop.add_person("Budi"))
        await shop.telegram.until(lambda: count_met(shop, "sendMessage"), what="a notice on its way")
        await pass_time(shop, hours, STILL_SECONDS + 5)
        async with asyncio.timeout(60):
            while Trouble.DELIVERER not in await hours.store.read(list_told):  # noqa: ASYNC110 -- rows tell nobody
                await asyncio.sleep(0.05)
        shop.telegram.faults.clear()
        await shop.join(shop.add_person("Citra"))
        await until_told(shop, "Notices have been waiting for")
        await until_told(shop, "Notices are leaving again.")


@pytest.mark.long
async def test_a_job_that_comes_to_no_end_is_told_of(tmp_path: Path) -> None:
    """By its name."""
    async with at_work(tmp_path) as (shop, hours):
        hours.held.clear()
        hours.begun = False
        await shop.telegram.until(lambda: hours.begun, timeout_seconds=60, what="the job")
        await pass_time(shop, hours, JOB_LATE_SECONDS + 5)
        await until_told(shop, "Something I do by myself")
        hours.held.set()
        await until_told(shop, "What I do by myself is on time again.")


async def test_a_disk_that_fills_up_is_told_of(tmp_path: Path) -> None:
    """With what is left."""
    async with at_work(tmp_path) as (shop, hours):
        hours.room = (100 * 1024**2, 10**12)
        await until_told(shop, "100 MB are left")
        hours.room = (10**12, 10**12)
        await until_told(shop, "There is room on the disk again.")
