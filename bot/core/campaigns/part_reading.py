"""What somebody types in answer to a question about a rule, an item or a tier; None for what is no answer to it."""

from __future__ import annotations

import re
import unicodedata

from bot.core.campaigns.file import SLUG_LIMIT
from bot.core.campaigns.reward_blocks import NAME_LIMIT
from bot.core.campaigns.tiers import is_emoji
from bot.core.conversions.bodies import is_event_name
from bot.core.coupons.dates import find_day
from bot.core.names import clean_text

MOST_SOURCES = 8

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SOURCE = re.compile(r"[a-z0-9]{1,16}")
_COMMAS = re.compile(r"[,;\s\uff0c\u3001\uff1b]+")
_GIFT = re.compile(r"[0-9]{5,20}")
"""As Telegram numbers them."""


def read_words(said: str, limit: int) -> str | None:
    """A text of 1 to `limit` code points, cleaned."""
    clean = clean_text(said, limit=len(said))
    return clean if 0 < len(clean) <= limit else None


def count_excess(said: str, limit: int) -> int:
    """By how many code points a text is too long; 0 for one that fits."""
    return max(0, len(clean_text(said, limit=len(said))) - limit)


def read_day(said: str) -> str | None:
    """A day as `2026-12-31`, however it is written; None for one that could be two."""
    day = find_day(unicodedata.normalize("NFKC", said))
    return None if day is None else day.isoformat()


def read_slug(said: str) -> str | None:
    """The name of a pool or a label: capitals and gaps are forgiven."""
    slug = "-".join(unicodedata.normalize("NFKC", said).lower().split())
    return slug if len(slug) <= SLUG_LIMIT and _SLUG.fullmatch(slug) else None


def read_event(said: str) -> str | None:
    """What other systems call an event, letter by letter as they do."""
    name = said.strip()
    return name if len(name) <= NAME_LIMIT and is_event_name(name) else None


def read_sources(said: str) -> list[str] | None:
    """The words of one way or several."""
    words = [*dict.fromkeys(filter(None, _COMMAS.split(unicodedata.normalize("NFKC", said).lower())))]
    return words if words and len(words) <= MOST_SOURCES and all(map(_SOURCE.fullmatch, words)) else None


def read_emoji(said: str) -> str | None:
    """One emoji."""
    return said.strip() if is_emoji(said.strip()) else None


def read_gift(said: str) -> str | None:
    """The id of a gift."""
    return said.strip() if _GIFT.fullmatch(said.strip()) else None
