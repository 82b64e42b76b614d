"""The bot as `passalong run` runs it, with the pace for groups lifted as well: `python -m tests.benchmarks.open_gate_bot`."""

from __future__ import annotations

import asyncio
import os
import signal

from bot.process import tune_process
from bot.run_command import import_bot
from bot.settings import read_settings
from bot.telemetry import set_up_logging
from storage import open_store


async def main() -> None:
    """Run until SIGTERM."""
    settings = read_settings(os.environ)
    set_up_logging(settings.log_level, settings.log_format, secrets=[settings.bot_token])
    import_bot()
    from bot.app import run_in

    tune_process()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_store(settings.database_url) as store:
        await run_in(store, settings, stop, group_per_minute=6_000_000)


if __name__ == "__main__":
    asyncio.run(main())
