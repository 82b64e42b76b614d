"""Where updates are delivered to instead of being fetched, and which addresses Telegram takes for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.playground.world.errors import bad_request

SECOND = 1_000_000
PORTS = (443, 80, 88, 8443)
DEFAULT_CONNECTIONS = 40
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Here the playground takes plain HTTP and any port, as a Bot API server of one's own does."""

_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(slots=True, kw_only=True)
class Webhook:
    """The address in force; an empty one means that the bot polls."""

    url: str = ""
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS
    last_error_at: int = 0
    last_error: str = ""

    @property
    def is_local(self) -> bool:
        """Whether updates really go out: the playground talks to nobody but this machine."""
        return urlsplit(self.url).hostname in LOOPBACK

    def is_like(self, other: Webhook) -> bool:
        """Whether nothing about the address differs."""
        mine, theirs = (self.url, self.secret, self.max_connections), (other.url, other.secret, other.max_connections)
        return mine == theirs

    def note_error(self, at: int, words: str) -> None:
        """Remember the last failure of a delivery."""
        self.last_error_at, self.last_error = at, words

    def render(self, waiting: int, allowed: list[str]) -> dict[str, Any]:
        """Return the Bot API's WebhookInfo."""
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }
        if self.url:
            info["max_connections"] = self.max_connections
        if self.last_error_at:
            info |= {"last_error_date": self.last_error_at // SECOND, "last_error_message": self.last_error}
        return info | ({"allowed_updates": allowed} if allowed else {})


def read_webhook(url: str, secret: str, max_connections: int) -> Webhook:
    """Return a webhook held against Telegram's rules; ApiError in its words."""
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if "." not in parts.hostname and parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")
    if parts.hostname not in LOOPBACK:
        _check_public(parts.scheme, parts.port)
    return Webhook(url=parts.geturl(), secret=secret, max_connections=min(max(max_connections, 1), 100))


def _check_public(scheme: str, port: int | None) -> None:
    if scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port is not None and port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
