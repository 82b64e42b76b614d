"""A balancer in front of web processes, of the worse sort: it reorders, tries again elsewhere, and brings some things twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout, web

REORDER_SECONDS = 0.2
"""So late a request may be passed on, while those behind it are not."""

DELAYED, DOUBLED = 0.3, 0.05
"""The share of requests that are held back, and of those that are brought twice."""

ANSWER_SECONDS = 3.0
"""A process that stands still is given up after this time, though it may take what it was brought when it wakes up."""

TRIES = 4
MAX_BODY_BYTES = 2 * 1024 * 1024
_FAILED = 500
_OF_ONE_HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}


class Balancer:
    """Passes requests on to backends by turns.

    Args:
        backends: Their addresses, such as http://127.0.0.1:4001.
        seed: Of what is held back and brought twice.
    """

    def __init__(self, backends: Sequence[str], seed: int = 0) -> None:
        self._backends = backends
        self._random = Random(seed)
        self._turn = 0
        self._session: ClientSession | None = None
        self._echoes: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        """What it did: delayed, doubled, retried, failed."""

    async def handle(self, request: web.Request) -> web.Response:
        """Pass one request on until somebody has answered it."""
        body = await request.read()
        if self._random.random() < DELAYED:
            self.counts["delayed"] += 1
            await asyncio.sleep(self._random.uniform(0, REORDER_SECONDS))
        if self._random.random() < DOUBLED:
            self.counts["doubled"] += 1
            echo = asyncio.create_task(self._echo(request, body, self._random.uniform(0, REORDER_SECONDS)))
            self._echoes.add(echo)
            echo.add_done_callback(self._echoes.discard)
        return await self._pass_on(request, body)

    async def open(self) -> None:
        """Be ready to reach the backends."""
        self._session = ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS), auto_decompress=False)

    async def close(self) -> None:
        """Bring nothing any more."""
        for echo in self._echoes:
            echo.cancel()
        await asyncio.gather(*self._echoes, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _pass_on(self, request: web.Request, body: bytes) -> web.Response:
        answer = None
        first = self._turn = self._turn + 1
        for number in range(first, first + TRIES):
            self.counts["retried"] += number > first
            answer = await self._try(request, body, self._backends[number % len(self._backends)])
            if answer is not None and answer.status < _FAILED:
                return answer
        self.counts["failed"] += 1
        return answer if answer is not None else web.Response(status=502)

    async def _echo(self, request: web.Request, body: bytes, seconds: float) -> None:
        """The same once more; nobody waits for what comes of it."""
        await asyncio.sleep(seconds)
        await self._try(request, body, self._random.choice(self._backends))

    async def _try(self, request: web.Request, body: bytes, backend: str) -> web.Response | None:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OF_ONE_HOP}
        try:
            async with self._session.request(
                request.method, f"{backend}{request.path_qs}", data=body, headers=headers, allow_redirects=False
            ) as found:
                kept = {name: value for name, value in found.headers.items() if name.lower() not in _OF_ONE_HOP}
                return web.Response(status=found.status, body=await found.read(), headers=kept)
        except (ClientError, TimeoutError, OSError):
            return None


@asynccontextmanager
async def serve_balancer(balancer: Balancer) -> AsyncIterator[str]:
    """Serve on the loopback interface while the context lasts; gives the address."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_route("*", "/{path:.*}", balancer.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await balancer.open()
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await balancer.close()
