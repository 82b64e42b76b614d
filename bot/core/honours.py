"""Levels of honour: which tier somebody has by the friends who count, until when, and what the next one takes."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence

from bot.core.campaigns.tiers import Tier
from bot.core.durations import DAY
from storage.frozen import frozen

TAG_LIMIT = 16
"""Characters of a member's tag (https://core.telegram.org/bots/api#setchatmembertag); emoji are not allowed in it."""

FindNth = Callable[[int], int | None]
"""When the n-th latest friend came of those who count; None where there are not so many."""


@frozen
class Honour:
    """What somebody is."""

    tier: str = ""
    """The key; empty for none."""
    until_at: int | None = None
    """The tier lasts until then by itself; None for ever."""


def decide_honour(tiers: Sequence[Tier], score: int, find_nth: FindNth, now: int) -> Honour:
    """The highest tier whose friends are there: ever, or within its days."""
    for tier in sorted(tiers, key=lambda tier: -tier.friends):
        if score < tier.friends:
            continue
        if tier.period_days is None:
            return Honour(tier=tier.key)
        came_at = find_nth(tier.friends)
        if came_at is not None and came_at + tier.period_days * DAY > now:
            return Honour(tier=tier.key, until_at=came_at + tier.period_days * DAY)
    return Honour()


def decide_matters(tiers: Sequence[Tier], score: int) -> bool:
    """Whether a tier can come or go with the friend who makes it so many, or would have made it one more."""
    return any(tier.period_days is not None or tier.friends in (score, score + 1) for tier in tiers)


def find_next(tiers: Sequence[Tier], tier: str) -> Tier | None:
    """The tier above; the lowest, for who has none."""
    own = next((each.friends for each in tiers if each.key == tier), 0)
    return min((each for each in tiers if each.friends > own), key=lambda each: each.friends, default=None)


def decide_rises(tiers: Sequence[Tier], before: str, after: str) -> bool:
    """Whether a change of tier is one to be proud of; a tier that is no more counts for none."""
    friends = {tier.key: tier.friends for tier in tiers}
    return friends.get(after, 0) > friends.get(before, 0)


def compute_tiers_digest(tiers: Sequence[Tier], language: str, chat_id: int | None = None) -> str:
    """What decides who has which tier and is tagged how, in a few letters: all else may change without anybody being looked at.

    Args:
        tiers: In any order.
        language: Of the tags.
        chat_id: The community chat; None where there is none.
    """
    told = sorted((tier.friends, tier.key, tier.period_days, compute_told(tier, language, chat_id)) for tier in tiers)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16] if told else ""


def compute_told(tier: Tier | None, language: str, chat_id: int | None) -> str:
    """Where somebody of a tier is called what, as it is kept; empty where nobody is tagged."""
    return f"{chat_id}:{compute_tag(tier.say(language)) if tier is not None else ''}" if chat_id is not None else ""


def compute_tag(name: str) -> str:
    """A tier's name as the tag of a member in a group: without emoji, at most 16 characters."""
    plain = "".join(sign for sign in name if unicodedata.category(sign) not in {"So", "Sk", "Cf", "Cs", "Co", "Cn"})
    return " ".join(plain.split())[:TAG_LIMIT].rstrip()
