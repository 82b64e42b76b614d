"""Everything of one bot, put together: what it sends, hears and does by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import cast

from telegram import LinkPreviewOptions
from telegram.ext import Defaults

from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.worker import Broadcaster
from bot.core.tickets import ANSWER_HOURS, STAFF_CHAT
from bot.handlers.community.chat import follow_shop
from bot.handlers.conversations import build_text_router
from bot.handlers.deps import Deps
from bot.jobs.backups import list_backup_jobs
from bot.jobs.composed import compose_jobs
from bot.jobs.supervisor import Supervisor
from bot.messages.shop import Shop
from bot.outbox.handouts import HandoutWorker
from bot.outbox.sender import ShopChats
from bot.outbox.worker import OutboxWorker
from bot.services.campaigns import get_shop, note_bot
from bot.services.community.warning import note_job_trouble
from bot.services.members import note_owners
from bot.services.tickets.desk import note_desk
from bot.settings import Settings
from bot.telemetry import SHOP, Metrics
from bot.updates.application import PassalongApplication, build_application
from bot.updates.capability import Registry
from bot.updates.context import BotData
from bot.updates.dispatch import Dispatch
from bot.updates.hello import say_hello
from bot.updates.intake import Intake
from bot.updates.reception import Reception
from bot.updates.routing import list_handlers
from bot.updates.vitals import Senses, VitalSigns
from bot.updates.webhook import Webhook, compose_door, compute_secret
from bot.webhooks.posting import Poster
from bot.webhooks.worker import HookWorker
from bot.wire.gate import Gate
from bot.wire.pictures import Easel, Pictures, open_workshop
from bot.wire.snapshot import Snapshot, Snapshots
from bot.wire.transport import AiohttpRequest
from storage import Store
from storage.addresses import ChatRole
from storage.frozen import frozen

HANGING_SECONDS = 5.0
"""A long poll that is so much over its time has been forgotten by the other side."""


@frozen
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
    intake: Intake | Webhook
    reception: Reception | None
    """Takes in what Telegram brings; None where it is fetched."""
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


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    store: Store,
    gate: Gate,
    stop: asyncio.Event,
    *,
    registry: Registry,
    senses: Senses,
    easel: Easel,
) -> AsyncIterator[Runtime]:
    """The bot of these settings in an open store; `stop` cuts short the wait for Telegram's first answer."""
    bot_data: BotData[Deps] = BotData(
        store=store, deps=cast("Deps", None), metrics=gate.metrics
    )  # filled in once Telegram has said who we are
    await store.write(note_owners, telegram_ids=settings.admin_ids)
    await store.write(note_desk, chat=registry.get_setting(STAFF_CHAT), hours=registry.get_setting(ANSWER_HOURS))
    view = await store.read(get_shop)
    many, proxy = gate.connection_limit, settings.proxy
    may_leave = store.tenure.is_held if store.tenure is not None else None
    async with (
        AiohttpRequest(connection_limit=many, proxy=proxy, may_leave=may_leave) as way,
        AiohttpRequest(connection_limit=4, read_timeout=HANGING_SECONDS, proxy=proxy, may_leave=may_leave) as polling,
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
        if not settings.shop and not stop.is_set():
            SHOP.set(f"@{application.bot.username}")
        if not stop.is_set() and application.bot.username != view.bot_username:
            await store.write(note_bot, username=application.bot.username)
        shop = Shop(
            bot_username=application.bot.username if not stop.is_set() else "",
            inline_mode=bool(not stop.is_set() and application.bot.bot.supports_inline_queries),
            campaign=view.campaign,
            public_url=settings.public_url,
            zone=view.zone,
            community=view.community_chat is not None,
        )
        first = Snapshot(shop=shop, pictures=Pictures(shop, open_workshop(easel, store)), view=view)
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
    intake = _open_intake(settings, application, dispatch, registry, senses)
    secret = compute_secret(settings.bot_token)
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
        reception=Reception(secret=secret, store=store, taker=dispatch, metrics=gate.metrics)
        if settings.webhook
        else None,
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


def _open_intake(
    settings: Settings,
    application: PassalongApplication[Deps],
    dispatch: Dispatch,
    registry: Registry,
    senses: Senses,
) -> Intake | Webhook:
    """How updates come in."""
    bot, types = application.bot, registry.update_types
    if not settings.webhook:
        return Intake(
            bot=bot,
            store=application.bot_data.store,
            dispatch=dispatch,
            allowed_updates=types,
            clock=senses.clock,
        )
    return Webhook(
        bot=bot,
        url=compose_door(settings.public_url, settings.shop),
        secret=compute_secret(settings.bot_token),
        allowed_updates=types,
        metrics=dispatch.metrics,
        clock=senses.clock,
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
