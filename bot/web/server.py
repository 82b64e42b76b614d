"""uvicorn in the bot's own event loop: no signals of its own, no log of its own, patience that ends."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol, cast

import h11
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.web.crowd import MOST_CONNECTIONS, Crowd
from bot.web.listening import BACKLOG
from bot.web.security import RawHeaders
from storage.frozen import frozen

IDLE_SECONDS = 5
LEAVE_SECONDS = 2
HEAD_BYTES = 16 * 1024
SLICE_BYTES = 512
"""A head that is complete is read whatever its length, so it is handed on in slices."""


PATIENCE = "patience_seconds"
"""In a request's scope: how long its answer may take from the connection on, where a door grants more than is usual."""


@frozen
class Patience:
    """What strangers are granted."""

    request_seconds: float = 30.0
    """From the connection, or from the answer before, until the next answer has been sent."""
    most_connections: int = MOST_CONNECTIONS


class Site(Protocol):
    """An ASGI application that has its own headers on each answer."""

    @property
    def headers(self) -> RawHeaders:
        """For the answers that it never sees."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""


async def serve_site(site: Site, listener: socket.socket, stop: asyncio.Event, patience: Patience = Patience()) -> None:  # noqa: B008 -- a frozen value
    """Serve until `stop` is set or the caller is cancelled; answers under way are finished first."""
    config = uvicorn.Config(
        site,
        http=_make_protocol(site.headers, patience),
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=min(BACKLOG, patience.most_connections),  # so many are taken at once, before any is counted
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LEAVE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # a stranger's broken request is not worth a line
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves the signals to the bot."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _make_protocol(headers: RawHeaders, patience: Patience) -> type[asyncio.Protocol]:
    """The answer to what is not HTTP is the one that no application sees: it gets its headers here."""
    own = {"security_headers": headers, "patience": patience, "crowd": Crowd(patience.most_connections)}
    return type("Protocol", (_ImpatientProtocol,), own)


class _ImpatientProtocol(H11Protocol):
    """Hangs up on whoever takes too long to ask or to listen, and on the slowest when there are too many."""

    security_headers: ClassVar[RawHeaders] = []
    patience: ClassVar[Patience] = Patience()
    crowd: ClassVar[Crowd] = Crowd(MOST_CONNECTIONS)
    _deadline: asyncio.TimerHandle | None = None
    _began: float = 0.0
    """When this request may have begun."""

    @property
    def address(self) -> str:
        """Where the connection comes from."""
        return self.client[0] if self.client else ""

    @property
    def is_listening_slowly(self) -> bool:
        """Whether an answer waits for its reader."""
        return self.flow.write_paused

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._wait()
        self.crowd.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.crowd.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), SLICE_BYTES):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + SLICE_BYTES])
        if self._is_answering:
            self.crowd.answer(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()
            if not self._is_answering:
                self.crowd.wait_for(self)

    def send_400_response(self, msg: str) -> None:
        """Like uvicorn's, with the security headers; nothing at all where an answer is under way."""
        sent_nothing = self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}
        if self._is_answering:  # it would speak where nothing may be said any more
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if sent_nothing:
            self.transport.write(self._compose_400(msg))
        self.transport.close()

    @property
    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _compose_400(self, msg: str) -> bytes:
        plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        answer = h11.Response(status_code=400, headers=[*plain, *self.security_headers], reason=b"Bad Request")
        events: list[h11.Event] = [answer, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()]
        return b"".join(self.conn.send(event) or b"" for event in events)

    def _wait(self) -> None:
        self._stop_waiting()
        self._began = self.loop.time()
        self._deadline = self.loop.call_later(self.patience.request_seconds, self._lose_patience)

    def _lose_patience(self) -> None:
        """Hang up, unless the answer that is under way was granted more time."""
        scope = cast("dict[str, Any]", self.scope)
        granted: float = scope.get(PATIENCE, 0.0) if self._is_answering else 0.0
        left = self._began + granted - self.loop.time()
        if left <= 0:
            self.transport.abort()
        else:
            self._deadline = self.loop.call_later(left, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
