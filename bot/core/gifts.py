"""Telegram gifts: what there is, who takes them, and why one cannot be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from storage.frozen import frozen
from storage.gift import Trouble

RETRY_SECONDS: Mapping[Trouble, int] = MappingProxyType({Trouble.NONE: 60, Trouble.BALANCE: 900})
"""Until a gift is tried again: soon where Stars may have come; for all else see `PATIENCE_SECONDS`."""

PATIENCE_SECONDS = 6 * 3600
"""Until it is tried again where somebody has to change something, and is told so."""

WORDS_LIMIT = 128
"""Characters that may go with a gift: Bot API, sendGift."""


@frozen
class Offer:
    """A gift that Telegram lets bots send."""

    stars: int
    is_limited: bool
    """There are only so many of it."""
    left: int | None
    """How many the bot can send still; None for as many as are wanted."""


@frozen
class Accepted:
    """Which gifts somebody takes."""

    unlimited: bool
    limited: bool


def parse_offers(gifts: Mapping[str, Any]) -> dict[str, Offer]:
    """What getAvailableGifts says, by the id of each gift."""
    return {str(each["id"]): _read_offer(each) for each in gifts["gifts"]}


def parse_accepted(chat: Mapping[str, Any]) -> Accepted:
    """What getChat says of somebody's chat; where it says nothing, Telegram may decide."""
    types = chat.get("accepted_gift_types", {})
    return Accepted(unlimited=types.get("unlimited_gifts", True), limited=types.get("limited_gifts", True))


def decide_trouble(offer: Offer | None, accepted: Accepted, balance: int) -> Trouble:
    """Why a gift cannot be sent now; `Trouble.NONE` where it can.

    What no Stars would mend is said first: nobody shall buy some in vain.
    """
    if offer is None or offer.left == 0:
        return Trouble.GONE
    if not (accepted.limited if offer.is_limited else accepted.unlimited):
        return Trouble.DECLINED
    return Trouble.BALANCE if balance < offer.stars else Trouble.NONE


def read_refusal(words: str) -> Trouble:
    """Why Telegram has refused to send a gift, by its words."""
    found = (trouble for trouble, pattern in _WORDS.items() if pattern.search(words))
    return next(found, Trouble.REFUSED)


def compute_due(trouble: Trouble, now: int) -> int:
    """When a gift is tried again."""
    return now + RETRY_SECONDS.get(trouble, PATIENCE_SECONDS) * 1_000_000


def _read_offer(said: Mapping[str, Any]) -> Offer:
    counts = [said[name] for name in ("remaining_count", "personal_remaining_count") if name in said]
    limits = {"total_count", "remaining_count", "personal_total_count", "personal_remaining_count"}
    return Offer(stars=said["star_count"], is_limited=not limits.isdisjoint(said), left=min(counts, default=None))


_WORDS: Mapping[Trouble, re.Pattern[str]] = MappingProxyType(
    {
        Trouble.DECLINED: re.compile(
            r"disallowed|privacy_(?:premium_)?re(?:quired|stricted)|user_privacy", re.IGNORECASE
        ),
        Trouble.BALANCE: re.compile(r"balance_too_low|not enough (?:telegram )?stars", re.IGNORECASE),
        Trouble.GONE: re.compile(
            r"gift[ _](?:is )?(?:not[ _]found|invalid|(?:user_)?usage_limited)|sold out", re.IGNORECASE
        ),
        Trouble.UNREACHABLE: re.compile(
            r"blocked|deactivated|(?:chat|user|receiver)[a-z ]* not found|(?:peer|user|to)_id_invalid|no access to",
            re.IGNORECASE,
        ),
    }
)
"""In the words of the Bot API's server, and those of the API behind it, which come through as they are."""
