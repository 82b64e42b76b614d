"""`passalong run`: the bot at work until a stop signal."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from functools import partial
from importlib import import_module
from threading import Thread
from typing import TYPE_CHECKING

from bot.complaint import WRONG_SETTING, complain
from bot.process import nothing_collected, raise_descriptor_limit, tune_process
from bot.settings import CommonSettings, Settings, list_common_secrets, list_secrets
from bot.settings_reader import SettingsReader
from bot.stop_signals import hear_signals, ignore_stop_signals, leave_at_once, on_stop_signals, release_hangup
from bot.systemd import find_service_manager
from bot.watchdog import Watchdog, keep_fed

if TYPE_CHECKING:
    from storage import Store


def run(reader: SettingsReader) -> int:
    """Run the bot of the settings, or all of a folder, until a stop signal; returns the exit status."""
    on_stop_signals(leave_at_once)
    common = reader.find_shops()
    if common is not None:
        if reader.shop:
            reader.read()  # says what is wrong with a shop that was asked for by name
        return _host(replace(common, only=reader.shop))
    release_hangup()
    settings = reader.read()
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- likewise

    set_up_logging(settings.log_level, settings.log_format, secrets=list_secrets(settings))
    return asyncio.run(_run_until_signal(settings))


def _host(common: CommonSettings) -> int:
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- a mistaken setting is told without waiting for imports

    set_up_logging(common.log_level, common.log_format, secrets=list_common_secrets(common))
    from bot.shops.fair_loop import run_fairly  # noqa: PLC0415 -- likewise

    return run_fairly(_host_until_signal(common))


async def _host_until_signal(common: CommonSettings) -> int:
    """Run the shops of the folder; SIGHUP has the folder looked at, where it is not ignored."""
    stop, hurry = asyncio.Event(), asyncio.Event()
    hear_signals(stop, hurry)
    try:
        async with keep_fed(find_service_manager(os.environ), common.heartbeat, stop) as watchdog:
            return await _host_in(common, stop, hurry, watchdog)
    finally:
        ignore_stop_signals()


async def _host_in(common: CommonSettings, stop: asyncio.Event, hurry: asyncio.Event, watchdog: Watchdog) -> int:
    await asyncio.to_thread(import_bot)
    from bot.shops.hosting import run_shops  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise
    from storage import StoreError  # noqa: PLC0415 -- likewise

    tune_process()
    raise_descriptor_limit()
    try:
        await run_shops(common, stop, hurry, watchdog)
    except (ListenRefused, StoreError, OSError) as error:
        return complain(str(error), 1)
    return 0


async def _run_until_signal(settings: Settings) -> int:
    with nothing_collected():
        from storage import StoreBusy, StoreError, StoreLeaving, StoreMoved  # noqa: PLC0415 -- likewise

    stop = asyncio.Event()
    hear_signals(stop)
    try:
        async with keep_fed(find_service_manager(os.environ), settings.heartbeat, stop) as watchdog:
            return await _run_when_ours(settings, stop, watchdog)
    except (StoreBusy, StoreLeaving) as error:
        return complain(str(error), 1)
    except StoreMoved as error:  # a setting names what is the past: starting again is no help
        return complain(str(error), WRONG_SETTING)
    except StoreError as error:
        from bot.broken_start import tell_owners  # noqa: PLC0415 -- only who is in trouble waits for it

        await tell_owners(settings, error)
        return complain(str(error), 1)
    finally:
        ignore_stop_signals()


async def _run_when_ours(settings: Settings, stop: asyncio.Event, watchdog: Watchdog) -> int:
    """On SQLite another process is an error; on PostgreSQL this one stands by for as long as there is another."""
    from storage import open_store  # noqa: PLC0415 -- likewise
    from storage.leases import find_database  # noqa: PLC0415 -- likewise

    if not find_database(settings.database_url):
        async with open_store(settings.database_url) as store:
            return await _run_in(store, settings, stop, watchdog)
    from bot.shops.standing_by import run_when_held  # noqa: PLC0415 -- only on PostgreSQL

    async def prepare() -> None:
        watchdog.note_ready("Standing by: another process runs this shop")
        await asyncio.to_thread(import_bot)

    work = partial(_run_in, settings=settings, stop=stop, watchdog=watchdog)
    return await run_when_held(settings.database_url, stop, work, prepare)


def import_bot() -> None:
    """Import all that a running bot needs, and httpx not."""
    from bot.wire.late_httpx import import_telegram  # noqa: PLC0415 -- other commands need no Telegram

    with nothing_collected():
        beside = Thread(target=import_module, args=("aiohttp",), name="importing aiohttp")
        beside.start()  # it reads the system's certificates, and lets others work meanwhile
        import_telegram()
        for name in ("bot.app", "bot.updates.intake", "bot.web.listening"):
            import_module(name)
        beside.join()


async def _run_in(store: Store, settings: Settings, stop: asyncio.Event, watchdog: Watchdog) -> int:
    await asyncio.to_thread(import_bot)  # it takes a second, in which the loop goes on hearing signals
    from bot.app import CampaignMistake, TaskEnded, run_in  # noqa: PLC0415 -- whoever finds the database in use need not wait for it
    from bot.updates.intake import PollingEnded  # noqa: PLC0415 -- likewise
    from bot.updates.vitals import Senses  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise

    if stop.is_set():
        return 0
    tune_process()
    watch = watchdog.watch(settings.bot_id)
    try:
        await run_in(store, settings, stop, senses=Senses(watcher=watch))
    except CampaignMistake as mistake:
        return complain(f"{settings.campaign}: {mistake}", WRONG_SETTING)
    except (PollingEnded, ListenRefused, TaskEnded) as error:
        return complain(str(error), 1)
    finally:
        watch.on_end()
    return 0
