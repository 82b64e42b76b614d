"""The composition root: settings, store, gateway, jobs; the order in which they start and stop."""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from telegram import LinkPreviewOptions
from telegram.error import TelegramError
from telegram.ext import Defaults

from bot.assets import ASSETS
from bot.broadcasts.worker import Broadcaster
from bot.capabilities import CAPABILITIES
from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.handlers.bot_profile import introduce
from bot.handlers.community.chat import CommunityChat, look_after
from bot.handlers.deps import Deps
from bot.handlers.text_router import on_text
from bot.jobs.cleaning import clean_for_ever
from bot.jobs.nudging import nudge_for_ever
from bot.messages.shop import Shop
from bot.outbox.rendering import NoticeRenderer
from bot.outbox.worker import OutboxWorker
from bot.services.campaigns import open_shop
from bot.services.community.warning import find_moved
from bot.services.roles import note_owners
from bot.settings import Settings
from bot.updates.application import PassalongApplication, build_application
from bot.updates.capability import Registry
from bot.updates.context import BotData
from bot.updates.dispatch import Dispatch
from bot.updates.intake import Intake
from bot.updates.poll_errors import PollerStuck, TokenRefused
from bot.updates.routes import list_handlers
from bot.wire.errors import FailureKind, classify
from bot.wire.gate import Gate
from bot.wire.pacing import GROUP_PER_MINUTE
from bot.wire.pictures import Pictures
from bot.wire.transport import AiohttpRequest
from storage import Store, StoreLost, open_store
from storage.records import Ban
from storage.tables import flood_waits

logger = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter to itself. The store's threads hand it back at every statement, and by
default would wait 5 ms each time for a busy event loop to let go of it."""

HANGING_SECONDS = 5.0
"""A long poll that is so much over its time has been forgotten by the other side."""

OTHER_DESCRIPTORS = 320
"""Files, the database, polling; and connections of the web side that are taken, or hung up on, at this moment."""

HELLO_SECONDS = 60.0
"""For how long Telegram may fail to say who we are before the start is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything that runs, in its rooms."""

    store: Store
    application: PassalongApplication[Deps]
    delivery: OutboxWorker
    broadcaster: Broadcaster
    dispatch: Dispatch
    intake: Intake
    gate: Gate


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until `stop` is set.

    Raises:
        CampaignMistake: the campaign file cannot be used.
        StoreError: the database cannot be opened, is another process's, or was lost.
        PollingEnded: Telegram refuses the token, has another poller, or cannot be reached.
    """
    async with open_store(settings.database_url) as store:
        await run_in(store, settings, stop)


async def run_in(
    store: Store, settings: Settings, stop: asyncio.Event, *, group_per_minute: int = GROUP_PER_MINUTE
) -> None:
    """Like `run`, in a store that is open: its instance lock can be had before this module is imported.

    `group_per_minute` is Telegram's limit for one group or channel; only measurements lift it.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    campaign = load_campaign(settings.campaign)
    gate = await _open_gate(settings, store, group_per_minute)
    community = await _open_community(settings, campaign, store)
    await store.write(
        open_shop,
        campaign=campaign,
        announce_chat=settings.announce_chat,
        community_chat=community.named if community else None,
        community_id=community.chat_id if community else None,
    )
    async with _open_runtime(settings, campaign, store, gate, stop, community=community) as runtime:
        if not stop.is_set():
            await _work(runtime, settings, stop)


def find_line(text: str, word: str) -> int:
    """The number of the first line that holds a word; 1 where none does."""
    return next((number for number, line in enumerate(text.splitlines(), start=1) if word in line), 1)


def load_campaign(path: Path) -> Campaign:
    """Read a campaign file.

    Raises:
        CampaignMistake: with line and field.
    """
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(path.read_bytes(), themes=themes)


@asynccontextmanager
async def _open_runtime(
    settings: Settings,
    campaign: Campaign,
    store: Store,
    gate: Gate,
    stop: asyncio.Event,
    *,
    community: CommunityChat | None,
) -> AsyncIterator[Runtime]:
    bot_data: BotData[Deps] = BotData(
        store=store, deps=cast("Deps", None)
    )  # filled in once Telegram has said who we are
    application = build_application(
        token=settings.bot_token,
        base_url=settings.bot_api_url,
        gate=gate,
        request=AiohttpRequest(connection_limit=_count_connections(gate)),
        get_updates_request=AiohttpRequest(connection_limit=4, read_timeout=HANGING_SECONDS),
        bot_data=bot_data,
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
    )
    registry = Registry(CAPABILITIES)
    await store.write(note_owners, telegram_ids=settings.admin_ids)
    application.add_handlers(list_handlers(registry, on_text))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(application.shutdown)
        await _say_hello(application, stop)
        shop = Shop(
            bot_username=application.bot.username if not stop.is_set() else "",
            inline_mode=bool(not stop.is_set() and application.bot.bot.supports_inline_queries),
            campaign=campaign,
            public_url=settings.public_url,
            community=community is not None,
        )
        bot_data.deps = Deps(
            shop=shop,
            pictures=Pictures(shop, ASSETS),
            registry=registry,
            community=community,
        )
        yield _furnish(settings, store, gate, application, shop)


def _furnish(
    settings: Settings, store: Store, gate: Gate, application: PassalongApplication[Deps], shop: Shop
) -> Runtime:
    renderer = NoticeRenderer(store=store, shop=shop, announce_chat=settings.announce_chat)
    dispatch = Dispatch(application)
    return Runtime(
        store=store,
        application=application,
        delivery=OutboxWorker(
            store=store, bot=application.bot, gate=gate, renderer=renderer, on_migrated=renderer.move_announce_chat
        ),
        broadcaster=Broadcaster(store=store, bot=application.bot, gate=gate),
        dispatch=dispatch,
        intake=Intake(
            bot=application.bot,
            store=store,
            dispatch=dispatch,
            allowed_updates=application.bot_data.deps.registry.update_types,
        ),
        gate=gate,
    )


async def _open_community(settings: Settings, campaign: Campaign, store: Store) -> CommunityChat | None:
    """The community chat as the settings or the campaign name it, by the number it has now.

    Raises:
        CampaignMistake: friends are to count in a chat that nobody names.
    """
    named = settings.community_chat or campaign.rules.community
    if named is None:
        if campaign.rules.join_community:
            raise CampaignMistake(
                find_line(settings.campaign.read_text(encoding="utf-8"), "join_community"),
                "rules.join_community",
                'friends count only in the community chat, but none is named. Write community = "@name" beside it.',
            )
        return None
    moved = await store.read(find_moved, chat=named)
    known = moved or (named if isinstance(named, int) else None)
    return CommunityChat(named=named, chat_id=known, admin_ids=settings.admin_ids)


async def _open_gate(settings: Settings, store: Store, group_per_minute: int) -> Gate:
    async def remember(ban: Ban) -> None:
        await store.write(flood_waits.set_ban, ban)

    return Gate(
        send_rate=settings.send_rate,
        chat_rate=settings.chat_rate,
        group_per_minute=group_per_minute,
        bans=await store.read(flood_waits.list_bans),
        remember_ban=remember,
    )


async def _say_hello(application: PassalongApplication[Deps], stop: asyncio.Event) -> None:
    """Ask Telegram who we are, patiently."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HELLO_SECONDS
    while not stop.is_set():
        try:
            await application.initialize()
        except TelegramError as error:
            failure = classify(error)
            if failure.kind is FailureKind.TOKEN_BAD:
                raise TokenRefused(f"Telegram refuses the bot's token: {failure.text}") from None
            if loop.time() > deadline:
                raise PollerStuck(f"Telegram does not answer: {failure.text}") from None
            logger.warning("Telegram does not answer yet (%s): %s", failure.kind, failure.text)
            await _pause(stop, seconds=1.0 + failure.retry_after)
        else:
            return


async def _pause(stop: asyncio.Event, *, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _work(runtime: Runtime, settings: Settings, stop: asyncio.Event) -> None:
    """Start everything, wait for the end, stop in the order in which nothing is lost."""
    runtime.delivery.start()
    runtime.broadcaster.start()
    runtime.dispatch.start()
    errands: list[Callable[[], Awaitable[object]]] = [
        stop.wait,
        runtime.intake.run,
        lambda: _watch(runtime.store),
        *([lambda: _serve_web(runtime, settings, stop)] if settings.public_url else []),
    ]
    tasks = [asyncio.ensure_future(errand()) for errand in errands]
    idle = [
        asyncio.create_task(clean_for_ever(runtime.store)),
        asyncio.create_task(nudge_for_ever(runtime.store)),
        asyncio.create_task(_introduce(runtime)),
    ]
    logger.info("@%s is at work", runtime.application.bot.username)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _stop(runtime, [*tasks, *idle])


async def _stop(runtime: Runtime, tasks: list[asyncio.Future[object] | asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runtime.dispatch.stop(limit_seconds=3.0)
    await asyncio.gather(runtime.broadcaster.stop(limit_seconds=2.0), runtime.delivery.stop(limit_seconds=2.0))
    logger.info("Stopped; what was not finished lies in the database and goes on at the next start")


async def _serve_web(runtime: Runtime, settings: Settings, stop: asyncio.Event) -> None:
    from bot.web.crowd import compute_most_connections  # noqa: PLC0415 -- likewise
    from bot.web.listening import open_listener  # noqa: PLC0415 -- most shops start without a web side, and sooner
    from bot.web.server import Patience, serve_site  # noqa: PLC0415 -- likewise
    from bot.web.site import build_deps, build_site  # noqa: PLC0415 -- likewise

    deps = runtime.application.bot_data.deps
    web = build_deps(
        store=runtime.store,
        shop=deps.shop,
        pictures=deps.pictures,
        assets=ASSETS,
        trusted_proxies=settings.trusted_proxies,
    )
    listener = open_listener(*settings.listen)
    logger.info("%s is served on %s:%d", settings.public_url, *listener.getsockname()[:2])
    own = _count_connections(runtime.gate) + OTHER_DESCRIPTORS
    most = compute_most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0], own=own)
    try:
        await serve_site(build_site(web), listener, stop, Patience(most_connections=most))
    finally:
        await web.click_writer.settle()


def _count_connections(gate: Gate) -> int:
    """Connections to Telegram that there may be at once."""
    return max(256, int(gate.in_flight_limit * 1.5))


async def _watch(store: Store) -> None:
    await store.wait_lost()
    raise StoreLost("The database's instance lock was lost: another process may own the database now.")


async def _introduce(runtime: Runtime) -> None:
    deps = runtime.application.bot_data.deps
    await introduce(runtime.application.bot, runtime.store, deps.shop, deps.registry)
    if deps.community is not None:
        await look_after(runtime.application.bot, runtime.store, deps.community)


__all__ = ["CampaignMistake", "Runtime", "load_campaign", "run", "run_in"]
