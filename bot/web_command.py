"""`passalong web`: the doors alone, in as many processes as are wanted, while the bots run elsewhere."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from typing import TYPE_CHECKING

from bot.complaint import WRONG_SETTING, complain
from bot.process import nothing_collected, tune_process
from bot.settings import CommonSettings, Settings, list_common_secrets, list_secrets
from bot.stop_signals import ignore_stop_signals, leave_at_once, list_stop_signals, on_stop_signals
from bot.systemd import find_service_manager
from bot.watchdog import Watchdog, keep_fed

if TYPE_CHECKING:
    from bot.settings_reader import SettingsReader

ON_SQLITE = (
    "The database is a SQLite file, which one process has for itself: there passalong run serves the web side. "
    "For doors in processes of their own, take the shop to PostgreSQL: passalong move --to postgresql://…"
)
NO_ADDRESS = "There is nothing to serve: PASSALONG_PUBLIC_URL is not set."


def serve(reader: SettingsReader) -> int:
    """Serve the web side of the settings' shop, or of all of a folder, until a stop signal; returns the exit status."""
    on_stop_signals(leave_at_once)
    common = None if reader.shop else reader.find_shops()
    chosen = common or reader.read()
    if isinstance(chosen, Settings) and (why := _refuse(chosen)):
        return complain(why, WRONG_SETTING)
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- a mistaken setting is told without waiting for imports

    secrets = list_secrets(chosen) if isinstance(chosen, Settings) else list_common_secrets(chosen)
    set_up_logging(chosen.log_level, chosen.log_format, secrets=secrets)
    return asyncio.run(_serve_until_signal(chosen))


def _refuse(settings: Settings) -> str:
    """Why these doors cannot be served beside a bot; empty where they can."""
    if settings.database_url.startswith("sqlite:"):
        return ON_SQLITE
    return "" if settings.public_url else NO_ADDRESS


async def _serve_until_signal(chosen: CommonSettings | Settings) -> int:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in list_stop_signals():
        loop.add_signal_handler(number, stop.set)
    try:
        async with keep_fed(find_service_manager(os.environ), chosen.heartbeat, stop) as watchdog:
            return await _serve(chosen, stop, watchdog)
    finally:
        ignore_stop_signals(loop)


async def _serve(chosen: CommonSettings | Settings, stop: asyncio.Event, watchdog: Watchdog) -> int:
    await asyncio.to_thread(_import_doors)  # it takes a second, in which the loop goes on hearing signals
    from bot.shops.guests import serve_guests  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise

    tune_process()
    watchdog.note_ready("Serving the web side")
    try:
        await serve_guests(chosen, stop)
    except (ListenRefused, OSError) as error:
        return complain(str(error), 1)
    return 0


def _import_doors() -> None:
    from bot.wire.late_httpx import import_telegram  # noqa: PLC0415 -- other commands need no Telegram

    with nothing_collected():
        import_telegram()
        import_module("bot.shops.guests")
