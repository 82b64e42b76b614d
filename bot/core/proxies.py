"""Which way leads to a server: straight, or through a proxy that somebody named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

from storage.frozen import frozen

_PORTS = {"http": 80, "https": 443, "socks5": 1080}
"""Schemes that are understood, and the port of each where none is given."""

_SPELLINGS = {"socks": "socks5", "socks5h": "socks5"}
"""Desktops write the first into ALL_PROXY. Names are looked up by the proxy in either: where one is needed, the name
server at hand is often the first thing that lies."""

VARIABLES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})
"""Names under which other programs read of proxies; each may be written in small letters."""

_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


@frozen(kw_only=False)
class Proxy:
    """A proxy as somebody named it. Neither `str` nor `repr` show the password."""

    scheme: str
    """`http`, `https` (spoken to in TLS) or `socks5`."""
    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_proxy(text: str) -> Proxy | None:
    """A proxy's address, without a scheme an http proxy's; None for what is none."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        return None
    scheme, host = _SPELLINGS.get(parts.scheme, parts.scheme), parts.hostname or ""
    if scheme not in _PORTS or not _HOST.fullmatch(host) or parts.path.strip("/") or parts.query or parts.fragment:
        return None
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if scheme == "socks5" and not (username + password).isascii():
        return None  # RFC 1929 leaves open how other letters are written
    return Proxy(scheme, host, port or _PORTS[scheme], username, password)


def find_variable(environment: Mapping[str, str], url: str) -> tuple[str, str]:
    """The variable that names a proxy for a URL, and its value; empty ones where the way is straight.

    As other programs read them: `HTTPS_PROXY` by the URL's scheme, then `ALL_PROXY`, unless `NO_PROXY` names the host;
    small letters before capitals.
    """
    parts = urlsplit(url)
    no_proxy = _find(environment, "no_proxy")[1]
    if is_bypassed(no_proxy, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)):
        return "", ""
    named = _find(environment, f"{parts.scheme}_proxy")
    return named if named[1] else _find(environment, "all_proxy")


def is_bypassed(no_proxy: str, host: str, port: int) -> bool:
    """Whether `NO_PROXY` names this server: `*`, a domain and all below it, an address, a network, each with a port or without."""
    return any(_names(entry, host.lower(), port) for entry in re.split(r"[,\s]+", no_proxy.lower()) if entry)


def _find(environment: Mapping[str, str], name: str) -> tuple[str, str]:
    for spelling in (name, name.upper()):
        value = environment.get(spelling, "").strip()
        if value:
            return spelling, value
    return "", ""


def _names(entry: str, host: str, port: int) -> bool:
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:]*|[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:./]*)(?::(\d+))?", entry)
    if match is None or (match[2] and int(match[2]) != port):
        return False
    place = match[1].strip("[]")
    if _is_within(place, host):
        return True
    domain = place.removeprefix("*").lstrip(".")
    return place == "*" or (bool(domain) and (host == domain or host.endswith(f".{domain}")))


def _is_within(place: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(place, strict=False)
    except ValueError:
        return False
