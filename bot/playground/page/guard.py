"""Lets nobody but the playground's own page drive it.

The server listens on the loopback interface, which any web page open in the same browser can still send requests to.
So every request must name this machine as its host (a foreign name that resolves here is refused), and whatever acts
must come from the page itself: same origin, JSON, and the key that stands in the page.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
KEY_HEADER = "X-Playground-Key"
_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


def _make_key() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Guard:
    """The checks, and the key that this run of the playground gives its page."""

    key: str = field(default_factory=_make_key, repr=False)

    def for_looking(self, handler: Handler) -> Handler:
        """Wrap what only shows something."""

        async def look(request: web.Request) -> web.StreamResponse:
            _check_host(request)
            _check_site(request)
            return _harden(await handler(request))

        return look

    def for_acting(self, handler: Handler) -> Handler:
        """Wrap what changes something."""

        async def act(request: web.Request) -> web.StreamResponse:
            _check_host(request)
            _check_site(request)
            self._check_key(request)
            return _harden(await handler(request))

        return act

    def _check_key(self, request: web.Request) -> None:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="JSON, please.", headers=HEADERS)
        if not hmac.compare_digest(request.headers.get(KEY_HEADER, "").encode(), self.key.encode()):
            raise web.HTTPForbidden(text="The key is missing or old: reload the page.", headers=HEADERS)


def _check_host(request: web.Request) -> None:
    name, _, port = request.host.rpartition(":")
    host = name if name and port.isdecimal() else request.host
    if host.lower() not in _HOSTS:
        raise web.HTTPForbidden(text="The playground answers to 127.0.0.1 and localhost only.", headers=HEADERS)


def _check_site(request: web.Request) -> None:
    origin = request.headers.get("Origin", f"http://{request.host}")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    # A person may come to the page itself from anywhere, by a link or the address bar.
    is_visit = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if origin != f"http://{request.host}" or (site not in {"same-origin", "none"} and not is_visit):
        raise web.HTTPForbidden(text="Only the playground's own page may ask this.", headers=HEADERS)


def _harden(response: web.StreamResponse) -> web.StreamResponse:
    if not response.prepared:
        response.headers.update(HEADERS)
    return response
