"""Another system that hears what happens: what came, and what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Receiver:
    """It says yes to everything, unless it is given something else to say."""

    url: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    reply: Reply | None = None

    async def hear(self, request: web.Request) -> web.StreamResponse:
        """Write down what came."""
        if self.reply is not None:
            return await self.reply(request)
        self.calls.append((dict(request.headers), await request.read()))
        return web.Response(status=204)


@asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """One with its door open on this machine."""
    receiver, application = Receiver(), web.Application()
    application.router.add_route("*", "/{tail:.*}", receiver.hear)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
