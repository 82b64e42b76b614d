"""Pools of coupons: what they are called, how a code is searched for, and when they run low."""

from __future__ import annotations

import re
import unicodedata

from storage.facts import PoolLevel

POOL_LIMIT = 32
"""Letters of a pool's name, which stands in campaign files and on buttons."""

LOW_SHARE = 10
"""A pool is low once no more than one in so many is left of what it held after the last import."""

_POOL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_NOISE = re.compile(r"[\s\-_.·]+")


def parse_pool(said: str) -> str | None:
    """A pool's name however it was typed: small letters a-z, digits, hyphens between them; None for what cannot be one."""
    name = re.sub(r"\s+", "-", said.strip().lower())
    return name if len(name) <= POOL_LIMIT and _POOL.fullmatch(name) else None


def fold_code(code: str) -> str:
    """A code as it is searched for: without capitals, gaps and hyphens, which people leave out as they type.

    A code that is made of nothing else stays as it is.
    """
    plain = unicodedata.normalize("NFKC", code).casefold()
    return _NOISE.sub("", plain) or plain


def decide_level(ready: int, stocked: int) -> PoolLevel:
    """How full a pool is, of which `stocked` were there after the last import."""
    if ready == 0:
        return PoolLevel.EMPTY
    return PoolLevel.LOW if ready * LOW_SHARE <= stocked else PoolLevel.FULL


def decide_warned(level: PoolLevel, warned: PoolLevel) -> bool:
    """Whether a level is something the team was not told of since the last import."""
    order = list(PoolLevel)
    return order.index(level) > order.index(warned)
