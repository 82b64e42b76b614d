"""How a campaign stands."""

from __future__ import annotations

from enum import StrEnum


class CampaignState(StrEnum):
    """What an owner has said of a campaign; times of its own may begin or end it as well."""

    DRAFT = "draft"
    """Nobody has been promised anything yet."""
    RUNNING = "running"
    PAUSED = "paused"
    """Hands out nothing new; what it has promised holds."""
    ENDED = "ended"
