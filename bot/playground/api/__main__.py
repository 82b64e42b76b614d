"""Runs the local Telegram as a process of its own: `python -m bot.playground.api --port 8081 --token 42:secret`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from bot.playground.api.control import add_control
from bot.playground.api.server import Server, serve
from bot.playground.world import World


def main() -> None:
    """Serve until a stop signal comes; the first line on standard output is the address."""
    options = _read_options()
    bot_id = int(options.token.partition(":")[0])
    server = Server(World(bot_id=bot_id, seed=options.seed), options.token, strict=not options.loose)
    server.faults.latency_seconds = options.latency
    asyncio.run(_run(server, options.port, control=options.control))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.playground.api", description="A local Telegram for one bot.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", required=True, help="digits:secret")
    parser.add_argument("--control", action="store_true", help="open the JSON door under /control/")
    parser.add_argument("--loose", action="store_true", help="hold no call against the table of methods")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds every answer takes")
    parser.add_argument("--seed", type=int, default=0, help="of the world's dice")
    return parser.parse_args()


async def _run(server: Server, port: int, *, control: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    add_routes = (lambda app: add_control(app, server)) if control else None
    async with serve(server, port=port, add_routes=add_routes):
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
