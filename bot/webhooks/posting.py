"""One event sent to one address: signed, nowhere but where it may go, and never further than the first answer."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import ResolveResult

from bot.core.proxies import Proxy
from bot.core.signing import sign
from bot.core.webhooks import Answer, UrlMistake, check_url, is_public_address
from bot.services.webhooks.delivering import Parcel
from bot.version import __version__
from bot.wire.proxies import explain, open_session

LIMIT_SECONDS = 15.0
"""For everything: the name, the connection, the answer's first lines."""

CONNECTIONS = 50
_SAID_BYTES = 2_048
_HEADERS = {"Content-Type": "application/json", "User-Agent": f"Passalong/{__version__}"}


class PrivateAddress(OSError):
    """A name leads into somebody's own network."""


class PublicResolver(aiohttp.ThreadedResolver):
    """Finds addresses on the internet alone, each time anew: a name that led there yesterday may lead elsewhere today."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where a name leads.

        Raises:
            PrivateAddress: one of these is not on the internet; a name that leads both there and elsewhere is up to no good.
        """
        found = await super().resolve(host, port, family)
        if not all(is_public_address(ip_address(each["host"].partition("%")[0])) for each in found):
            raise PrivateAddress(f"{host} leads into a private network")
        return found


class Poster:
    """Sends events; its connections are opened by the first one.

    Args:
        proxy: The way out, if there is one: then names are resolved there, and what may be reached is its business.
        limit_seconds: For one event.
    """

    def __init__(self, *, proxy: Proxy | None = None, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._proxy = proxy
        self._timeout = aiohttp.ClientTimeout(total=limit_seconds)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def post(self, parcel: Parcel) -> Answer:
        """Send one event, and return what was said to it; what goes wrong on the way is such an answer too."""
        try:
            check_url(parcel.url, allow_private=parcel.allow_private)
            return await self._post(parcel)
        except UrlMistake as mistake:
            return Answer(error=str(mistake))
        except TimeoutError:
            return Answer(error="it did not answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(error=explain(error, self._proxy) or _say(error))

    async def close(self) -> None:
        """Hang up."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _post(self, parcel: Parcel) -> Answer:
        session = self._get_session(public=not parcel.allow_private)
        async with session.post(
            parcel.url, data=parcel.body, headers=_compose_headers(parcel), allow_redirects=False, timeout=self._timeout
        ) as response:
            status, retry_after = response.status, response.headers.get("Retry-After", "")
            said = "" if status < 300 else await _read_words(response)
        return Answer(status=status, retry_after=retry_after, error=f"{status} {said}".strip())

    def _get_session(self, *, public: bool) -> aiohttp.ClientSession:
        session = self._sessions.get(public)
        if session is None:
            if public and self._proxy is None:
                connector = aiohttp.TCPConnector(limit=CONNECTIONS, resolver=PublicResolver(), use_dns_cache=False)
                session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
            else:
                session = open_session(self._proxy, limit=CONNECTIONS)
            self._sessions[public] = session
        return session


def _compose_headers(parcel: Parcel) -> dict[str, str]:
    timestamp = int(time.time())
    return {
        **_HEADERS,
        "webhook-id": parcel.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(parcel.secret, parcel.message_id, timestamp, parcel.body),
    }


async def _read_words(response: aiohttp.ClientResponse) -> str:
    """The beginning of what stands beside a no, as far as it comes at once."""
    try:
        async with asyncio.timeout(1.0):
            said = await response.content.read(_SAID_BYTES)
    except (TimeoutError, aiohttp.ClientError):
        return response.reason or ""
    words = " ".join(said.decode("utf-8", "replace").split())
    return words if words and words.isprintable() and not words.startswith("<") else response.reason or ""


def _say(error: Exception) -> str:
    """Why nothing was said, in words that name no address."""
    causes = [error, getattr(error, "os_error", None), error.__cause__]
    if any(isinstance(each, PrivateAddress) for each in causes):
        return "its name leads into a private network"
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return "its name is not known"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionError):
        return "it cannot be reached"
    return "its answer cannot be read"
