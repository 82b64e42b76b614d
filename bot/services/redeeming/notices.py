"""What members hear of what they have for their points."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.gift import Trouble


@frozen
class HandedOut(Notice):
    """It was handed out at the counter."""

    kind: ClassVar[str] = "redemption_handed_out"
    item: str


@frozen
class HandedBack(Notice):
    """The counter has taken that back: it waits there again."""

    kind: ClassVar[str] = "redemption_handed_back"
    item: str


@frozen
class RedemptionReturned(Notice):
    """It cannot be given, and the points are back."""

    kind: ClassVar[str] = "redemption_returned"
    item: str
    points: int
    trouble: Trouble
    """Why not."""


@frozen
class RedemptionExpired(Notice):
    """Nobody came for it, and the points are back."""

    kind: ClassVar[str] = "redemption_expired"
    item: str
    points: int
