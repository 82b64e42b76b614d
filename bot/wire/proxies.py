"""Connections to Telegram: straight, or through the proxy that somebody named."""

from __future__ import annotations

import aiohttp
from yarl import URL

from bot.core.proxies import Proxy

WANTS_LOGIN = 407


def open_session(
    proxy: Proxy | None,
    *,
    limit: int = 100,
    headers: dict[str, str] | None = None,
    timeout: aiohttp.ClientTimeout | None = None,
) -> aiohttp.ClientSession:
    """A pool of at most `limit` connections; what the environment says of proxies was read with the settings."""
    speaks_http = proxy is not None and proxy.scheme != "socks5"
    return aiohttp.ClientSession(
        connector=_open_pool(proxy, limit),
        proxy=_compose_url(proxy) if proxy is not None and speaks_http else None,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=headers,
        timeout=timeout or aiohttp.ClientTimeout(),
    )


def explain(error: Exception, proxy: Proxy | None) -> str:
    """What is wrong with the proxy when a request failed before it left this machine's side of it; empty if not that."""
    if proxy is None:
        return ""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _explain_status(error.status, proxy)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"The proxy {proxy} cannot be reached ({error.os_error})"
    return _explain_socks(error, proxy) if proxy.scheme == "socks5" else ""


def explain_page(status: int, proxy: Proxy | None) -> str:
    """What to say of an answer that is not Telegram's."""
    if proxy is not None and status == WANTS_LOGIN:
        return _explain_status(status, proxy)
    where = f"the proxy {proxy} or something behind it" if proxy else "something on the way"
    return f"Not Telegram, but {where} answers with status {status}"


def _explain_status(status: int, proxy: Proxy) -> str:
    if status == WANTS_LOGIN:
        return f"The proxy {proxy} wants {'another' if proxy.username else 'a'} user name and password"
    return f"The proxy {proxy} refuses with status {status}"


def _open_pool(proxy: Proxy | None, limit: int) -> aiohttp.TCPConnector:
    if proxy is None or proxy.scheme != "socks5":
        return aiohttp.TCPConnector(limit=limit)
    from aiohttp_socks import ProxyConnector  # noqa: PLC0415 -- only behind such a proxy

    return ProxyConnector(
        host=proxy.host,
        port=proxy.port,
        username=proxy.username or None,
        password=proxy.password or None,
        rdns=True,
        limit=limit,
    )


def _explain_socks(error: Exception, proxy: Proxy) -> str:
    from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError  # noqa: PLC0415 -- likewise

    if isinstance(error, ProxyConnectionError):
        return f"The proxy {proxy} cannot be reached ({error})"
    if isinstance(error, ProxyTimeoutError):
        return f"The proxy {proxy} does not answer in time"
    return f"The proxy {proxy} refuses: {error}" if isinstance(error, ProxyError) else ""


def _compose_url(proxy: Proxy) -> URL:
    """With name and password, which aiohttp writes out as Latin-1; proxies that know other letters expect UTF-8."""
    user, password = (word.encode().decode("latin-1") or None for word in (proxy.username, proxy.password))
    return URL(str(proxy)).with_user(user).with_password(password) if user else URL(str(proxy))
