"""Two shops in one process: two stores, two tokens, two bots, the same people in both; nothing of one reaches the other."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.playground.world import World
from bot.telemetry import set_up_logging
from storage import Store, open_store
from storage.checks import list_faults
from storage.tables import referrals, shares
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop
from tests.shipped import change_shipped, keep_stories
from tests.storage.migrated import lay_migrated
from tests.thinning import LONG_ON_POSTGRES

GUESTS = 4


@dataclass(frozen=True)
class Side:
    """One of the two, and what is only its own."""

    shop: ShopAtWork
    store: Store
    brand: str
    username: str


def write_campaign(folder: Path, brand: str, unit: str) -> Path:
    """The shipped campaign of another shop, with other words for points; one story of it, since each is drawn for each shop."""
    return change_shipped(
        folder / f"{unit}.toml",
        *((f'"{name}"', f'"{brand}"') for name in ("Little Oven", "Oven Mungil", "小炉面包房")),
        *((name, f'"{unit}"') for name in ('["point", "points"]', '"poin"', '"积分"')),
        text=keep_stories(1),
    )


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes to its log."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    set_up_logging("INFO")
    written = io.StringIO()
    next(each for each in root.handlers if each not in handlers).setStream(written)  # type: ignore[attr-defined]
    yield written
    root.setLevel(level)
    root.handlers[:] = handlers


@asynccontextmanager
async def open_side(url: str, folder: Path, number: int) -> AsyncIterator[Side]:
    """A shop at work."""
    brand, unit = ("North Bakery", "norths") if number == 1 else ("South Bakery", "souths")
    username = f"{unit}_bot"
    world = World(bot_id=4_242_000_000 + number, bot_name=brand, bot_username=username, seed=number)
    settings = {"PASSALONG_CAMPAIGN": str(write_campaign(folder, brand, unit))}
    async with open_store(url) as store, open_shop(url, store=store, world=world, settings=settings) as shop:
        yield Side(shop, store, brand, username)


def list_urls(store_url: str, folder: Path) -> list[str]:
    """Two files, or two schemas of one database."""
    if store_url.startswith("sqlite"):
        return [lay_migrated(folder / f"{name}.db") for name in ("north", "south")]
    mark = "&" if "?" in store_url else "?"
    return [f"{store_url}{mark}schema={name}" for name in ("north", "south")]


async def bring_guests(side: Side, other: Side) -> None:
    """A member brings friends by link; each of them has the other shop's link as well, which is nobody's here."""
    anna = await side.shop.add_member("Anna")
    link = find_link(await side.shop.ask(anna, "/start"))
    assert f"t.me/{side.username}" in link
    for _ in range(GUESTS):
        greeting = await side.shop.join(side.shop.add_person(), link)
        assert side.brand in greeting.text
        await side.shop.ask(anna, "/share", lambda message: message.photo is not None)
    assert other.brand not in greeting.text
    await side.shop.ask(anna, "/help", "/share")  # what she asked for before is counted by then


async def write_to_all(side: Side) -> None:
    """The admin, who runs both shops, writes to the members of one."""
    shop = side.shop
    await shop.join(shop.admin)
    await shop.ask(shop.admin, "/broadcast")
    shop.world.send_text(shop.admin, shop.world.open_chat(shop.admin), "Fresh at ten")
    question = await shop.telegram.until_message(shop.admin, "This is what members will see")
    await shop.tap(shop.admin, question, "Send")
    await shop.until_edited(question, f"Sent: {GUESTS + 2} of {GUESTS + 2}")


def list_texts(side: Side) -> str:
    """Everything this shop's bot has ever sent."""
    return "\n".join(sent.message.text for sent in side.shop.world.sent)


@LONG_ON_POSTGRES
async def test_two_shops_share_a_process_and_nothing_else(store_url: str, tmp_path: Path, log: io.StringIO) -> None:
    """Words, links, points, figures, notices and lines of the log are each shop's own, whoever is in both."""
    async with AsyncExitStack() as stack:
        urls = list_urls(store_url, tmp_path)
        north, south = [
            await stack.enter_async_context(open_side(url, tmp_path, number)) for number, url in enumerate(urls, 1)
        ]
        await asyncio.gather(bring_guests(north, south), bring_guests(south, north))
        for side, unit, strange in ((north, "norths", south), (south, "souths", north)):
            await side.shop.telegram.until_message(side.shop.channel, side.brand)
            texts = list_texts(side)
            assert unit in texts
            assert strange.brand not in texts
            assert strange.username not in texts
            assert await side.store.read(referrals.count_all) == GUESTS
            assert (await side.store.read(shares.count_by_way))["card"] == GUESTS
            assert await list_faults(side.store) == []
        await write_to_all(north)
        assert "Fresh at ten" not in list_texts(south)
    lines = log.getvalue().splitlines()
    for username in (north.username, south.username):
        assert [line for line in lines if f" @{username}: @{username} is at work" in line]
        assert [line for line in lines if f" @{username}: Stopped" in line]
