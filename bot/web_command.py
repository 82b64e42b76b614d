"""`passalong web`: the doors alone, in as many processes as are wanted, while the bots run elsewhere."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from bot.complaint import WRONG_SETTING, complain
from bot.process import nothing_collected, tune_process
from bot.settings import CommonSettings, Settings, list_common_secrets, list_secrets
from bot.shops.unserved import explain_unserved
from bot.stop_signals import hear_signals, ignore_stop_signals, leave_at_once, on_stop_signals, release_hangup
from bot.systemd import find_service_manager
from bot.watchdog import Watchdog, keep_fed

if TYPE_CHECKING:
    from bot.settings_reader import SettingsReader


def serve(reader: SettingsReader) -> int:
    """Serve the web side of the settings' shop, or of all of a folder, until a stop signal; returns the exit status."""
    on_stop_signals(leave_at_once)
    common = reader.find_shops()
    if common is None or reader.shop:
        release_hangup()
    alone = reader.read() if common is None or reader.shop else None
    if alone is not None and (why := explain_unserved(alone)):
        return complain(why, WRONG_SETTING)
    chosen = alone if common is None else replace(common, only=reader.shop)
    assert chosen is not None
    from bot.telemetry import set_up_logging  # noqa: PLC0415 -- a mistaken setting is told without waiting for imports

    secrets = list_secrets(chosen) if isinstance(chosen, Settings) else list_common_secrets(chosen)
    set_up_logging(chosen.log_level, chosen.log_format, secrets=secrets)
    work = _serve_until_signal(chosen)
    if common is None:
        return asyncio.run(work)
    from bot.shops.fair_loop import run_fairly  # noqa: PLC0415 -- likewise

    return run_fairly(work)


async def _serve_until_signal(chosen: CommonSettings | Settings) -> int:
    stop, hurry = asyncio.Event(), asyncio.Event()
    hear_signals(stop, hurry if isinstance(chosen, CommonSettings) else None)
    try:
        async with keep_fed(find_service_manager(os.environ), chosen.heartbeat, stop) as watchdog:
            return await _serve(chosen, stop, hurry, watchdog)
    finally:
        ignore_stop_signals()


async def _serve(
    chosen: CommonSettings | Settings, stop: asyncio.Event, hurry: asyncio.Event, watchdog: Watchdog
) -> int:
    await asyncio.to_thread(_import_doors)  # it takes a second, in which the loop goes on hearing signals
    from bot.shops.guests import serve_guests  # noqa: PLC0415 -- likewise
    from bot.web.listening import ListenRefused  # noqa: PLC0415 -- likewise

    tune_process()
    watchdog.note_ready("Serving the web side")
    try:
        await serve_guests(chosen, stop, hurry)
    except (ListenRefused, OSError) as error:
        return complain(str(error), 1)
    return 0


def _import_doors() -> None:
    from bot.wire.late_httpx import import_telegram  # noqa: PLC0415 -- other commands need no Telegram

    with nothing_collected():
        import_telegram()
        import_module("bot.shops.guests")
