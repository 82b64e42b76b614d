"""What members and the team hear of coupons."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from bot.services.notices import Notice
from storage.facts import PoolLevel
from storage.frozen import frozen


class Given(StrEnum):
    """How it came that somebody has a coupon."""

    AT_ONCE = "at_once"
    WAITED = "waited"
    """The shop had none at first."""
    REPLACED = "replaced"
    """The one before had expired."""


@frozen
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


@frozen
class CouponAwaited(Notice):
    """It comes as soon as the shop has new ones."""

    kind: ClassVar[str] = "coupon_awaited"
    pool: str
    given: Given = Given.AT_ONCE
    """`REPLACED`: the one before has expired."""
    rule: str = ""
    """Likewise."""


@frozen
class CouponOver(Notice):
    """Its time is over, and there is no other."""

    kind: ClassVar[str] = "coupon_over"
    pool: str
    code: str


@frozen
class CouponTaken(Notice):
    """It was taken back."""

    kind: ClassVar[str] = "coupon_taken"
    pool: str
    code: str


@frozen
class CouponUsed(Notice):
    """The counter has taken it; or a slip there was put right."""

    kind: ClassVar[str] = "coupon_used"
    pool: str
    code: str
    undone: bool = False


@frozen
class PoolLow(Notice):
    """To whoever runs the shop: there are few coupons left, or none."""

    kind: ClassVar[str] = "coupon_pool_low"
    pool: str
    level: PoolLevel
    left: int = 0
