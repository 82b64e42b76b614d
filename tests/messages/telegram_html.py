"""A reader of Telegram's HTML that is stricter than Telegram: what it takes, Telegram takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

_TOKEN = re.compile(
    r"<(?P<end>/)?(?P<tag>[a-z-]+)(?P<attributes>(?: [a-z]+=\"[^\"<>]*\")*)>"
    r"|(?P<entity>&(?:lt|gt|amp|quot);)"
    r"|(?P<text>[^<>&]+)"
)
_ALLOWED = {"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-time"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees, and how many entities it took."""

    text: str
    entities: int

    @property
    def utf16(self) -> int:
        """Length as older clients count."""
        return len(self.text.encode("utf-16-le")) // 2


class Unreadable(Exception):
    """Telegram would refuse it, or show something else than was meant."""


def read_html(html: str) -> Shown:
    """Read it whole.

    Raises:
        Unreadable: at a stray bracket or ampersand, an unknown tag, or tags that do not nest.
    """
    opened: list[str] = []
    visible, entities, place = "", 0, 0
    while place < len(html):
        token = _TOKEN.match(html, place)
        if token is None:
            raise Unreadable(f"{html[place : place + 20]!r} at {place}")
        place = token.end()
        if token["tag"]:
            entities += not token["end"]
            _step(opened, token)
        else:
            visible += unescape(token[0])
    if opened:
        raise Unreadable(f"never closed: {opened}")
    return Shown(visible, entities)


def _step(opened: list[str], token: re.Match[str]) -> None:
    tag = token["tag"]
    if tag not in _ALLOWED or (token["attributes"] and tag not in {"a", "tg-time"}):
        raise Unreadable(token[0])
    if not token["end"]:
        opened.append(tag)
    elif not opened or opened.pop() != tag:
        raise Unreadable(f"{token[0]} closes nothing")
