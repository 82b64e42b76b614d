"""Several shops behind one port, each with a store of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import aiohttp

from bot.assets import ASSETS
from bot.web.deps import WebDeps
from bot.web.hosting import HostSite, build_host_site
from bot.web.listening import open_listener
from bot.web.server import serve_site
from bot.web.site import build_deps
from bot.web.templates import Templates
from bot.wire.snapshot import Snapshot, Snapshots
from storage import Store, open_store
from tests.easel import draw_for
from tests.storage.clock import Clock
from tests.web.house import House, make_shop, set_unchecked

WATCHER = "a-secret-of-the-process"


@dataclass
class Street:
    """The shops at work, by name; `process` is what lies outside all of them."""

    houses: Mapping[str, House]
    process: House
    site: HostSite


@asynccontextmanager
async def open_street(urls: Mapping[str, str], shops: Mapping[str, str], clock: Clock) -> AsyncIterator[Street]:
    """Serve shops by name, each with the URL of its database and its public address, while the context lasts."""
    listener = open_listener("127.0.0.1", 0)
    url = "http://{}:{}".format(*listener.getsockname())
    templates, stop = Templates(ASSETS / "web"), asyncio.Event()
    async with AsyncExitStack() as stack:
        stores = {name: await stack.enter_async_context(open_store(urls[name], clock=clock)) for name in shops}
        deps = {name: await _furnish(stores[name], name, shops[name], templates, clock) for name in shops}
        site = build_host_site(deps, templates, metrics_token=WATCHER)
        serving = asyncio.create_task(serve_site(site, listener, stop))
        session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
        try:
            houses = {
                name: House(url + urlsplit(shops[name]).path, deps[name], stores[name], session, stop) for name in shops
            }
            first = next(iter(shops))
            yield Street(houses, House(url, deps[first], stores[first], session, stop), site)
        finally:
            stop.set()
            await serving
            for each in deps.values():
                await each.click_writer.settle()


async def _furnish(store: Store, name: str, public_url: str, templates: Templates, clock: Clock) -> WebDeps:
    await store.write(set_unchecked, upto=1_000_000)
    shop = replace(make_shop(public_url), bot_username=f"{name}_bot")
    snapshots = Snapshots(store, Snapshot(shop=shop, pictures=draw_for(shop, store)))
    return build_deps(store=store, snapshots=snapshots, assets=ASSETS, clock=clock, templates=templates)
