from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from storage import open_store
from tests.architecture.ways import ROOT, Way, watching
from tests.broadcasts.stage import Stage, open_stage
from tests.chaos.books import Reader
from tests.journeys.shop_at_work import ShopAtWork, find_link, open_shop, sqlite_in
from tests.telegram import PATIENCE_SECONDS, local_telegram

IN_FLIGHT = 10
"""Of the broadcast whose recipients are watched."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Walked:
    """A shop at work, and who looks on."""

    shop: ShopAtWork
    way: Way
    reader: Reader

    async def rest(self) -> None:
        """Let what came before come to its end: it is no part of the way."""
        await self.shop.telegram.until_polling()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.reader.is_all_done():  # noqa: ASYNC110 -- a table tells nobody
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walked]:
    """A shop that is watched from its start."""
    url = sqlite_in(tmp_path_factory.mktemp("ways"))
    with watching() as way:
        async with open_shop(url) as shop:
            yield Walked(shop, way, Reader(url))


@asynccontextmanager
async def broadcasting(migrated: Path, folder: Path, *, members: int) -> AsyncIterator[tuple[Stage, Way]]:
    """A stage that is watched; opened before any shop is at work beside it, whose way is another."""
    url = f"sqlite:///{shutil.copy(migrated, folder / 'ways.db')}"
    with watching() as way:
        async with (
            local_telegram() as telegram,
            open_store(url) as store,
            open_stage(telegram, store, members) as stage,
        ):
            yield stage, way


def show(way: Way) -> str:
    """What a way goes through, for whoever wants to make it shorter."""
    lines = [f"{file}: {', '.join(functions)}" for file, functions in way.functions.items()]
    return "\n".join([f"{len(way.files)} files, {way.function_count} functions", *lines])


async def test_the_way_of_a_broadcast_to_one_recipient_is_short(migrated_sqlite: Path, tmp_path: Path) -> None:
    """From the claim of one in the middle of many until their delivery's end is written down.

    Beginning a broadcast, planning its audience and ending it are no recipient's, and are on the way of the whole, below.
    """
    async with broadcasting(migrated_sqlite, tmp_path, members=80) as (stage, way):
        sent, walks = stage.telegram.world.journal.sent, list[tuple[int, str]]()
        for _ in range(4):  # as below
            await stage.confirm()
            broadcaster = stage.make_broadcaster(most_in_flight=IN_FLIGHT)
            before = len(sent)
            broadcaster.start()
            await stage.until_sent(before + 2)
            began = len(sent)
            with way.recorded():
                # Whoever is claimed and not settled is one of ten: the second ten from here were neither, and are both.
                await stage.until_sent(began + 3 * IN_FLIGHT)
            if len(sent) < before + len(stage.guests) - IN_FLIGHT:  # else the last ones are on their way already
                walks.append((len(way.files), show(way)))
            await broadcaster.settled()
            await broadcaster.stop(limit_seconds=1)
    files, shown = min(walks[1:])  # the first one prepares what is kept; word of how far it is may fall into another
    assert files <= RECIPIENT_FILES, shown


async def test_the_way_of_a_whole_broadcast_is_short(migrated_sqlite: Path, tmp_path: Path) -> None:
    """From its confirmation until it is done: what no recipient goes through is in it as well."""
    async with broadcasting(migrated_sqlite, tmp_path, members=3) as (stage, way):
        for _ in range(2):
            await stage.confirm()
            broadcaster = stage.make_broadcaster()
            with way.recorded():
                broadcaster.start()
                await broadcaster.settled()
            await broadcaster.stop(limit_seconds=1)
    assert len(way.files) <= BROADCAST_FILES, show(way)


async def test_the_way_of_a_join_is_short(walked: Walked) -> None:
    """From `/start <code>` until both sides and the channel have been told."""
    shop, walks = walked.shop, list[tuple[int, int, str, list[str]]]()
    for _ in range(5):
        anna, budi = shop.add_person(), shop.add_person()  # whoever brings several in a minute is looked at
        link = find_link(await shop.join(anna))
        await walked.rest()
        with walked.way.recorded():
            await shop.join(budi, link)
            await shop.telegram.until_message(anna, budi.first_name)
            await shop.telegram.until_message(shop.channel, budi.first_name)
            await shop.telegram.until_polling()
        walks.append((len(walked.way.files), walked.way.function_count, show(walked.way), walked.way.files))
    # What is looked up or prepared once and kept is there from the third on; what the bot does by itself may fall into one.
    files, functions, shown, walked_through = min(walks[2:])
    assert files <= JOIN_FILES, shown
    assert functions <= JOIN_FUNCTIONS, shown
    told = set(re.findall(r"`((?:bot|storage)/[\w/]+\.py)`", (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")))
    assert len(told) > 20
    assert sorted(told.difference(walked_through)) == [], "docs/walk.md tells of what is not on the way"


async def test_the_way_of_an_inline_query_is_short(walked: Walked) -> None:
    """From a member's typing behind the bot's name until the cards are there to be tapped."""
    shop, walks = walked.shop, list[tuple[int, str]]()
    for _ in range(4):
        anna, budi = await shop.add_member(), shop.add_person()
        await walked.rest()
        with walked.way.recorded():
            query = shop.world.type_inline(anna, shop.world.open_chat(anna, budi), "")
            await shop.telegram.until_results(query)
        walks.append((len(walked.way.files), show(walked.way)))
    files, shown = min(walks[1:])  # the first one prepares what is kept; a write of the bot's own may fall into another
    assert files <= INLINE_FILES, shown


JOIN_FILES, JOIN_FUNCTIONS = 48, 261
INLINE_FILES = 22
RECIPIENT_FILES, BROADCAST_FILES = 22, 29
"""The most there may be: these only ever fall (docs/decisions/0029). One function more or less is walked as a timer falls."""
