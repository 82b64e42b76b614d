"""The web sides of shops that other processes run: any number of processes may serve them, the database is all they need."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.assets import ASSETS
from bot.capabilities import CAPABILITIES
from bot.core.conversions.keys import compute_pepper
from bot.core.setting import PREFIX
from bot.handlers.conversations import build_text_router
from bot.jobs.alarms import METRICS_TOKEN
from bot.messages.shop import Shop
from bot.services.campaigns import ShopView, get_shop
from bot.settings import CommonSettings, Settings
from bot.shops.fair_loop import charge_shop
from bot.shops.folder import ShopFolder
from bot.shops.folder_watch import FolderWatch
from bot.shops.garbage import Keep
from bot.shops.unserved import explain_unserved
from bot.telemetry import SHOP, Metrics
from bot.updates.capability import Registry
from bot.updates.context import build_judge
from bot.updates.courier import Courier
from bot.updates.reception import Reception
from bot.updates.routing import list_handlers
from bot.updates.webhook import compute_secret
from bot.web.deps import WebDeps
from bot.web.hosting import Crossed, HostSite, build_host_site
from bot.web.serving import serve_port
from bot.web.site import build_deps
from bot.web.templates import Templates
from bot.wire.pictures import Easel, Pictures, open_workshop
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store, open_store
from storage.errors import RowMissing, StoreError, StoreUnavailable
from storage.pools import Pools
from storage.tables import inbox

logger = logging.getLogger(__name__)

_TOKEN = METRICS_TOKEN.name

DESCRIPTORS = 320
"""Of the process itself: files, the database, and connections that are taken, or hung up on, at this moment."""

AGAIN_SECONDS = 2.0
"""Between two tries to open a shop's database: it is away, or the bot has not made it yet."""

LONGEST_AGAIN_SECONDS = 30.0


@dataclass(slots=True, eq=False)
class _Visit:
    settings: Settings
    web: WebDeps | None = None
    """None while the database cannot be read."""
    task: asyncio.Task[None] = field(init=False)


class Guests:
    """Serves the doors of shops for as long as their databases can be read; those that cannot ask visitors to come again.

    Args:
        site: Shows them.
        again_seconds: The first wait after a failure; it doubles.
        keep: Sets aside what their starts have made.
    """

    def __init__(self, site: HostSite, *, again_seconds: float = AGAIN_SECONDS, keep: Keep | None = None) -> None:
        self._site = site
        self._keep = keep or Keep()
        self._again_seconds = again_seconds
        self._easel = Easel(ASSETS)
        self._pools = Pools()
        self._visits: dict[str, _Visit] = {}
        self._unserved: dict[str, Settings] = {}
        """Shops of which it was said why they are not served here."""
        self._leaving: set[asyncio.Task[None]] = set()

    def set_shops(self, shops: Mapping[str, Settings]) -> None:
        """Serve these from now on, by name; one whose settings are the same object is not disturbed."""
        for name, visit in list(self._visits.items()):
            if shops.get(name) is not visit.settings:
                self._end(self._visits.pop(name))
        unserved = self._list_unserved(shops)
        for name, settings in shops.items():
            if name not in unserved and name not in self._visits:
                visit = self._visits[name] = _Visit(settings)
                visit.task = asyncio.create_task(self._stay(name, visit), name=f"the doors of {name or 'the shop'}")
        self._show()

    def _end(self, visit: _Visit) -> None:
        visit.task.cancel()
        self._leaving.add(visit.task)
        visit.task.add_done_callback(self._leaving.discard)

    def _list_unserved(self, shops: Mapping[str, Settings]) -> Collection[str]:
        """Those that cannot be served beside a bot; the log says why, once."""
        told, self._unserved = self._unserved, {}
        for name, settings in shops.items():
            if why := explain_unserved(settings):
                self._unserved[name] = settings
                if told.get(name) is not settings:
                    logger.warning("%s is not served here: %s", name, why)
        return self._unserved.keys()

    async def close(self) -> None:
        """Serve none any more."""
        self._keep.let_go()
        while self._visits:
            self._end(self._visits.popitem()[1])
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def _stay(self, name: str, visit: _Visit) -> None:
        SHOP.set(name or visit.settings.bot_id)
        pause = self._again_seconds
        while True:
            try:
                async with open_doors(visit.settings, self._pools, self._easel, self._site) as (visit.web, snapshots):
                    self._show()
                    pause = self._again_seconds
                    with self._keep.kept():
                        await snapshots.run()
            except (StoreError, RowMissing) as error:
                logger.warning("The shop's doors are closed for a while: %s", error)
            except Exception:
                logger.exception("The shop's doors are closed for a while")
            finally:
                visit.web = None
            self._show()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_AGAIN_SECONDS)

    def _show(self) -> None:
        closed = {name: visit.settings.public_url for name, visit in self._visits.items() if visit.web is None}
        try:
            self._site.show({name: visit.web for name, visit in self._visits.items() if visit.web is not None}, closed)
        except Crossed as error:
            logger.error("%s. Until then all doors stay as they are", error)  # noqa: TRY400 -- no fault of the program


async def serve_guests(
    chosen: Settings | CommonSettings, stop: asyncio.Event, hurry: asyncio.Event | None = None
) -> None:
    """Serve the doors of one shop, or of all of a folder that lie on PostgreSQL, until `stop` is set.

    `hurry` has the folder looked at at once.

    Raises:
        ListenRefused: the port cannot be had.
        OSError: the folder cannot be read.
    """
    token = chosen.given.get(_TOKEN if isinstance(chosen, Settings) else PREFIX + _TOKEN, "")
    site = build_host_site({}, Templates(ASSETS / "web"), metrics_token=METRICS_TOKEN.read({_TOKEN: token}))
    guests, looking = Guests(site), None
    if isinstance(chosen, Settings):
        guests.set_shops({chosen.shop: chosen})
    else:
        watch = FolderWatch(ShopFolder(chosen.shops, chosen.given, only=chosen.only), hurry)
        await watch.begin()
        guests.set_shops(watch.in_force)
        looking = asyncio.create_task(watch.run(lambda: guests.set_shops(watch.in_force)))
    try:
        await serve_port(site, chosen.listen, stop, "The web side", own=DESCRIPTORS)
    finally:
        if looking is not None:
            looking.cancel()
        await guests.close()


@asynccontextmanager
async def open_doors(
    settings: Settings, pools: Pools, easel: Easel, site: HostSite
) -> AsyncIterator[tuple[WebDeps, Snapshots]]:
    """The doors of a shop that another process runs; Telegram is never asked for anything.

    Raises:
        StoreError: the database cannot be opened, or is of another version.
        RowMissing: no process has opened the shop yet.
    """
    async with open_store(settings.database_url, guest=True, pools=pools, note_spent=charge_shop) as store:
        view = await store.read(get_shop)
        if not view.bot_username:
            raise StoreUnavailable("The bot has not said its name yet: it has to run once. passalong run does that.")
        first = _compose_first(settings, store, easel, view)
        snapshots, metrics = Snapshots(store, first), Metrics()
        registry = Registry(CAPABILITIES, settings.given)
        reception = _open_reception(settings, store, registry, first.shop, metrics) if settings.webhook else None
        web = build_deps(
            store=store,
            snapshots=snapshots,
            assets=ASSETS,
            trusted_proxies=settings.trusted_proxies,
            pepper=compute_pepper(settings.bot_token),
            metrics_token=registry.get_setting(METRICS_TOKEN),
            templates=site.templates,
            updates=reception,
            metrics=metrics,
        )
        try:
            yield web, snapshots
        finally:
            await web.click_writer.settle()


def _compose_first(settings: Settings, store: Store, easel: Easel, view: ShopView) -> Snapshot:
    shop = Shop(
        bot_username=view.bot_username,
        inline_mode=False,
        campaign=view.campaign,
        public_url=settings.public_url,
        zone=view.zone,
        community=view.community_chat is not None,
    )
    return Snapshot(shop=shop, pictures=Pictures(shop, open_workshop(easel, store)), view=view)


def _open_reception(settings: Settings, store: Store, registry: Registry, shop: Shop, metrics: Metrics) -> Reception:
    handlers = list_handlers(registry, build_text_router(registry))
    judge = build_judge(handlers, token=settings.bot_token, username=shop.bot_username)
    return Reception(
        secret=compute_secret(settings.bot_token),
        store=store,
        taker=Courier(store, judge, metrics),
        metrics=metrics,
        keep=inbox.add_brought,
    )
