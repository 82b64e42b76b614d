"""What members hear of what they have for their points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice
from storage.gift import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut(Notice):
    """It was handed out at the counter."""

    kind: ClassVar[str] = "redemption_handed_out"
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack(Notice):
    """The counter has taken that back: it waits there again."""

    kind: ClassVar[str] = "redemption_handed_back"
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionReturned(Notice):
    """It cannot be given, and the points are back."""

    kind: ClassVar[str] = "redemption_returned"
    item: str
    points: int
    trouble: Trouble
    """Why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionExpired(Notice):
    """Nobody came for it, and the points are back."""

    kind: ClassVar[str] = "redemption_expired"
    item: str
    points: int
