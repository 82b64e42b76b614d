"""One or many bots' Telegrams behind one address, on the loopback interface only."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType

from aiohttp import web

from bot.playground.api.answers import Answer
from bot.playground.api.server import LOOPBACK, Server
from bot.playground.world import ApiError, World

MAX_BODY_BYTES = 51 * 1024 * 1024

AddRoutes = Callable[[web.Application], None]
"""Adds routes of another door to the application before its own are."""

MakeServer = Callable[[str], Server]
"""Makes the Telegram of a bot nobody has heard of yet, by its token."""

_TOKEN = re.compile(r"[1-9][0-9]{0,14}:[A-Za-z0-9_-]{1,64}")


class Fleet:
    """Bots by their tokens, each in a world of its own.

    Args:
        servers: Those there are from the beginning.
        make: Makes one more when a token comes that nobody knows; without it such a token is refused.
    """

    def __init__(self, servers: Iterable[Server] = (), *, make: MakeServer | None = None) -> None:
        self._servers: dict[int, Server] = {}
        self._make = make
        self.ports: Sequence[int] = ()
        """Where it is served; each process of its bots may be given one of its own."""
        for server in servers:
            self.add(server)

    @property
    def urls(self) -> list[str]:
        """What the bots' BOT_API_URL may be set to."""
        return [f"http://{LOOPBACK}:{port}" for port in self.ports]

    @property
    def servers(self) -> Mapping[int, Server]:
        """The bots there are, by their ids."""
        return MappingProxyType(self._servers)

    def add(self, server: Server) -> Server:
        """Take in one more bot; while the fleet is served, it is at once."""
        self._servers[server.world.bot.id] = server
        if self.ports:
            self._launch(server)
        return server

    def make_app(self, add_routes: AddRoutes | None = None) -> web.Application:
        """Return the HTTP application; its routes are /bot… and /file/bot…, after those added first."""
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        if add_routes is not None:
            add_routes(app)
        app.router.add_route("*", "/{path:(?:bot|file/bot).*}", self._handle)
        app.router.add_route("*", "/{path:.*}", _not_found)
        return app

    def open(self, ports: Sequence[int]) -> None:
        """Tell the bots where they are served, and begin to deliver."""
        self.ports = ports
        for server in self._servers.values():
            self._launch(server)

    async def close(self) -> None:
        """Deliver no more, and send away whoever waits."""
        for server in self._servers.values():
            server.polls.close()
            await server.webhooks.close()

    def _launch(self, server: Server) -> None:
        server.port = self.ports[0]
        server.webhooks.open()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        token, _, rest = request.path.removeprefix("/file").removeprefix("/bot").partition("/")
        server = self._find(token)
        if server is None:
            words = "Unauthorized" if _TOKEN.fullmatch(token) else "Unauthorized: invalid token specified"
            return Answer.of_error(ApiError(401, words)).build()
        return await server.answer(request, rest)

    def _find(self, token: str) -> Server | None:
        """Whose token it is: one bot has one at a time."""
        own = next((each for each in self._servers.values() if each.token == token), None)
        if own is not None:
            return own
        if not _TOKEN.fullmatch(token):
            return None
        known = self._servers.get(read_bot_id(token))
        if known is None and self._make is not None:
            known = self.add(self._make(token))
        return known if known is not None and known.token == token else None


def read_bot_id(token: str) -> int:
    """Return the id that a token begins with."""
    return int(token.partition(":")[0])


def make_world(token: str, *, seed: int = 0) -> World:
    """Return the world of a bot that is known by its token alone: its names carry its id."""
    bot_id = read_bot_id(token)
    return World(bot_id=bot_id, bot_name=f"Shop {bot_id}", bot_username=f"shop_{bot_id}_bot", seed=seed)


@asynccontextmanager
async def serve(server: Server, *, port: int = 0, add_routes: AddRoutes | None = None) -> AsyncIterator[Server]:
    """Serve one bot's Telegram while the context lasts; port 0 takes a free one."""
    async with serve_fleet(Fleet([server]), ports=[port], add_routes=add_routes):
        yield server


@asynccontextmanager
async def serve_fleet(
    fleet: Fleet, *, ports: Sequence[int] = (0,), add_routes: AddRoutes | None = None
) -> AsyncIterator[Fleet]:
    """Serve on the loopback interface while the context lasts, on each of these ports; 0 takes a free one."""
    runner = web.AppRunner(fleet.make_app(add_routes), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        for port in ports:
            await web.TCPSite(runner, LOOPBACK, port).start()
        fleet.open([address[1] for address in runner.addresses])
        yield fleet
    finally:
        await fleet.close()
        await runner.cleanup()


async def _not_found(_request: web.Request) -> web.Response:
    return Answer.of_error(ApiError(404, "Not Found")).build()
