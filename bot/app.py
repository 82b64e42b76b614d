"""The composition root: settings, store, gateway, jobs; the order in which they start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from telegram import LinkPreviewOptions
from telegram.ext import Defaults

from bot.assets import ASSETS
from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.worker import Broadcaster
from bot.campaign_file import SHIPPED, choose_community, load_campaign, log_opening
from bot.capabilities import CAPABILITIES
from bot.core.campaigns.campaign import CampaignMistake
from bot.core.conversions.keys import compute_pepper
from bot.core.tickets import ANSWER_HOURS, STAFF_CHAT
from bot.handlers.bot_profile import stay_introduced, try_errand
from bot.handlers.community.chat import follow_shop, look_after
from bot.handlers.conversations import build_text_router
from bot.handlers.deps import Deps
from bot.jobs.alarms import METRICS_TOKEN, watch_vitals
from bot.jobs.backups import list_backup_jobs
from bot.jobs.composed import compose_jobs
from bot.jobs.supervisor import Supervisor
from bot.messages.shop import Shop
from bot.outbox.handouts import HandoutWorker
from bot.outbox.last_word import watch_store
from bot.outbox.looking import look_at
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.campaigns import get_shop, names_community
from bot.services.campaigns.opening import open_shop
from bot.services.community.membership import find_number
from bot.services.community.warning import note_job_trouble
from bot.services.members import note_owners
from bot.services.tickets.desk import note_desk
from bot.settings import Settings
from bot.telemetry import SHOP, Metrics
from bot.updates.application import PassalongApplication, build_application
from bot.updates.capability import Capability, Registry
from bot.updates.context import BotData
from bot.updates.dispatch import Dispatch
from bot.updates.hello import say_hello
from bot.updates.intake import Intake
from bot.updates.routing import list_handlers
from bot.updates.vitals import USUAL, Senses, VitalSigns
from bot.webhooks.posting import Poster
from bot.webhooks.worker import HookWorker
from bot.wire.gate import Gate, open_gate
from bot.wire.pacing import GROUP_PER_MINUTE
from bot.wire.pictures import Pictures, open_workshop
from bot.wire.signal import TaskEnded, raise_end
from bot.wire.snapshot import Snapshot, Snapshots
from bot.wire.transport import AiohttpRequest
from storage import Store, open_store
from storage.addresses import ChatRole
from storage.tables import pictures

logger = logging.getLogger(__name__)

HANGING_SECONDS = 5.0
"""A long poll that is so much over its time has been forgotten by the other side."""

WAITERS_SECONDS = 1.0
"""A first poll that is not answered in this time has found nobody waiting for the bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything of one bot. Nothing of it lies anywhere else, so that one process may run several."""

    settings: Settings
    store: Store
    application: PassalongApplication[Deps]
    chats: ShopChats
    delivery: OutboxWorker
    handouts: HandoutWorker
    broadcaster: Broadcaster
    hooks: HookWorker
    dispatch: Dispatch
    intake: Intake
    gate: Gate
    snapshots: Snapshots
    supervisor: Supervisor
    signs: VitalSigns

    @property
    def snapshot(self) -> Snapshot:
        """The shop as it is at this moment."""
        return self.snapshots.current

    @property
    def metrics(self) -> Metrics:
        """What happened here since the start."""
        return self.gate.metrics


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set.

    Raises:
        CampaignMistake: the campaign file cannot be used.
        StoreError: the database cannot be opened, is another process's, or was lost.
        PollingEnded: Telegram refuses the token, has another poller, or cannot be reached.
    """
    SHOP.set(settings.bot_id)
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
) -> None:
    """Like `run`, in a store that is open: its instance lock can be had before this module is imported.

    `group_per_minute` is Telegram's limit for one group or channel; only measurements lift it. `capabilities` are what
    people can do here, `senses` by what the bot tells how it is doing.
    """
    SHOP.set(settings.bot_id)
    registry = Registry(capabilities, settings.given)
    source = load_campaign(settings.campaign, await store.read(pictures.list_known))
    if settings.proxy is not None:
        logger.info("Telegram is reached through the proxy %s", settings.proxy)
    gate = await open_gate(
        store, send_rate=settings.send_rate, chat_rate=settings.chat_rate, group_per_minute=group_per_minute
    )
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
    async with _open_runtime(settings, store, gate, stop, registry=registry, senses=senses) as runtime:
        if not stop.is_set():
            await _work(runtime, stop)


@asynccontextmanager
async def _open_runtime(
    settings: Settings, store: Store, gate: Gate, stop: asyncio.Event, *, registry: Registry, senses: Senses
) -> AsyncIterator[Runtime]:
    bot_data: BotData[Deps] = BotData(
        store=store, deps=cast("Deps", None), metrics=gate.metrics
    )  # filled in once Telegram has said who we are
    await store.write(note_owners, telegram_ids=settings.admin_ids)
    await store.write(note_desk, chat=registry.get_setting(STAFF_CHAT), hours=registry.get_setting(ANSWER_HOURS))
    view = await store.read(get_shop)
    many, proxy = gate.connection_limit, settings.proxy
    async with (
        AiohttpRequest(connection_limit=many, proxy=proxy) as way,
        AiohttpRequest(connection_limit=4, read_timeout=HANGING_SECONDS, proxy=proxy) as polling,
        AsyncExitStack() as stack,
    ):
        application = build_application(
            token=settings.bot_token,
            base_url=settings.bot_api_url,
            gate=gate,
            request=way,
            get_updates_request=polling,
            bot_data=bot_data,
            defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
        )
        application.add_handlers(list_handlers(registry, build_text_router(registry)))
        stack.push_async_callback(application.shutdown)
        await say_hello(application, stop)
        shop = Shop(
            bot_username=application.bot.username if not stop.is_set() else "",
            inline_mode=bool(not stop.is_set() and application.bot.bot.supports_inline_queries),
            campaign=view.campaign,
            public_url=settings.public_url,
            zone=view.zone,
            community=view.community_chat is not None,
        )
        first = Snapshot(shop=shop, pictures=Pictures(shop, open_workshop(ASSETS, store)), view=view)
        community, vault = follow_shop(view, None, admin_ids=settings.admin_ids), settings.vault_chat is not None
        bot_data.deps = Deps(snapshot=first, registry=registry, community=community, vault=vault)
        yield _furnish(settings, gate, application, Snapshots(store, first), senses)


def _furnish(
    settings: Settings, gate: Gate, application: PassalongApplication[Deps], snapshots: Snapshots, senses: Senses
) -> Runtime:
    registry, view, store = application.bot_data.deps.registry, snapshots.current.get_view(), application.bot_data.store
    vault, staff = settings.vault_chat, registry.get_setting(STAFF_CHAT)
    chats = ShopChats(store, view.announce_chat, vault=vault, staff=staff, admin_ids=settings.admin_ids)

    def show(snapshot: Snapshot) -> None:
        deps, now = application.bot_data.deps, snapshot.get_view()
        community = follow_shop(now, deps.community, admin_ids=settings.admin_ids)
        application.bot_data.deps = replace(deps, snapshot=snapshot, community=community)
        chats.set(ChatRole.ANNOUNCE, now.announce_chat)

    snapshots.subscribe(show)
    recorder = FlightRecorder.beside(settings.database_url)
    dispatch = Dispatch(application)
    delivery = OutboxWorker(
        store=store, bot=application.bot, gate=gate, snapshots=snapshots, renderers=registry.notices, chats=chats
    )
    intake = Intake(
        bot=application.bot, store=store, dispatch=dispatch, allowed_updates=registry.update_types, clock=senses.clock
    )
    supervisor = _open_supervisor(settings, gate, application, snapshots, senses)
    return Runtime(
        settings=settings,
        store=store,
        application=application,
        chats=chats,
        delivery=delivery,
        handouts=HandoutWorker(
            store=store, bot=application.bot, gate=gate, snapshots=snapshots, chats=chats, notices=delivery
        ),
        broadcaster=Broadcaster(
            store=store, bot=application.bot, gate=gate, get_snapshot=lambda: snapshots.current, recorder=recorder
        ),
        hooks=HookWorker(store=store, poster=Poster(proxy=settings.proxy), metrics=gate.metrics),
        dispatch=dispatch,
        intake=intake,
        gate=gate,
        snapshots=snapshots,
        supervisor=supervisor,
        signs=VitalSigns(
            store=store,
            url=settings.database_url,
            metrics=gate.metrics,
            find_silence=intake.silent_for,
            find_ban=gate.ban_left,
            find_late=supervisor.find_latest,
            senses=senses,
        ),
    )


def _open_supervisor(
    settings: Settings, gate: Gate, application: PassalongApplication[Deps], snapshots: Snapshots, senses: Senses
) -> Supervisor:
    every, keep, recipient = settings.backup_every_seconds, settings.backup_keep, settings.backup_recipient
    backups = list_backup_jobs(settings.database_url, settings.backup_folder, every, keep=keep, recipient=recipient)
    registry = application.bot_data.deps.registry
    return Supervisor(
        store=application.bot_data.store,
        jobs=(*registry.jobs, *compose_jobs(application.bot, snapshots, registry), *backups),
        metrics=gate.metrics,
        tell=partial(note_job_trouble, admin_ids=settings.admin_ids),
        clock=senses.clock,
    )


async def _work(runtime: Runtime, stop: asyncio.Event) -> None:
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
    parts = [asyncio.create_task(work, name=name) for name, work in _list_parts(runtime, stop).items()]
    logger.info("@%s is at work", runtime.application.bot.username)
    try:
        done, _ = await asyncio.wait([stopping, *parts], return_when=asyncio.FIRST_COMPLETED)
        if stopping not in done:
            raise_end(done.pop())
    finally:
        await _stop(runtime, [stopping, *parts])


def _list_parts(runtime: Runtime, stop: asyncio.Event) -> dict[str, Coroutine[Any, Any, None]]:
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
        "introducing the bot": _introduce(runtime),
        "looking after the bot": watch_vitals(runtime.store, runtime.signs),
    }
    token = runtime.application.bot_data.deps.registry.get_setting(METRICS_TOKEN)
    if settings.public_url or token:
        parts["the web side"] = _serve_web(runtime, stop, token)
    return parts


async def _stop(runtime: Runtime, tasks: Collection[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.dispatch.stop(limit_seconds=3.0)
    workers = (runtime.broadcaster, runtime.handouts, runtime.delivery, runtime.hooks)
    await asyncio.gather(*(worker.stop(limit_seconds=2.0) for worker in workers))
    logger.info("Stopped; what was not finished lies in the database and goes on at the next start")


async def _serve_web(runtime: Runtime, stop: asyncio.Event, token: str) -> None:
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
    )
    await serve_web(web, runtime.settings.listen, stop, connections=runtime.gate.connection_limit)


async def _introduce(runtime: Runtime) -> None:
    bot, store, deps = runtime.application.bot, runtime.store, runtime.application.bot_data.deps
    await runtime.intake.wait_heard(WAITERS_SECONDS)
    if deps.community is not None:
        await try_errand(look_after(bot, store, deps.community))
    for role in ChatRole:
        await try_errand(look_at(bot, runtime.chats, role))
    await stay_introduced(bot, store, runtime.snapshots, deps.registry)


__all__ = ["CampaignMistake", "Runtime", "TaskEnded", "run", "run_in"]
