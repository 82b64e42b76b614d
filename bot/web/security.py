"""Around every door: security headers on each answer, and no request with a body worth mentioning."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.updates.webhook import DOOR
from bot.web.problems import API, PROBLEM_TYPE, compose_content

MOST_BODY_BYTES = 1024
"""No door but those of the API reads a body; a beacon's is empty."""

MOST_REPORT_BYTES = 16 * 1024
"""What other systems report is a few hundred bytes long."""

MOST_UPDATE_BYTES = 1024 * 1024
"""Telegram's are smaller. A balancer may hand one on without saying how long it is: it is counted as it comes."""

_OWN = ("script-src", "style-src", "img-src", "connect-src", "form-action")
_NONE = ("default-src", "base-uri", "frame-ancestors")
CONTENT_POLICY = "; ".join([*(f"{name} 'none'" for name in _NONE), *(f"{name} 'self'" for name in _OWN)])
"""Our own files and nothing else; nothing inline."""

_TWO_YEARS = 63_072_000

RawHeaders = list[tuple[bytes, bytes]]


def compose_headers(*, https: bool) -> RawHeaders:
    """The security headers of every answer."""
    headers = {
        "Content-Security-Policy": CONTENT_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if https:
        headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}"
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class SecurityShell:
    """An ASGI application around another one.

    Args:
        app: What knows its doors by paths from `/` on.
        headers: What each answer carries.
        base: The path all of it lies under; a proxy may have cut it off.
    """

    def __init__(self, app: ASGIApp, headers: RawHeaders, base: str = "") -> None:
        self._app = app
        self.headers = headers
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is left alone."""
        if scope["type"] != "http":
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        if self._base and is_under(scope["path"], self._base):
            scope = {**scope, "path": scope["path"].removeprefix(self._base) or "/"}
        for_api = scope["path"].startswith(API)
        if scope["path"] == DOOR:
            much = announces_much(scope["headers"], MOST_UPDATE_BYTES)
        else:
            much = carries_much(scope["headers"], most=MOST_REPORT_BYTES if for_api else MOST_BODY_BYTES)
        if much:
            await _refuse(send_dressed, in_words=for_api)
        else:
            await self._app(scope, receive, send_dressed)


def is_under(path: str, base: str) -> bool:
    """Whether a path is this one, or lies below it."""
    return path == base or path.startswith(f"{base}/")


def carries_much(headers: RawHeaders, most: int = MOST_BODY_BYTES) -> bool:
    """Whether a body is announced that is longer than allowed, or of unknown length."""
    return announces_much(headers, most) or any(name == b"transfer-encoding" for name, _ in headers)


def announces_much(headers: RawHeaders, most: int) -> bool:
    """Whether a body says of itself that it is longer than allowed."""
    return any(name == b"content-length" and (len(value) > 9 or int(value) > most) for name, value in headers)


async def _refuse(send: Send, *, in_words: bool) -> None:
    """Say that it is too large, and hang up instead of listening to the rest."""
    detail = f"Send at most {MOST_REPORT_BYTES} bytes, and say how many (Content-Length)."
    body = compose_content(413, detail) if in_words else b""
    headers = [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    headers += [(b"content-type", PROBLEM_TYPE.encode())] if in_words else []
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
