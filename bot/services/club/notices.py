"""What is told of coupons for whoever comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class DropMissed(Notice):
    """To a member who came when all were taken. Whoever was in time hears of their coupon."""

    kind: ClassVar[str] = "drop_missed"
    drop_name: str
    quantity: int
    all_taken: bool = True
    """Else the shop has ended it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAnnounced(Notice):
    """To the announce chat: there is something for whoever comes first."""

    kind: ClassVar[str] = "drop_announced"
    drop_name: str
    quantity: int
