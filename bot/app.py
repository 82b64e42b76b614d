"""A shop at work: what is done before it opens, and the order in which its parts start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bot.assets import ASSETS
from bot.campaign_file import SHIPPED, choose_community, load_campaign, log_opening
from bot.capabilities import CAPABILITIES
from bot.core.campaigns.campaign import CampaignMistake
from bot.core.conversions.keys import compute_pepper
from bot.handlers.bot_profile import stay_introduced, try_errand
from bot.handlers.community.chat import look_after
from bot.jobs.alarms import METRICS_TOKEN, watch_vitals
from bot.outbox.last_word import watch_store
from bot.outbox.looking import look_at
from bot.runtime import Runtime, open_runtime
from bot.services.campaigns import names_community
from bot.services.campaigns.opening import open_shop
from bot.services.community.membership import find_number
from bot.settings import Settings
from bot.telemetry import SHOP
from bot.updates.capability import Capability, Registry
from bot.updates.vitals import USUAL, Senses
from bot.wire.gate import open_gate
from bot.wire.pacing import GROUP_PER_MINUTE
from bot.wire.pictures import Easel
from bot.wire.signal import TaskEnded, raise_end
from storage import Store, open_store
from storage.addresses import ChatRole
from storage.frozen import frozen
from storage.tables import pictures

if TYPE_CHECKING:
    from bot.web.deps import WebDeps
    from bot.web.templates import Templates

logger = logging.getLogger(__name__)

WAITERS_SECONDS = 1.0
"""A first poll that is not answered in this time has found nobody waiting for the bot."""


class Doors(Protocol):
    """A port for all shops."""

    @property
    def templates(self) -> Templates:
        """Of pages, read once for all."""

    async def serve(self, shop: str, web: WebDeps) -> None:
        """Serve a shop's doors for as long as this waits."""


async def _wait_for_nobody() -> None:
    """A shop that is alone introduces itself at once."""


@frozen
class House:
    """What the shops of one process share; a shop that is alone has it for itself."""

    easel: Easel = field(default_factory=lambda: Easel(ASSETS))
    doors: Doors | None = None
    """None: a shop has a port of its own."""
    on_open: Callable[[str], None] = lambda _shop: None
    """Called when a shop has begun to work."""
    wait_to_introduce: Callable[[], Awaitable[None]] = _wait_for_nobody
    """Returns when it is a shop's turn to say to Telegram who it is: that takes a dozen requests, and can wait."""


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set.

    Raises:
        CampaignMistake: the campaign file cannot be used.
        StoreError: the database cannot be opened, is another process's, or was lost.
        PollingEnded: Telegram refuses the token, has another poller, or cannot be reached.
    """
    SHOP.set(settings.shop or settings.bot_id)
    async with open_store(settings.database_url) as store:
        await run_in(store, settings, stop)


async def run_in(
    store: Store,
    settings: Settings,
    stop: asyncio.Event,
    *,
    group_per_minute: int = GROUP_PER_MINUTE,
    capabilities: Iterable[Capability] = CAPABILITIES,
    senses: Senses = USUAL,
    house: House | None = None,
) -> None:
    """Like `run`, in a store that is open: its instance lock can be had before this module is imported.

    `group_per_minute` is Telegram's limit for one group or channel; only measurements lift it. `capabilities` are what
    people can do here, `senses` by what the bot tells how it is doing, `house` what it shares with other shops.
    """
    house = house or House()
    SHOP.set(settings.shop or settings.bot_id)
    registry = Registry(capabilities, settings.given)
    if settings.proxy is not None:
        logger.info("Telegram is reached through the proxy %s", settings.proxy)
    gate = await open_gate(
        store, send_rate=settings.send_rate, chat_rate=settings.chat_rate, group_per_minute=group_per_minute
    )
    await _open_shop(store, settings)
    async with open_runtime(
        settings, store, gate, stop, registry=registry, senses=senses, easel=house.easel
    ) as runtime:
        if not stop.is_set():
            await _work(runtime, stop, house)


async def _open_shop(store: Store, settings: Settings) -> None:
    """Have the shop be as its campaign file and its settings say; the file's pictures are let go with the end of it."""
    source = load_campaign(settings.campaign, await store.read(pictures.list_known))
    community = choose_community(settings, source.campaign, known=await store.read(names_community))
    opening = await store.write(
        open_shop,
        source,
        shipped=settings.campaign == SHIPPED,
        announce_chat=settings.announce_chat,
        community_chat=community,
        community_id=await store.read(find_number, chat=community) if community is not None else None,
        zone=settings.given.get("TIMEZONE"),
    )
    log_opening(opening, settings.campaign)


async def _work(runtime: Runtime, stop: asyncio.Event, house: House) -> None:
    """Start everything, wait for the end, stop in the order in which nothing is lost.

    Raises:
        TaskEnded: a part of the bot has ended by itself; what one of them raises passes as it is.
    """
    runtime.delivery.start()
    runtime.handouts.start()
    runtime.broadcaster.start()
    runtime.hooks.start()
    runtime.dispatch.start()
    stopping = asyncio.create_task(stop.wait(), name="waiting for the stop signal")
    parts = [asyncio.create_task(work, name=name) for name, work in _list_parts(runtime, stop, house).items()]
    logger.info("@%s is at work", runtime.application.bot.username)
    house.on_open(runtime.settings.shop)
    senses = runtime.signs.senses
    if senses.watcher is not None:
        senses.watcher.on_look((), again_seconds=senses.look_seconds)
    try:
        done, _ = await asyncio.wait([stopping, *parts], return_when=asyncio.FIRST_COMPLETED)
        if stopping not in done:
            raise_end(done.pop())
    finally:
        await _stop(runtime, [stopping, *parts])
        if senses.watcher is not None:
            senses.watcher.on_end()


def _list_parts(runtime: Runtime, stop: asyncio.Event, house: House) -> dict[str, Coroutine[Any, Any, None]]:
    """All that runs as long as the bot, by what it is called when it ends."""
    settings, language = runtime.settings, runtime.snapshot.shop.campaign.languages[0]
    parts: dict[str, Coroutine[Any, Any, None]] = {
        "asking for updates": runtime.intake.run(),
        "watching the database": watch_store(
            runtime.store, runtime.application.bot, settings.admin_ids, url=settings.database_url, language=language
        ),
        "doing what is due": runtime.supervisor.run(),
        "looking at the shop": runtime.snapshots.run(),
        "handling updates": runtime.dispatch.watch.wait_failed(),
        "sending notices": runtime.delivery.watch.wait_failed(),
        "handing out cards": runtime.handouts.watch.wait_failed(),
        "broadcasting": runtime.broadcaster.watch.wait_failed(),
        "telling other systems": runtime.hooks.watch.wait_failed(),
        "introducing the bot": _introduce(runtime, house),
        "looking after the bot": watch_vitals(runtime.store, runtime.signs),
    }
    token = runtime.application.bot_data.deps.registry.get_setting(METRICS_TOKEN)
    if settings.public_url or token or house.doors is not None:
        parts["the web side"] = _serve_web(runtime, stop, token, house)
    return parts


async def _stop(runtime: Runtime, tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.dispatch.stop(limit_seconds=3.0)
    workers = (runtime.broadcaster, runtime.handouts, runtime.delivery, runtime.hooks)
    await asyncio.gather(*(worker.stop(limit_seconds=2.0) for worker in workers))
    logger.info("Stopped; what was not finished lies in the database and goes on at the next start")


async def _serve_web(runtime: Runtime, stop: asyncio.Event, token: str, house: House) -> None:
    from bot.web.serving import serve_web  # noqa: PLC0415 -- likewise
    from bot.web.site import build_deps  # noqa: PLC0415 -- most shops start without a web side, and sooner

    web = build_deps(
        store=runtime.store,
        snapshots=runtime.snapshots,
        assets=ASSETS,
        trusted_proxies=runtime.settings.trusted_proxies,
        pepper=compute_pepper(runtime.settings.bot_token),
        signs=runtime.signs,
        metrics_token=token,
        updates=runtime.reception,
        templates=house.doors.templates if house.doors is not None else None,
    )
    if house.doors is not None:
        await house.doors.serve(runtime.settings.shop, web)
        return
    await serve_web(web, runtime.settings.listen, stop, connections=runtime.gate.connection_limit)


async def _introduce(runtime: Runtime, house: House) -> None:
    bot, store, deps = runtime.application.bot, runtime.store, runtime.application.bot_data.deps
    await runtime.intake.wait_heard(WAITERS_SECONDS)
    await house.wait_to_introduce()
    if deps.community is not None:
        await try_errand(partial(look_after, bot, store, deps.community))
    for role in ChatRole:
        await try_errand(partial(look_at, bot, runtime.chats, role))
    await stay_introduced(bot, store, runtime.snapshots, deps.registry)


__all__ = ["CampaignMistake", "TaskEnded", "run", "run_in"]
