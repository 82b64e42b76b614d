from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.services.campaigns.opening import Source, open_shop
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store
from storage.beside import run_beside
from storage.tables.shops import note_changed
from storage.tx import Tx
from tests.messages.samples import CAMPAIGN
from tests.thinning import BOTH_ENGINES
from tests.wire.stage import make_snapshots


def name_it(brand: str, *, theme: str = CAMPAIGN.theme) -> Campaign:
    """The shipped campaign of a shop that is called so."""
    return replace(CAMPAIGN, brand=dict.fromkeys(CAMPAIGN.languages, brand), theme=theme)


def brand_of(snapshot: Snapshot) -> str:
    """What the shop is called in English."""
    return snapshot.shop.brand("en")


async def reach(snapshots: Snapshots, brand: str) -> Snapshot:
    """Wait for the snapshot of a shop that is called so."""
    async with asyncio.timeout(60):
        while brand_of(snapshots.current) != brand:
            await snapshots.wait_other_than(snapshots.current)
    return snapshots.current


@asynccontextmanager
async def kept_up_to_date(store: Store, *, retry_seconds: float = 3600) -> AsyncIterator[Snapshots]:
    """Snapshots of the shipped shop, looked after."""
    await store.write(open_shop, Source(campaign=CAMPAIGN))
    snapshots = make_snapshots(store, retry_seconds=retry_seconds)
    await snapshots.refresh()
    running = asyncio.create_task(snapshots.run())
    try:
        yield snapshots
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def change_unseen(tx: Tx, *, campaign: Campaign) -> None:
    """What another process does: the rows change, and nobody here is told."""
    open_shop(tx, Source(campaign=campaign))
    tx.told.clear()


@BOTH_ENGINES
async def test_what_this_process_changes_is_shown_at_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever took the snapshot before keeps what they took; whoever listens is given the new one."""
    caplog.set_level("INFO", "bot.wire.snapshot")
    async with kept_up_to_date(store) as snapshots:
        before, told = snapshots.current, list[Snapshot]()
        snapshots.subscribe(told.append)
        await asyncio.sleep(0)
        await store.write(open_shop, Source(campaign=name_it("Sunrise Bakery")))
        after = await reach(snapshots, "Sunrise Bakery")
        assert told == [after]
        assert brand_of(before) != "Sunrise Bakery"
        assert before.pictures.versions.captions["en"] != after.pictures.versions.captions["en"]
    assert {each.args for each in caplog.records} == {(CAMPAIGN.slug,)}


@BOTH_ENGINES
async def test_what_another_process_changes_is_seen_by_looking(store: Store, store_url: str) -> None:
    """Nobody is told what it was; the shop's revision says so."""
    async with kept_up_to_date(store) as snapshots:
        await asyncio.sleep(0)
        await asyncio.to_thread(run_beside, store_url, change_unseen, campaign=name_it("Night Bakery"))
        await reach(snapshots, "Night Bakery")


@pytest.mark.parametrize("store_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_postgresql_tells_what_another_process_changes(store: Store) -> None:
    """Without a look: the server says so on the connection that holds the lock."""
    async with kept_up_to_date(store) as snapshots:
        await asyncio.sleep(0)
        await store.write(change_unseen, campaign=name_it("Far Bakery"))
        await reach(snapshots, "Far Bakery")


async def test_what_was_not_changed_is_not_read_again(store: Store) -> None:
    """Looking is one row; the snapshot stays the very same one, also where only other things of the shop changed."""
    async with kept_up_to_date(store) as snapshots:
        first = snapshots.current
        await snapshots.refresh()
        await store.write(note_changed)
        await snapshots.refresh()
        assert snapshots.current is first


async def test_what_cannot_be_shown_leaves_what_was_valid(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """A theme that is not there is said in the log; the shop goes on as it was until it can be shown again."""
    async with kept_up_to_date(store, retry_seconds=0.02) as snapshots:
        first = snapshots.current
        await store.write(open_shop, Source(campaign=name_it("Dusk Bakery", theme="gone")))
        async with asyncio.timeout(60):
            while "what was valid stays" not in caplog.text:  # noqa: ASYNC110  # a log tells nobody of a line
                await asyncio.sleep(0.01)
        assert snapshots.current is first
        await store.write(open_shop, Source(campaign=name_it("Dusk Bakery")))
        await reach(snapshots, "Dusk Bakery")


def test_a_shop_that_was_not_read_yet_has_no_view(store: Store) -> None:
    """Whoever asks for it is told so."""
    with pytest.raises(LookupError, match="not read yet"):
        make_snapshots(store).current.get_view()
