"""A browser reduced to HTTP: opens the playground's page, acts as it does, follows its stream."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, ClientSession

from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.page import Cast, add_page_routes
from bot.playground.seed import ANNA_ID, BUDI_ID, make_world, seed_world
from bot.playground.world import Chat, Person, World
from tests.playground.calling import Caller
from tests.telegram import LocalTelegram

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the page, and the world behind it."""

    telegram: LocalTelegram
    cast: Cast
    session: ClientSession
    key: str
    caller: Caller

    @property
    def world(self) -> World:
        """The world the page shows."""
        return self.telegram.world

    @property
    def anna(self) -> Person:
        """The first customer."""
        return self.world.people[ANNA_ID]

    @property
    def budi(self) -> Person:
        """Her friend."""
        return self.world.people[BUDI_ID]

    @property
    def channel(self) -> Chat:
        """The shop's channel."""
        return next(phone.channel for phone in self.cast.phones if phone.channel)

    async def post(self, action: str, *, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, Any]:
        """Return status and answer of an action, sent as the page sends it."""
        url = f"{self.telegram.url}/play/do/{action}"
        sent = {"X-Playground-Key": self.key} | (headers or {})
        async with self.session.post(url, json=body, headers=sent) as response:
            text = await response.text()
            return response.status, json.loads(text) if response.content_type == "application/json" else text

    async def act(self, action: str, person: Person | None = None, **body: Any) -> Any:
        """Return the answer of an action that must work, done on a person's phone (Anna's)."""
        status, answer = await self.post(action, phone=str((person or self.anna).id), **body)
        assert status == 200, answer
        return answer

    async def refuse(self, action: str, person: Person | None = None, **body: Any) -> str:
        """Return the sentence the page shows for an action no app would let a human do."""
        status, answer = await self.post(action, phone=str((person or self.anna).id), **body)
        assert status == 409, answer
        return str(answer["error"])

    async def get(self, path: str, **headers: str) -> tuple[ClientResponse, str]:
        """Return a response and its text."""
        async with self.session.get(f"{self.telegram.url}{path}", headers=headers) as response:
            return response, await response.text(errors="replace")


@dataclass(slots=True)
class Reader:
    """What a page's stream has told."""

    response: ClientResponse
    pieces: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    """The pieces that came last."""

    async def read(self) -> dict[str, Any]:
        """Return the next pieces that come."""
        kind = ""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                line = (await self.response.content.readline()).decode()
                assert line, "the stream ended"
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ").strip()
                elif line.startswith("data: ") and kind == "pieces":
                    self.last = json.loads(line.removeprefix("data: "))
                    self.pieces |= self.last
                    return self.last

    async def until(self, find: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return everything told so far once it satisfies `find`."""
        while not (self.pieces and find(self.pieces)):
            await self.read()
        return self.pieces


@asynccontextmanager
async def follow(visitor: Visitor) -> AsyncIterator[Reader]:
    """Follow the page's stream while the context lasts."""
    async with visitor.session.get(f"{visitor.telegram.url}/play/stream") as response:
        yield Reader(response)


@asynccontextmanager
async def visit(*, on_reset: Callable[[], Awaitable[None]] | None = None, site: str = "") -> AsyncIterator[Visitor]:
    """Serve the demo's world with its page, and come to it; `site` is the web side its phones have a browser for."""
    world = make_world()
    cast = seed_world(world)
    server = Server(world, make_token(world.bot.id))
    async with serve(server, add_routes=lambda app: add_page_routes(app, world, cast, on_reset=on_reset, site=site)):
        telegram = LocalTelegram(server)
        async with ClientSession() as session:
            async with session.get(f"{server.url}/") as response:
                found = re.search(r'name="play-key" content="([^"]+)"', await response.text())
            assert found
            yield Visitor(telegram, cast, session, found[1], Caller(telegram, session))
