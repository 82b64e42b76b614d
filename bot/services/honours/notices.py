"""What a member hears of their tier."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class TierReached(Notice):
    """To a member who has become something."""

    kind: ClassVar[str] = "tier_reached"
    tier: str
    """The key, as the campaign file names it."""
    asks: bool = True
    """Their card, which shows it, goes behind."""


@frozen
class TierLost(Notice):
    """To a member who is something less now."""

    kind: ClassVar[str] = "tier_lost"
    tier: str
    """What they were."""
    now: str = ""
    """What they are; empty for nothing."""
    lapsed: bool = False
    """The time within which the friends had to come went on; else one of them does not count any more."""
    missing: int = 1
    """How many friends bring it back."""
