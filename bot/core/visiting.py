"""Who comes to the web side by a link, and whether that counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b

from bot.core.codes import CODE_LENGTH, Payload

HOUR_SECONDS = 3600
DAY_SECONDS = 24 * HOUR_SECONDS
SALT_BYTES = 32

SHOPS_CARD = "card"
"""Stands in the address of the shop's own card where a code would; no code is so short."""

_TAIL = re.compile(rf"([0-9A-Za-z]{{{CODE_LENGTH}}})(?:-([a-z0-9]{{1,16}}))?(?![0-9A-Za-z])")

_CARD = re.compile(rf"(?:([0-9A-Za-z]{{{CODE_LENGTH}}})(?:-([a-z0-9-]{{1,40}}))?|.*)\.jpg", re.DOTALL)

_PREVIEWS = re.compile(
    r"(?<!cu)bot(?![a-z])|crawl|spider|preview|slurp"
    r"|facebookexternalhit|facebookcatalog|facebot|^whatsapp/|line-poker|kakaotalk-scrap|vkshare|^viber|^signal"
    r"|embedly|iframely|outbrain|quora link|tumblr/|pinterest/0|snap url|validator|unfurl|opengraph|oembed"
    r"|google-pagerenderer|google-inspectiontool"
)
"""Who fetches a page to show it to somebody else, or to list it. Browsers inside apps (`Line/`, `MicroMessenger`, `Weibo`,
`FBAN`) belong to people and are none of these; Cubot makes telephones."""

_PROGRAMS = re.compile(
    r"^$|^(curl|wget|python|aiohttp|httpx|go-http|okhttp|java|ruby|perl|php|node|axios|libwww|lua|postman|insomnia)\b"
    r"|schemathesis|^go "
)
"""Programs that are nobody's browser."""


class Reader(Enum):
    """Who reads an answer of the web side."""

    PERSON = auto()
    PREVIEW = auto()
    """Fetches the page to show it elsewhere, or to list it."""
    PROGRAM = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """How somebody opened a link."""

    method: str
    agent: str
    purpose: str = ""
    """What the browser says of fetching ahead: the values of `Purpose`, `Sec-Purpose` and `X-Moz`."""


@dataclass(frozen=True, slots=True)
class CardName:
    """Whose card, and with which story; both empty where the address says something that cannot be."""

    code: str
    story: str
    is_shops: bool = False
    """Asks for the shop's own card by its name."""


def parse_tail(tail: str) -> Payload | None:
    """Read what follows `/r/`. Whatever a chat took along with the link, a full stop or a bracket, does no harm."""
    match = _TAIL.match(tail)
    return Payload(match[1], match[2] or "") if match else None


def parse_card(file: str) -> CardName | None:
    """Read what follows `/c/`: `<code>.jpg`, or `<code>-<story>.jpg`; None for what is no picture."""
    match = _CARD.fullmatch(file)
    shops = file == f"{SHOPS_CARD}.jpg"
    return CardName(match[1] or "", match[2] or "", is_shops=shops) if match else None


def decide_reader(agent: str) -> Reader:
    """Who reads, by the `User-Agent`."""
    lower = agent.lower()
    if _PREVIEWS.search(lower):
        return Reader.PREVIEW
    return Reader.PROGRAM if _PROGRAMS.search(lower) else Reader.PERSON


def decide_counts(approach: Approach) -> bool:
    """A click is a person's GET; asking for the head, previews, programs and fetching ahead are none."""
    if approach.method != "GET" or re.search("prefetch|preview", approach.purpose.lower()):
        return False
    return decide_reader(approach.agent) is Reader.PERSON


def compute_visitor(salt: bytes, address: str, agent: str) -> str:
    """A name for a visitor that only today's salt can make again, and nobody can turn back."""
    return blake2b(f"{address}\n{agent}".encode("utf-8", "replace"), key=salt, digest_size=16).hexdigest()


def compute_hour(now: int) -> int:
    """The hour since 1970 of a moment in microseconds."""
    return now // (HOUR_SECONDS * 1_000_000)
