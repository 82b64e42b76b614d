"""Who comes to the web side by a link, and whether that counts."""

from __future__ import annotations

import re
from enum import Enum, auto
from hashlib import blake2b

from bot.core.addresses import compute_neighbourhood
from bot.core.durations import HOUR
from bot.core.links import CODE_LENGTH
from bot.core.sharing import CardFormat
from storage.frozen import frozen

SALT_BYTES = 32

SHOPS_CARD = "card"
"""Stands in the address of the shop's own card where a code would; no code is so short."""

_FORMATS = "|".join(each.value for each in CardFormat if each is not CardFormat.CARD)
_CARD = re.compile(
    rf"(?:([0-9A-Za-z]{{{CODE_LENGTH}}})(?:-([a-z0-9-]{{1,40}}))?|{SHOPS_CARD}|.*?)(?:\.({_FORMATS}))?\.jpg", re.DOTALL
)

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
"""Programs that are nobody's browser, whatever else they say."""


_COMPATIBLE = re.compile(r"\(compatible; (?!msie|konqueror)")
"""How programs name themselves that want to be served like a browser; of browsers only two ever did."""


class Reader(Enum):
    """Who reads an answer of the web side."""

    PERSON = auto()
    PREVIEW = auto()
    """Fetches the page to show it elsewhere, or to list it."""
    UNKNOWN = auto()
    """May be either: is given what unfolds, and what moves a person on."""


@frozen
class Approach:
    """How somebody opened a link."""

    method: str
    agent: str
    fetch_mode: str = ""
    """`Sec-Fetch-Mode`: browsers say with it whether a page is opened, and no page can make them lie."""
    accept: str = ""
    languages: str = ""
    """`Accept-Language`."""
    purpose: str = ""
    """What the browser says of fetching ahead: the values of `Purpose`, `Sec-Purpose` and `X-Moz`."""


@frozen(kw_only=False)
class CardName:
    """Whose card, and with which story; both empty where the address says something that cannot be."""

    code: str
    story: str
    is_shops: bool = False
    """Asks for the shop's own card by its name."""
    format: CardFormat = CardFormat.CARD


def parse_card(file: str) -> CardName | None:
    """Read what follows `/c/`: `<code>[-<story>][.<format>].jpg`; None for what is no picture."""
    match = _CARD.fullmatch(file)
    if match is None:
        return None
    wanted = CardFormat(match[3]) if match[3] else CardFormat.CARD
    shops = file.partition(".")[0] == SHOPS_CARD
    return CardName(match[1] or "", match[2] or "", is_shops=shops, format=wanted)


def decide_reader(approach: Approach) -> Reader:
    """Who reads: by what browsers send when somebody opens a page, and only then by name."""
    if approach.fetch_mode == "navigate":
        return Reader.PERSON
    agent = approach.agent.lower()
    if _PREVIEWS.search(agent):
        return Reader.PREVIEW
    if approach.fetch_mode or _PROGRAMS.search(agent):
        return Reader.UNKNOWN
    return Reader.PERSON if _asks_like_a_browser(approach, agent) else Reader.UNKNOWN


def _asks_like_a_browser(approach: Approach, agent: str) -> bool:
    """Browsers too old to say what they are doing, and those inside apps."""
    if _COMPATIBLE.search(agent):
        return False
    return agent.startswith("mozilla/") and "text/html" in approach.accept and bool(approach.languages)


def decide_counts(approach: Approach) -> bool:
    """A click is a person's GET; asking for the head, previews, the unknown and fetching ahead are none."""
    if approach.method != "GET" or re.search("prefetch|preview", approach.purpose.lower()):
        return False
    return decide_reader(approach) is Reader.PERSON


def compute_visitor(salt: bytes, address: str) -> str:
    """A name for whoever comes from an address (IPv6: a network), that only today's salt can make again and nobody can turn back.

    The browser has no part in it: it is whatever a stranger says.
    """
    return blake2b(compute_neighbourhood(address).encode("utf-8", "replace"), key=salt, digest_size=16).hexdigest()


def compute_hour(now: int) -> int:
    """The hour since 1970 of a moment in microseconds."""
    return now // HOUR
