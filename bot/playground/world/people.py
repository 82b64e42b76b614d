from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.files import Photo

GIFT_TYPES = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
"""As the Bot API calls them."""


@dataclass(eq=False, slots=True, kw_only=True)
class Person:
    """Somebody with an account, the bot and other bots included."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    is_premium: bool = False
    deactivated: bool = False
    photos: list[Photo] = field(default_factory=list)
    """Profile photos, the newest first."""
    hides_photos: bool = False
    """Whether the bot sees none of them."""
    accepted_gifts: set[str] = field(default_factory=lambda: set(GIFT_TYPES))
    """Which kinds of gifts they take, by the Bot API's names."""
    level: int | None = None
    """Of their account's rating, below zero for a bad one; None where Telegram says nothing of it."""
    hides_forwards: bool = False
    """What they wrote, forwarded, shows their name without a way to reach them."""

    @property
    def full_name(self) -> str:
        """First and last name as the apps show them."""
        return f"{self.first_name} {self.last_name}".strip()

    def render_rating(self) -> dict[str, Any]:
        """Return the Bot API's UserRating under its name, where there is one."""
        if self.level is None:
            return {}
        points = 100 * self.level
        return {"rating": {"level": self.level, "rating": points, "current_level_rating": points}}

    def list_photos(self) -> list[Photo]:
        """Return the profile photos that the bot sees."""
        return [] if self.hides_photos else self.photos

    def render(self) -> dict[str, Any]:
        """Return the Bot API's User."""
        user: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        if self.is_premium:
            user["is_premium"] = True
        return user
