"""What the handlers are given, composed once by `app`."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Update, User

from bot.core.names import clean_text
from bot.handlers.community.chat import CommunityChat
from bot.messages.shop import Shop
from bot.updates.capability import Registry
from bot.updates.context import PassalongContext
from bot.wire.pictures import Pictures
from bot.wire.snapshot import Snapshot
from storage.records import Profile

NAME_LIMIT = 64
"""Telegram's own limit of a first or last name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """What every handler may need besides the store."""

    snapshot: Snapshot
    """Of the shop, as it was when the update's handling began."""
    registry: Registry
    community: CommunityChat | None = None
    """The chat that friends are invited to."""

    @property
    def shop(self) -> Shop:
        """What screens need to know of the shop."""
        return self.snapshot.shop

    @property
    def pictures(self) -> Pictures:
        """What draws its cards and codes."""
        return self.snapshot.pictures


Context = PassalongContext[Deps]


def visitor_of(update: Update) -> Profile:
    """Who speaks, with cleaned names. Handlers are registered only for updates that somebody sent."""
    user = update.effective_user
    assert user is not None
    return profile_of(user)


def profile_of(user: User) -> Profile:
    """What Telegram says of somebody, cleaned."""
    return Profile(
        telegram_id=user.id,
        first_name=clean_text(user.first_name, limit=NAME_LIMIT),
        last_name=clean_text(user.last_name or "", limit=NAME_LIMIT),
        username=user.username or "",
        telegram_language=user.language_code or "",
    )
