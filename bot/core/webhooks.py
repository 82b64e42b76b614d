"""Telling other systems what happens here: signed, in order, again and again until it has arrived.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from enum import Enum, StrEnum, auto
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.core.durations import DAY, DAY_SECONDS, HOUR_SECONDS, SECOND
from storage.frozen import frozen
from storage.webhook import HookEventId, HookEventKind, WebhookId

VERSION = 1
"""Of what is sent; grows where something of it changes its meaning or goes."""


MOST_WEBHOOKS = 10
LONGEST_URL = 2_000

FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 4 * HOUR_SECONDS
GROWTH = 3
SPREAD = 0.2
"""Of a wait, so much sooner or later: addresses that failed together do not come back together."""

GIVE_UP_AFTER = 3 * DAY
"""An event that is refused for so long, while others arrive, is set aside."""

SWITCH_OFF_AFTER = 5 * DAY
"""An address where nothing has arrived for so long is switched off."""

LONGEST_TOLD_SECONDS = DAY_SECONDS
"""Whoever asks for more time than this is asked again after it."""

GONE = 410
_BUSY = frozenset({429, 503})
"""Answers beside which `Retry-After` is obeyed."""

_ABOUT_ONE = frozenset({400, 409, 413, 415, 422})
"""Answers that speak of what was sent, and not of the address."""

_OWN_NAMES = frozenset({"localhost", "local", "internal", "localdomain", "home", "lan", "intranet", "corp"})
"""Last parts of names that are known within somebody's own network alone."""

_WITH_INNER = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))


class Verdict(Enum):
    """What an answer means."""

    ARRIVED = auto()
    GONE = auto()
    """Nobody listens there any more, and says so."""
    REFUSED = auto()
    """It does not want this one; others may arrive."""
    FAILED = auto()


@frozen
class Answer:
    """What the other side said, or why it said nothing."""

    status: int | None = None
    """None where there was no answer."""
    retry_after: str = ""
    """As the header says it."""
    error: str = ""
    """In a few words, for whoever runs the shop."""


def parse_kinds(said: str) -> list[str] | None:
    """The kinds of events that somebody wants, separated by commas, each once; None where one is unknown or there is none."""
    named = list(dict.fromkeys(word.strip() for word in said.split(",") if word.strip()))
    return named if named and set(named) <= {kind.value for kind in HookEventKind} else None


class UrlFault(StrEnum):
    """Why an address cannot be told anything."""

    NONE_AT_ALL = "none"
    LOGIN = "login"
    FRAGMENT = "fragment"
    OPEN = "open"
    """Everybody on the way can read along."""
    PRIVATE = "private"


_FAULTS: Mapping[UrlFault, str] = MappingProxyType(
    {
        UrlFault.NONE_AT_ALL: "This is no web address. It begins with https:// and has at most 2,000 characters.",
        UrlFault.LOGIN: "Leave name and password out of the address: what is sent is signed instead.",
        UrlFault.FRAGMENT: "Leave out what stands behind the #: it is never sent.",
        UrlFault.OPEN: "The address must begin with https://, so that nobody reads along.",
        UrlFault.PRIVATE: "This address lies within a network of its own; only addresses on the internet are told.",
    }
)


class UrlMistake(ValueError):
    """An address that cannot be told anything; its text says why to whoever runs the program."""

    def __init__(self, fault: UrlFault) -> None:
        super().__init__(_FAULTS[fault])
        self.fault = fault


def check_url(url: str, *, allow_private: bool) -> None:
    """Look at an address before anything is sent there. Names are looked at again each time they are resolved.

    Raises:
        UrlMistake: it is none, is not protected, or lies within somebody's own network.
    """
    fault = find_url_fault(url, allow_private=allow_private)
    if fault is not None:
        raise UrlMistake(fault)


def find_url_fault(url: str, *, allow_private: bool) -> UrlFault | None:
    """What is wrong with an address; None for nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return UrlFault.NONE_AT_ALL
    plain = len(url) <= LONGEST_URL and url.isprintable() and " " not in url and port != 0
    if parts.scheme not in {"http", "https"} or not host or not plain:
        return UrlFault.NONE_AT_ALL
    found = {
        UrlFault.LOGIN: parts.username is not None or parts.password is not None,
        UrlFault.FRAGMENT: bool(parts.fragment),
        UrlFault.PRIVATE: not allow_private and not is_public(host),
        UrlFault.OPEN: not allow_private and parts.scheme != "https",
    }
    return next((fault for fault, is_so in found.items() if is_so), None)


def is_public(host: str) -> bool:
    """Whether something can be sent there: a name, which is resolved and looked at later, or an address on the internet."""
    try:
        address = ip_address(host)
    except ValueError:
        number = host.replace(".", "").isdecimal() or host.lower().startswith("0x")
        return not number and f".{host.rstrip('.')}".rpartition(".")[2] not in _OWN_NAMES
    return is_public_address(address)


def is_public_address(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is somebody's on the internet, also where it is written within another."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _find_inner(address)
        if inner is not None:
            return is_public_address(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _find_inner(address: IPv6Address) -> IPv4Address | None:
    """The address of the older kind that is written into one of these networks."""
    inside = any(address in network for network in _WITH_INNER)
    return IPv4Address(int(address) & 0xFFFF_FFFF) if inside else None


def compose_message_id(webhook_id: WebhookId, event_id: HookEventId) -> str:
    """What an event is known by at one address, however often it comes."""
    return f"evt_{webhook_id}_{event_id}"


def parse_event_id(said: str, webhook_id: WebhookId) -> HookEventId | None:
    """The event of a message's id, or of its bare number; None where it is another address's, or none."""
    _, _, number = said.strip().removeprefix("evt_").rpartition(f"{webhook_id}_")
    return HookEventId(int(number)) if number.isascii() and number.isdecimal() and len(number) < 19 else None


def compose_body(kind: str, happened_at: int, data: Mapping[str, object]) -> bytes:
    """What is sent; the same bytes each time where nobody was forgotten in between."""
    told = {
        "type": kind,
        "version": VERSION,
        "timestamp": datetime.fromtimestamp(happened_at / SECOND, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def decide_answer(answer: Answer) -> Verdict:
    """What an answer means: any 2xx is a yes; redirects are not followed, and are none."""
    if answer.status == GONE:
        return Verdict.GONE
    if answer.status in _ABOUT_ONE:
        return Verdict.REFUSED
    return Verdict.ARRIVED if answer.status is not None and 200 <= answer.status < 300 else Verdict.FAILED


def compute_retry(failures: int, answer: Answer, *, now: int, random: Callable[[], float]) -> int:
    """When to try again after so many failures in a row (from 1), as a moment.

    Args:
        failures: In a row.
        answer: The last one; its `Retry-After` is obeyed where it asks for more time, up to a day.
        now: The moment.
        random: Gives numbers from 0 to 1.
    """
    seconds = min(FIRST_RETRY_SECONDS * GROWTH ** min(failures - 1, 16), LONGEST_RETRY_SECONDS)
    spread = seconds * (1 + SPREAD * (2 * random() - 1))
    told = _read_retry_after(answer, now) if answer.status in _BUSY else 0.0
    return now + int(max(spread, told) * SECOND)


def _read_retry_after(answer: Answer, now: int) -> float:
    """Seconds that the other side asks for: a number or a date."""
    said = answer.retry_after.strip()
    if said.isascii() and said.isdecimal():
        return float(min(int(said[:9]), LONGEST_TOLD_SECONDS))
    try:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- hardly ever

        at = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, min(at.timestamp() - now / SECOND, LONGEST_TOLD_SECONDS))


def decide_given_up(first_tried_at: int | None, arrived_at: int | None, *, now: int) -> bool:
    """Whether an event is set aside: refused for days in which others arrived at the same address."""
    others_arrived = arrived_at is not None and first_tried_at is not None and arrived_at > first_tried_at
    return others_arrived and first_tried_at is not None and now - first_tried_at >= GIVE_UP_AFTER


def decide_switched_off(failing_since: int | None, *, now: int) -> bool:
    """Whether an address is left alone from now on."""
    return failing_since is not None and now - failing_since >= SWITCH_OFF_AFTER


def list_unknown(said: str) -> Collection[str]:
    """What of the named kinds there is not."""
    return [word.strip() for word in said.split(",") if word.strip() not in {kind.value for kind in HookEventKind}]
