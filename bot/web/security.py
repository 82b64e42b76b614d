"""Around every door: security headers on each answer, and no request with a body worth mentioning."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 1024
"""No door reads a body; a beacon's is empty."""

_OWN = ("script-src", "style-src", "img-src", "connect-src")
_NONE = ("default-src", "base-uri", "form-action", "frame-ancestors")
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
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, headers: RawHeaders) -> None:
        self._app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is left alone."""
        if scope["type"] != "http":
            return

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        if carries_much(scope["headers"]):
            await _refuse(send_dressed)
        else:
            await self._app(scope, receive, send_dressed)


def carries_much(headers: RawHeaders) -> bool:
    """Whether a body is announced that is longer than allowed, or of unknown length."""
    for name, value in headers:
        if name == b"transfer-encoding":
            return True
        if name == b"content-length" and (len(value) > 9 or int(value) > MOST_BODY_BYTES):
            return True
    return False


async def _refuse(send: Send) -> None:
    """Say that it is too large, and hang up instead of listening to the rest."""
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
