"""Which addresses Telegram takes in a button or a text link, and how it words its refusals.

The rules follow the server's URL parser: an address is `[scheme://][user@]host[:port][/path]`, so that `mailto:…` and
`tel:…` read as a host with a wrong port, and a host needs a dot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCHEME = re.compile(r"([^:/?#@\[\]]*)://", re.DOTALL)
_AUTHORITY = re.compile(r"[^/?#]*", re.DOTALL)
_ALLOWED = re.compile(r"(?:[A-Za-z0-9._!$,~*'();&+=:-]|%[0-9a-fA-F]{2}|[^\x00-\x7f])*")
_APP_HOSTS = {
    "tg": re.compile(r"[A-Za-z0-9_-]*"),
    "ton": re.compile(r"[A-Za-z0-9_-]*"),
    "tonsite": re.compile(r"[A-Za-z0-9._-]*"),
}


class BadUrlError(Exception):
    """An address Telegram refuses; the text is its reason."""


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    user: str
    host: str
    port: int
    rest: str

    def join(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        rest = self.rest if self.rest.startswith("/") else f"/{self.rest}"
        return f"{self.scheme}://{user}{self.host}{port}{rest}"


def check_url(url: str, *, https_only: bool = False) -> str:
    """Return the address as Telegram keeps it, or raise BadUrlError."""
    scheme, link = _split_app_scheme(url)
    parts = _parse(link)
    if https_only and (scheme or parts.scheme != "https"):
        raise BadUrlError("Only HTTPS links are allowed")
    if scheme:
        return _check_app_link(scheme, link, parts)
    if "." not in parts.host and not parts.host.startswith("["):
        raise BadUrlError("Wrong HTTP URL")
    return parts.join()


def _split_app_scheme(url: str) -> tuple[str, str]:
    head, colon, rest = url.partition(":")
    if colon and head.lower() in _APP_HOSTS:
        return head.lower(), rest.removeprefix("//")
    return "", url


def _check_app_link(scheme: str, link: str, parts: _Parts) -> str:
    is_foreign = link.lower().startswith("http://") or parts.scheme == "https" or parts.user or parts.port
    if is_foreign or not _APP_HOSTS[scheme].fullmatch(parts.host):
        raise BadUrlError(f"Wrong {scheme} URL")
    return f"{scheme}://{parts.host}{parts.rest}"


def _parse(url: str) -> _Parts:
    scheme, rest = "http", url
    if found := _SCHEME.match(url):
        scheme, rest = found[1].lower(), url[found.end() :]
    if scheme not in {"http", "https"}:
        raise BadUrlError("Unsupported URL protocol")
    authority = _AUTHORITY.match(rest)
    assert authority is not None
    host, port = _split_port(authority[0])
    user, _, host = host.rpartition("@")
    if not host:
        raise BadUrlError("URL host is empty")
    _check_characters(user, "userinfo")
    _check_characters(host.strip("[]"), "host")
    return _Parts(scheme, user, host.lower(), port, rest[authority.end() :].rstrip())


def _split_port(authority: str) -> tuple[str, int]:
    cut = max(authority.rfind(mark) for mark in ":]@")
    if cut <= 0 or authority[cut] != ":":
        return authority, 0
    digits = authority[cut + 1 :]
    if not re.fullmatch(r"[0-9]+", digits) or not 0 < int(digits) <= 65535:
        raise BadUrlError("Wrong port number specified in the URL")
    return authority[:cut], int(digits)


def _check_characters(part: str, name: str) -> None:
    if not _ALLOWED.fullmatch(part):
        raise BadUrlError(f"Disallowed character in the URL {name}")
