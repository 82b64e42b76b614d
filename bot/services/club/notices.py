"""What is told of coupons for whoever comes first."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class DropMissed(Notice):
    """To a member who came when all were taken. Whoever was in time hears of their coupon."""

    kind: ClassVar[str] = "drop_missed"
    drop_name: str
    quantity: int
    all_taken: bool = True
    """Else the shop has ended it before."""


@frozen
class DropAnnounced(Notice):
    """To the announce chat: there is something for whoever comes first."""

    kind: ClassVar[str] = "drop_announced"
    drop_name: str
    quantity: int
