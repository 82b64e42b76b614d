"""What most bots do: a loop over python-telegram-bot with 100 in flight and no books, to compare with.

`python -m tests.benchmarks.plain_broadcast URL TOKEN FIRST_CHAT COUNT` prints the messages a second, and the CPU milliseconds of each.
"""

from __future__ import annotations

import asyncio
import sys
import time

from telegram import Bot
from telegram.request import HTTPXRequest

IN_FLIGHT = 100


async def send_all(url: str, token: str, chats: range) -> tuple[float, float]:
    """Messages a second, and CPU milliseconds a message."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def send(bot: Bot, chat_id: int) -> None:
        async with room:
            await bot.send_message(chat_id, "Fresh <b>bread</b> from 8 o'clock.", parse_mode="HTML")

    request = HTTPXRequest(connection_pool_size=IN_FLIGHT, pool_timeout=60, read_timeout=60)
    async with Bot(token, base_url=f"{url}/bot", request=request) as bot:
        began, used = time.perf_counter(), time.process_time()
        await asyncio.gather(*(send(bot, chat_id) for chat_id in chats))
        return len(chats) / (time.perf_counter() - began), 1000 * (time.process_time() - used) / len(chats)


if __name__ == "__main__":
    first, count = map(int, sys.argv[3:5])
    rate, cost = asyncio.run(send_all(sys.argv[1], sys.argv[2], range(first, first + count)))
    sys.stdout.write(f"{rate} {cost}\n")
