"""What members and the team hear of coupons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from bot.services.notices import Notice
from storage.facts import PoolLevel


class Given(StrEnum):
    """How it came that somebody has a coupon."""

    AT_ONCE = "at_once"
    WAITED = "waited"
    """The shop had none at first."""
    REPLACED = "replaced"
    """The one before had expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponGiven(Notice):
    """Here is your coupon."""

    kind: ClassVar[str] = "coupon_given"
    pool: str
    code: str
    expires_at: int = 0
    """0 for one that stays."""
    given: Given = Given.AT_ONCE
    rule: str = ""
    """By which it came, as `bot.services.rewards.notices.write_rule` wrote it; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponAwaited(Notice):
    """It comes as soon as the shop has new ones."""

    kind: ClassVar[str] = "coupon_awaited"
    pool: str
    given: Given = Given.AT_ONCE
    """`REPLACED`: the one before has expired."""
    rule: str = ""
    """Likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponOver(Notice):
    """Its time is over, and there is no other."""

    kind: ClassVar[str] = "coupon_over"
    pool: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponTaken(Notice):
    """It was taken back."""

    kind: ClassVar[str] = "coupon_taken"
    pool: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUsed(Notice):
    """The counter has taken it; or a slip there was put right."""

    kind: ClassVar[str] = "coupon_used"
    pool: str
    code: str
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLow(Notice):
    """To whoever runs the shop: there are few coupons left, or none."""

    kind: ClassVar[str] = "coupon_pool_low"
    pool: str
    level: PoolLevel
    left: int = 0
