"""A bot put together: what its parts share, what a house gives it, and what it begins with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from telegram import LinkPreviewOptions

from bot.app import House, run, run_in
from bot.assets import ASSETS
from bot.broadcasts.flight_recorder import NAME
from bot.campaign_file import SHIPPED, load_campaign
from bot.capabilities import CAPABILITIES
from bot.core.conversions.keys import compute_pepper
from bot.runtime import HANGING_SECONDS, Runtime, open_runtime
from bot.services.campaigns import opening as campaigns_opening
from bot.telemetry import SHOP
from bot.updates.capability import Registry
from bot.updates.intake import Intake
from bot.updates.vitals import USUAL, Senses
from bot.updates.webhook import Webhook, compute_secret
from bot.web.deps import WebDeps
from bot.web.templates import Templates
from bot.wire.gate import Gate
from bot.wire.transport import READ_SECONDS, AiohttpRequest
from storage import Store, open_store
from storage.addresses import ChatRole
from storage.small_files import find_small_file
from storage.tables import shops
from tests.easel import EASEL
from tests.journeys.shop_at_work import compose_settings
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

PATIENCE_SECONDS = 60.0


async def test_whoever_is_told_to_stop_begins_nothing(telegram: LocalTelegram, store_url: str) -> None:
    """The database is made ready, by the name of the shop in the log; Telegram is asked nothing."""
    stop, settings = asyncio.Event(), compose_settings(telegram, store_url)
    stop.set()
    for shop, told in (("", settings.bot_id), ("bakery", "bakery")):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await run(replace(settings, shop=shop), stop)
        assert SHOP.get() == told
    assert telegram.world.journal.counts.total() == 0
    async with open_store(store_url) as store:
        assert (await store.read(shops.get)).revision > 0


class OneDoor:
    """A port that shops share: notes who is served there, and until when."""

    def __init__(self) -> None:
        self.templates = Templates(ASSETS / "web")
        self.served: list[tuple[str, WebDeps]] = []
        self.ended: list[str] = []

    async def serve(self, shop: str, web: WebDeps) -> None:
        """Serve its doors."""
        self.served.append((shop, web))
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.append(shop)


async def test_a_shop_in_a_house_opens_its_doors_there_and_waits_for_its_turn(
    telegram: LocalTelegram, store: Store
) -> None:
    """It has no port of its own, says that it works, and introduces itself when others have."""
    turn, stop, opened, doors = asyncio.Event(), asyncio.Event(), list[str](), OneDoor()
    house = House(easel=EASEL, doors=doors, on_open=opened.append, wait_to_introduce=_wait_for(turn))
    settings = replace(compose_settings(telegram, "", PASSALONG_METRICS_TOKEN="abc"), shop="bakery")
    running = asyncio.create_task(run_in(store, settings, stop, house=house))
    await telegram.until(lambda: doors.served, what="a shop at the door")
    await telegram.until_polling()
    assert telegram.world.journal.list_calls("setMyCommands") == []
    turn.set()
    await telegram.until_call("setMyCommands")
    ((shop, web),) = doors.served
    assert (shop, opened, web.store, web.metrics_token) == ("bakery", ["bakery"], store, "abc")
    assert web.pepper == compute_pepper(telegram.token)
    assert web.signs is not None
    assert web.metrics is web.signs.metrics
    assert web.templates.sheets is doors.templates.sheets
    assert doors.ended == []
    stop.set()
    await running
    assert doors.ended == ["bakery"]


def _wait_for(turn: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await turn.wait()

    return wait


SENSES = Senses(clock=lambda: 5.0)


@asynccontextmanager
async def put_together(telegram: LocalTelegram, store_url: str, store: Store) -> AsyncIterator[Runtime]:
    """A bot of a shop that has all chats there are, and backups; nothing of it runs."""
    chats = {"PASSALONG_VAULT_CHAT": "-1007", "PASSALONG_STAFF_CHAT": "-1008"}
    settings = compose_settings(telegram, store_url, PASSALONG_PUBLIC_URL="https://s.example", **chats)
    settings = replace(settings, backup_folder=Path("backups"), backup_every_seconds=7200)
    registry, gate = Registry(CAPABILITIES, settings.given), Gate(send_rate=30, chat_rate=1)
    await store.write(campaigns_opening.open_shop, load_campaign(SHIPPED), announce_chat=-1009)
    async with open_runtime(
        settings, store, gate, asyncio.Event(), registry=registry, senses=SENSES, easel=EASEL
    ) as runtime:
        yield runtime


async def test_all_workers_of_a_bot_share_what_is_one(telegram: LocalTelegram, store_url: str, store: Store) -> None:
    """One store, one gate, one shop: what one of them learns the others know, and all count in one place."""
    async with put_together(telegram, store_url, store) as runtime:
        gate, metrics, registry = runtime.gate, runtime.metrics, runtime.application.bot_data.deps.registry
        bot, chats, delivery = runtime.application.bot, runtime.chats, runtime.delivery
        assert (runtime.store, metrics, runtime.settings.database_url) == (store, gate.metrics, store_url)
        assert bot.rate_limiter is gate
        assert runtime.snapshot is runtime.snapshots.current
        for worker in (
            delivery,
            runtime.handouts,
            runtime.broadcaster,
            runtime.hooks,
            runtime.signs,
            runtime.supervisor,
        ):
            assert vars(worker)["_store"] is store
        for asking in (delivery, runtime.handouts, runtime.broadcaster):
            assert vars(asking)["_gate"] is gate
        assert delivery._sender._bot is runtime.handouts._bot is runtime.broadcaster._sender._bot is bot
        assert delivery._sender._snapshots is runtime.handouts._snapshots is runtime.snapshots
        assert delivery._sender._chats is runtime.handouts._chats is chats
        assert delivery._sender._renderers is registry.notices
        assert runtime.handouts._notices is delivery
        assert runtime.broadcaster._get_snapshot() is runtime.snapshot
        assert runtime.broadcaster._recorder._path == find_small_file(store_url, NAME)
        assert runtime.hooks._metrics is runtime.supervisor._metrics is runtime.dispatch.metrics is metrics
        assert runtime.hooks._poster._proxy is None


async def test_what_looks_after_a_bot_knows_its_parts(telegram: LocalTelegram, store_url: str, store: Store) -> None:
    """By one clock: when it was heard, what is late, and which chats there are."""
    async with put_together(telegram, store_url, store) as runtime:
        gate, chats, senses = runtime.gate, runtime.chats, SENSES
        assert isinstance(runtime.intake, Intake)
        assert (runtime.intake._dispatch, runtime.intake._bot) == (runtime.dispatch, runtime.application.bot)
        assert runtime.intake._clock is runtime.supervisor._clock is senses.clock
        jobs = runtime.supervisor._jobs
        assert {"tagging", "inspecting the books", "cleaning"} < jobs.keys()
        assert jobs["backup"].every_seconds == 7200
        signs = runtime.signs
        assert (signs._url, signs.metrics, signs.senses) == (store_url, gate.metrics, senses)
        assert (signs._find_silence(), signs._find_ban(), signs._find_late()) == (0.0, 0.0, ("", 0.0))
        assert signs._find_silence == runtime.intake.silent_for
        assert signs._find_ban == gate.ban_left
        assert signs._find_late == runtime.supervisor.find_latest
        named = {role: await chats.find(role) for role in ChatRole}
        assert named == {ChatRole.ANNOUNCE: -1009, ChatRole.VAULT: -1007, ChatRole.STAFF: -1008}
        assert chats._admin_ids == runtime.settings.admin_ids
        assert runtime.reception is None


async def test_long_polls_have_connections_of_their_own(telegram: LocalTelegram, store_url: str, store: Store) -> None:
    """As many for all else as the gate may have on their way at once; a poll that is long over its time is given up. Links show no previews."""
    settings, gate = compose_settings(telegram, store_url), Gate(send_rate=3000, chat_rate=1)
    settings = replace(settings, bot_api_url=f"{telegram.url}/")
    registry = Registry(CAPABILITIES, settings.given)
    await store.write(campaigns_opening.open_shop, load_campaign(SHIPPED))
    async with open_runtime(
        settings, store, gate, asyncio.Event(), registry=registry, senses=USUAL, easel=EASEL
    ) as runtime:
        bot = runtime.application.bot
        polling, way = (cast("AiohttpRequest", each) for each in bot._request)
        assert (way._limit, polling._limit) == (gate.connection_limit, 4)
        assert (way.read_timeout, polling.read_timeout) == (READ_SECONDS, HANGING_SECONDS)
        for root, address in ((bot.base_url, "/bot"), (bot.base_file_url, "/file/bot")):
            assert root == f"{telegram.url}{address}{telegram.token}"
        assert bot.defaults is not None
        assert bot.defaults.link_preview_options == LinkPreviewOptions(is_disabled=True)
        assert (await store.read(shops.get)).bot_username == bot.username
        assert SHOP.get() == f"@{bot.username}"
    assert way._shut
    assert polling._shut


async def test_a_shop_that_telegram_brings_updates_to_has_a_secret_at_its_door(
    telegram: LocalTelegram, store_url: str, store: Store
) -> None:
    """What is brought is handled by the same handlers, and counted where all is."""
    settings = compose_settings(telegram, store_url, PASSALONG_PUBLIC_URL="https://s.example", PASSALONG_WEBHOOK="true")
    settings, gate = replace(settings, shop="bakery"), Gate(send_rate=30, chat_rate=1)
    registry = Registry(CAPABILITIES, settings.given)
    await store.write(campaigns_opening.open_shop, load_campaign(SHIPPED))
    async with open_runtime(
        settings, store, gate, asyncio.Event(), registry=registry, senses=USUAL, easel=EASEL
    ) as runtime:
        secret, door = compute_secret(settings.bot_token), "https://s.example/telegram/bakery"
        assert runtime.reception is not None
        assert (runtime.reception.secret, runtime.reception._taker) == (secret, runtime.dispatch)
        assert (runtime.reception._store, runtime.reception._metrics) == (store, gate.metrics)
        assert isinstance(runtime.intake, Webhook)
        assert (runtime.intake._secret, runtime.intake._wanted["url"]) == (secret, door)
        assert runtime.intake._metrics is gate.metrics
        assert runtime.intake._wanted["allowed_updates"] == sorted(registry.update_types)


async def test_a_shop_that_changes_is_shown_to_handlers_and_followed_by_posts(
    telegram: LocalTelegram, store_url: str, store: Store
) -> None:
    """At the moment it becomes valid; what handlers began with before stays what they began with."""
    settings, gate = compose_settings(telegram, store_url), Gate(send_rate=30, chat_rate=1)
    registry, source = Registry(CAPABILITIES, settings.given), load_campaign(SHIPPED)
    await store.write(campaigns_opening.open_shop, source, announce_chat=-1009)
    async with open_runtime(
        settings, store, gate, asyncio.Event(), registry=registry, senses=USUAL, easel=EASEL
    ) as runtime:
        before = runtime.application.bot_data.deps
        assert (before.snapshot, before.community) == (runtime.snapshot, None)
        await store.write(
            campaigns_opening.open_shop, source, announce_chat=-1010, community_chat=-1011, community_id=-1011
        )
        await runtime.snapshots.refresh()
        after = runtime.application.bot_data.deps
        assert after.snapshot is runtime.snapshot is not before.snapshot
        assert after.registry is before.registry is registry
        assert after.community is not None
        assert await runtime.chats.find(ChatRole.ANNOUNCE) == -1010
