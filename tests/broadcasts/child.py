"""A process that does nothing but broadcast, made to be killed: `python -m tests.broadcasts.child DATABASE URL TOKEN`."""

from __future__ import annotations

import asyncio
import sys

from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.worker import Broadcaster
from bot.wire.gate import Gate
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from storage import open_store

IN_FLIGHT = 6


async def work(database: str, url: str, token: str) -> None:
    """Broadcast until nothing is left."""
    gate = Gate(send_rate=100_000, chat_rate=1000, cold_seconds=0)
    async with open_store(database) as store, AiohttpRequest() as transport:
        bot = PassalongBot(
            token, base_url=f"{url}/bot", request=transport, get_updates_request=transport, rate_limiter=gate
        )
        recorder = FlightRecorder.beside(database)
        broadcaster = Broadcaster(
            store=store, bot=bot, gate=gate, recorder=recorder, most_in_flight=IN_FLIGHT, progress_seconds=0.1
        )
        broadcaster.start()
        await broadcaster.settled()
        await broadcaster.stop()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
