"""Runs the local Telegram as a process of its own: `python -m bot.playground.api --port 8081 --token 42:secret`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from functools import partial

from bot.playground.api.control import add_control
from bot.playground.api.fleet import Fleet, make_world, read_bot_id, serve_fleet
from bot.playground.api.server import Server
from bot.playground.world import World


def main() -> None:
    """Serve until a stop signal comes; the first line on standard output is the address."""
    options = _read_options()
    if options.keep_garbage:
        gc.disable()
    fleet = Fleet(make=partial(_make, options) if options.any_token else None)
    if options.token:
        fleet.add(_make(options, options.token, World(bot_id=read_bot_id(options.token), seed=options.seed)))
    asyncio.run(_run(fleet, options.port, control=options.control))


def _make(options: argparse.Namespace, token: str, world: World | None = None) -> Server:
    server = Server(world or make_world(token, seed=options.seed), token, strict=not options.loose)
    server.faults.latency_seconds = options.latency
    return server


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.playground.api", description="A local Telegram for bots.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default="", help="digits:secret")
    parser.add_argument("--any-token", action="store_true", help="any other token is that of a new bot in a new world")
    parser.add_argument("--control", action="store_true", help="open the JSON door under /control/")
    parser.add_argument("--loose", action="store_true", help="hold no call against the table of methods")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds every answer takes")
    parser.add_argument("--seed", type=int, default=0, help="of the worlds' dice")
    parser.add_argument("--keep-garbage", action="store_true", help="never stand still to look for circular garbage")
    options = parser.parse_args()
    if not options.token and not options.any_token:
        parser.error("name the bot by --token, or take any by --any-token")
    return options


async def _run(fleet: Fleet, port: int, *, control: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    add_routes = (lambda app: add_control(app, fleet)) if control else None
    async with serve_fleet(fleet, ports=[port], add_routes=add_routes):
        sys.stdout.write(f"{fleet.urls[0]}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
