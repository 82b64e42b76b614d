"""python-telegram-bot's transport on aiohttp: many times faster than its own, and honest about what was sent.

No exception leaving this module holds the request's address in its text, cause or context: the token is
part of the address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from telegram.error import BadRequest, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.core.proxies import Proxy
from bot.wire.errors import Flooded, Lapsed, LostAnswer, NotSent, PushedBack
from bot.wire.proxies import explain, explain_page, open_session
from bot.wire.telegram_bot import LEAVING, DefaultValue, JSONDict, ODVInput, write_json
from storage.frozen import frozen

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]')
_ID = re.compile(rb"\s*:\s*(\d{1,19})")
_ENTRY_LEVEL = 3
"""An entry of `result` lies in a list in an object."""


def parse_entries(payload: bytes) -> dict[str, object]:
    """The answer to getUpdates; an entry that cannot be read keeps nothing but the id that confirms it."""
    entries: list[object] = []
    level, began, found = 0, 0, b""
    for token in _TOKEN.finditer(payload):
        sign = token[0]
        if sign in b"[{":
            level += 1
            if level == _ENTRY_LEVEL:
                began, found = token.start(), b""
        elif sign in b"]}":
            if level == _ENTRY_LEVEL:
                entries.append(_parse_entry(payload[began : token.end()], found))
            level -= 1
        elif level == _ENTRY_LEVEL and sign == b'"update_id"' and (said := _ID.match(payload, token.end())):
            found = said[1]
    return {"ok": True, "result": entries}


def _parse_entry(piece: bytes, update_id: bytes) -> object:
    try:
        return json.loads(piece)
    except (ValueError, RecursionError):
        return {"update_id": int(update_id or 0), "message": "unreadable"}


_IN_ADDRESS = re.compile(r"/bot([^/]+)/[^/]*$")
_IN_FRONT_OF_HOST = re.compile(r"//[^/@\s]+@")
_OK = re.compile(rb'"ok"\s*:\s*true\b')
_LONGEST_ERROR_BYTES = 4000
"""More of a proxy's error page tells nobody anything."""

READ_SECONDS = 20.0
"""A busy Telegram does what it is asked at once, and says so much later; whoever hangs up before does not know."""

UPLOAD_BYTES_PER_SECOND = 20_000
"""The slowest way out on which a picture may still arrive."""

TIMEOUTS_KEPT = 64
"""All calls but uploads have one of two or three."""

_SPOKEN_FOR = frozenset({400, 401, 403, 404, 409})
"""Refusals that python-telegram-bot has a class for."""


class AiohttpRequest(BaseRequest):
    """One pool of connections; opened by the first request, closed by `shutdown` until `initialize`.

    Args:
        connection_limit: Most connections open at once; a request beyond it waits `pool_timeout`.
        read_timeout: Seconds without a byte of the answer; python-telegram-bot adds the long poll's own time.
        write_timeout: Seconds for a request to leave.
        connect_timeout: Seconds to reach the server.
        pool_timeout: Seconds to wait for a free connection.
        media_write_timeout: Seconds for a request with files to leave, and to be answered beyond `read_timeout`; their
            size adds to it.
        proxy: The way to the server; None: straight.
        may_leave: Asked before each piece of a request that is written: whether this process runs the shop at that very moment.
    """

    tells_leaving = True
    """It calls `LEAVING`."""

    __slots__ = ("_limit", "_may_leave", "_media_write", "_proxy", "_session", "_shut", "_timeouts")

    def __init__(
        self,
        *,
        connection_limit: int = 256,
        read_timeout: float | None = READ_SECONDS,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
        proxy: Proxy | None = None,
        may_leave: Callable[[], bool] | None = None,
    ) -> None:
        self._may_leave = may_leave
        self._limit = connection_limit
        self._proxy = proxy
        self._timeouts = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        self._media_write = media_write_timeout
        self._session: aiohttp.ClientSession | None = None
        self._shut = False

    @property
    def read_timeout(self) -> float | None:
        """Seconds without a byte of the answer, where a call says nothing else."""
        return self._timeouts[0]

    async def initialize(self) -> None:
        """Allow requests; the first one opens the pool, inside the loop that it runs in."""
        self._shut = False

    async def shutdown(self) -> None:
        """Close every connection, and refuse requests that come too late."""
        self._shut = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0917 -- the base class's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The answer's status and body; raises a TelegramError that `failures.classify` understands."""
        given = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        has_files = request_data is not None and request_data.contains_files
        upload_bytes = _count_upload(request_data) if has_files else 0
        limits = _compute_timeout(given, self._timeouts, self._media_write, upload_bytes)
        try:
            status, body = await self._exchange(method, url, request_data, limits)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it may hold the address
            failure = translate_error(error, _find_token(url), self._proxy)
        else:
            if status < 300:
                # A success says that it is ok and has a result; whatever else comes with its status says nothing of what was done.
                if method == "POST" and (b'"result"' not in body or _OK.search(body) is None):
                    raise LostAnswer("Success without a result")
                return status, body
            body = body[:_LONGEST_ERROR_BYTES].replace(_find_token(url).encode(), b"<token>")
            return _read_refusal(status, body, self._proxy), body
        raise failure  # outside the except clause, so that not even its context holds the original

    async def _exchange(
        self, method: str, url: str, request_data: RequestData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._shut:
            raise NotSent("The connections are closed")
        if self._session is None:
            self._session = open_session(self._proxy, limit=self._limit, headers={"User-Agent": self.USER_AGENT})
        body, on_leave = _encode(request_data or RequestData()) if method == "POST" else None, LEAVING.get()
        if body is not None and (self._may_leave is not None or on_leave is not None):
            body = _Leaving(body, self._may_leave, on_leave)
        async with self._session.request(method, url, data=body, timeout=limits, allow_redirects=False) as answer:
            if method == "GET" and answer.status < 300 and answer.content_type == "text/html":
                raise NotSent(explain_page(answer.status, self._proxy))  # Telegram gives files out as bytes of no kind
            return answer.status, await answer.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """The answer as a dictionary; raises LostAnswer for anything else."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except json.JSONDecodeError:
            answer = None
        except (RecursionError, ValueError):  # too deep, or a number of thousands of digits
            answer = parse_entries(payload)
        if not isinstance(answer, dict):
            raise LostAnswer("Invalid server response")
        return answer


class _Leaving(aiohttp.Payload):
    """What is asked right before it leaves, not when its connection is there.

    In between the loop may do other things, and the whole process may be stopped and wake up after somebody took its place.
    aiohttp writes nothing of a request before its body's first piece.
    """

    def __init__(
        self, body: aiohttp.Payload, may_leave: Callable[[], bool] | None, on_leave: Callable[[], None] | None
    ) -> None:
        super().__init__(body, body.headers)
        self._size = body.size
        self._body, self._may_leave, self._on_leave = body, may_leave, on_leave

    def ask(self) -> None:
        """Raise Lapsed where nothing may leave any more; a request of which a piece is missing is none."""
        if self._may_leave is not None and not self._may_leave():
            raise Lapsed("Another process may run this shop by now")
        on_leave, self._on_leave = self._on_leave, None
        if on_leave is not None:
            on_leave()

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The whole of it."""
        return self._body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Piece by piece."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Likewise; `content_length` in bytes, None is no limit."""
        asking = cast("AbstractStreamWriter", _AskingWriter(writer, self.ask))
        await self._body.write_with_length(asking, content_length)


@frozen(kw_only=False)
class _AskingWriter:
    """All that a body wants of a writer."""

    writer: AbstractStreamWriter
    ask: Callable[[], None]

    async def write(self, piece: bytes) -> None:
        """Write a piece if nothing is against it."""
        self.ask()
        await self.writer.write(piece)


def _encode(request_data: RequestData) -> aiohttp.Payload:
    if not request_data.contains_files:
        # As JSON: a form of the same texts takes ten times as long to become.
        return aiohttp.BytesPayload(write_json(request_data.json_parameters).encode(), content_type="application/json")
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form()


def _find_token(url: str) -> str:
    match = _IN_ADDRESS.search(url) or re.search(r"/bot([^/]+)/", url)
    return match[1] if match else "\0"


def translate_error(error: Exception, token: str, proxy: Proxy | None) -> TelegramError:
    """One of ours for one of aiohttp's; its words hold neither the token nor the proxy's password."""
    for each in (error, error.__cause__):  # aiohttp wraps what is raised while a body is written
        if isinstance(each, TelegramError):
            return each
    stopped = explain(error, proxy)
    if stopped:
        return NotSent(stopped)
    told = _IN_FRONT_OF_HOST.sub("//", " ".join(f"{type(error).__name__}: {error}".split()))
    said = told.replace(token, "<token>")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NotSent(f"No connection in time{f', by the proxy {proxy}' if proxy else ''}")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        return NotSent(f"No connection ({said})")
    if isinstance(error, TimeoutError):
        return TimedOut("No answer in time")
    return LostAnswer(f"{f'The proxy {proxy} lost the connection' if proxy else 'Connection lost'} ({said})")


def _read_refusal(status: int, body: bytes, proxy: Proxy | None) -> int:
    """The status of an answer in which Telegram itself refuses.

    Raises:
        NotSent: a proxy or a firewall has kept the request, or Telegram has pushed it back.
        LostAnswer: something on the way broke after it may have passed the request on.
        BadRequest: a certain refusal that python-telegram-bot would call a mere network error.
    """
    said = find_word(body)
    if said is not None and said["ok"]:
        said = None
    if status == 429:
        seconds = _find_retry_after(said or {})
        raise Flooded(seconds) if seconds else PushedBack("Too Many Requests")
    if said is None:
        stopped = explain_page(status, proxy)
        raise (LostAnswer if status >= 500 else NotSent)(stopped)
    if 400 <= status < 500 and status not in _SPOKEN_FOR:
        raise BadRequest(f"Refused with status {status}")
    return status


def find_word(body: bytes) -> dict[str, Any] | None:
    """Telegram's own word, which is JSON and says whether it is `ok`; None for whatever else speaks HTTP."""
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and isinstance(said.get("ok"), bool) else None


def _count_upload(request_data: RequestData | None) -> int:
    """Bytes of all files of a request."""
    files = (request_data.multipart_data if request_data else None) or {}
    return sum(len(content) for _, content, _ in files.values() if isinstance(content, bytes))


def _find_retry_after(said: dict[str, Any]) -> int:
    """Whole seconds from the answer's parameters, 0 where there are none."""
    try:
        return max(0, int(said["parameters"]["retry_after"]))
    except (ValueError, LookupError, TypeError):
        return 0


@lru_cache(maxsize=TIMEOUTS_KEPT)
def _compute_timeout(
    given: tuple[ODVInput[float], ...], usual: tuple[float | None, ...], media_write: float | None, upload_bytes: int
) -> aiohttp.ClientTimeout:
    """How long what may take; `given` and `usual` say of reading, writing, connecting, and waiting for a connection."""
    read, write, connect, pool = (
        default if isinstance(value, DefaultValue) else value for value, default in zip(given, usual, strict=True)
    )
    if upload_bytes:
        way = _add(media_write, upload_bytes / UPLOAD_BYTES_PER_SECOND)
        read = _add(read, way)  # what was sent may lie in a buffer of ours for a while yet
        write = way if isinstance(given[1], DefaultValue) else write
    waiting = _add(pool, connect)
    return aiohttp.ClientTimeout(
        total=_add(_add(waiting, write), read),  # aiohttp knows no time for writing alone
        connect=waiting,
        sock_connect=connect,
        sock_read=read,
    )


def _add(one: float | None, other: float | None) -> float | None:
    """The sum; None, which is no limit, takes both in."""
    return None if one is None or other is None else one + other
