"""`passalong run`: the bot at work until a stop signal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from bot.complaint import WRONG_SETTING, complain
from bot.core.setting import find_passwords
from bot.process import nothing_collected, tune_process
from bot.settings import Settings
from bot.stop_signals import ignore_stop_signals, leave_at_once, list_stop_signals, on_stop_signals
from bot.systemd import find_service_manager
from bot.watchdog import Watchdog, keep_fed

if TYPE_CHECKING:
    from storage import Store


def run(read_settings: Callable[[], Settings]) -> int:
    """Run the bot of these settings until a stop signal; returns the exit status."""
    on_stop_signals(leave_at_once)
    settings = read_settings()
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- a mistaken setting is told without waiting for imports

    set_up_logging(settings.log_level, settings.log_format, secrets=list_secrets(settings))
    return asyncio.run(_run_until_signal(settings))


def list_secrets(settings: Settings) -> list[str]:
    """What no log may show: tokens, and passwords within addresses."""
    passwords = [*find_passwords(settings.database_url), *find_passwords(settings.bot_api_url)]
    passwords += [settings.proxy.password] if settings.proxy and settings.proxy.password else []
    tokens = [settings.bot_token, settings.given.get("METRICS_TOKEN", "")]
    return [*filter(None, tokens), *passwords]


async def _run_until_signal(settings: Settings) -> int:
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in list_stop_signals():
        loop.add_signal_handler(number, stop.set)
    try:
        async with (
            keep_fed(find_service_manager(os.environ), settings.heartbeat, stop) as watchdog,
            open_store(settings.database_url) as store,
        ):
            return await _run_in(store, settings, stop, watchdog)
    except StoreBusy as error:
        return complain(str(error), 1)
    except StoreError as error:
        from bot.broken_start import tell_owners  # noqa: PLC0415 -- only who is in trouble waits for it

        await tell_owners(settings, error)
        return complain(str(error), 1)
    finally:
        ignore_stop_signals(loop)


def import_bot() -> None:
    """Import all that a running bot needs, and httpx not."""
    from bot.wire.late_httpx import import_telegram  # noqa: PLC0415 -- other commands need no Telegram

    with nothing_collected():
        import_telegram()
        for name in ("bot.app", "bot.updates.intake", "bot.web.listening"):
            import_module(name)


async def _run_in(store: Store, settings: Settings, stop: asyncio.Event, watchdog: Watchdog) -> int:
    await asyncio.to_thread(import_bot)  # it takes a second, in which the loop goes on hearing signals
    from bot.app import CampaignMistake, TaskEnded, run_in  # noqa: PLC0415 -- whoever finds the database in use need not wait for it
    from bot.updates.intake import PollingEnded  # noqa: PLC0415 -- likewise
    from bot.updates.vitals import Senses  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise

    if stop.is_set():
        return 0
    tune_process()
    try:
        await run_in(store, settings, stop, senses=Senses(watcher=watchdog.watch(settings.bot_id)))
    except CampaignMistake as mistake:
        return complain(f"{settings.campaign}: {mistake}", WRONG_SETTING)
    except (PollingEnded, ListenRefused, TaskEnded) as error:
        return complain(str(error), 1)
    return 0
