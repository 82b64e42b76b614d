"""The shops of a folder at work: what they share, and each one's database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from bot.app import House, run_in
from bot.assets import ASSETS
from bot.broken_start import tell_owners
from bot.core.setting import PREFIX, mask_secrets
from bot.jobs.alarms import METRICS_TOKEN
from bot.settings import CommonSettings
from bot.shops.doors import Doors
from bot.shops.fair_loop import charge_shop
from bot.shops.folder import ShopFolder
from bot.shops.folder_watch import FolderWatch
from bot.shops.host import Host, Stay
from bot.shops.leasing import Leasing, PostgresLeasing
from bot.shops.shop_file import OWN_ALONE, furnish
from bot.shops.starts import INTRODUCE_EVERY_SECONDS, Turns
from bot.updates.vitals import Senses
from bot.watchdog import Watchdog
from bot.wire.pictures import Easel
from storage import Pools, Store, open_store
from storage.errors import LeaseLost, StoreBusy, StoreDamaged, StoreError, StoreMoved
from storage.leases import find_database
from storage.occupancy import Occupancy, find_occupancy

logger = logging.getLogger(__name__)

THREADS = 32
"""For what waits for a disk: one that hangs holds up its own shop, and a thread or two. By default there are six."""

TEMPLATES_KEPT = 16
"""Of all shops' cards together; one is up to four megabytes."""


async def run_shops(
    common: CommonSettings,
    stop: asyncio.Event,
    hurry: asyncio.Event,
    watchdog: Watchdog,
) -> None:
    """Run all shops of the folder until `stop` is set.

    Args:
        common: The folder, and what holds for all shops.
        stop: Ends them all.
        hurry: Has the folder looked at at once.
        watchdog: Is told how each is doing.

    Raises:
        OSError: the folder cannot be read.
        ListenRefused: the port of the web side cannot be had.
    """
    for name in sorted(
        OWN_ALONE & {each.removeprefix(PREFIX) for each, value in common.given.items() if value.strip()}
    ):
        logger.warning("%s%s is set for all shops and is nobody's: each has its own in its file", PREFIX, name)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="shops"))
    pools = Pools()
    leasing = PostgresLeasing(pools)
    watch = FolderWatch(ShopFolder(common.shops, common.given, only=common.only), hurry)
    token = METRICS_TOKEN.read({METRICS_TOKEN.name: common.given.get(PREFIX + METRICS_TOKEN.name, "")})
    doors, stays = Doors(common.listen, token, lambda: host.absent), dict[str, Stay]()
    house = House(
        easel=Easel(ASSETS, templates_kept=TEMPLATES_KEPT),
        on_open=lambda shop: stays[shop].note_open(),
        wait_to_introduce=Turns(INTRODUCE_EVERY_SECONDS).take,
    )

    async def run_shop(stay: Stay) -> None:
        stays[stay.settings.shop] = stay
        seen = token or any(settings.public_url for settings in watch.in_force.values())
        work = partial(_run_watched, house=replace(house, doors=doors) if seen else house, watchdog=watchdog)
        await _run_shop(stay, leasing, pools, work)

    host = Host(watch, leasing, run_shop)
    watchdog.note_ready()
    await host.run(stop, doors.run(stop))


Work = Callable[[Store, Stay], Coroutine[Any, Any, None]]


async def _run_shop(stay: Stay, leasing: Leasing, pools: Pools, work: Work) -> None:
    """Open the shop's store, under its lease where there is one, and work in it."""
    settings = stay.settings
    tenure = leasing.get_tenure(settings.shop)
    if tenure is None and find_database(settings.database_url):
        return  # another process has it by now
    try:
        if stay.worked:
            await asyncio.to_thread(_demand_database, settings.database_url)
        await asyncio.to_thread(furnish, settings)
        async with open_store(settings.database_url, tenure=tenure, pools=pools, note_spent=charge_shop) as store:
            if not stay.stop.is_set():
                await work(store, stay)
    except (LeaseLost, StoreBusy, StoreMoved):
        raise
    except StoreError as error:
        await tell_owners(settings, error)
        raise


def _demand_database(url: str) -> None:
    """A shop that was at work a moment ago has a database: an empty one in its place would be another shop.

    Raises:
        StoreDamaged: its file is gone.
    """
    if find_occupancy(url) is Occupancy.NEW:
        cure = "Put it back; or write the shop's file anew, and it begins with an empty one"
        raise StoreDamaged(f"The database {mask_secrets(url)} is gone, and no other is made in its place. {cure}")


async def _run_watched(store: Store, stay: Stay, *, house: House, watchdog: Watchdog) -> None:
    watch = watchdog.watch(stay.settings.shop)
    try:
        await run_in(store, stay.settings, stay.stop, senses=Senses(watcher=watch), house=house)
    finally:
        watch.on_end()
