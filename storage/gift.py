"""A Telegram gift on its way to whoever has earned it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from storage.frozen import frozen

if TYPE_CHECKING:
    from storage.facts import GrantId
    from storage.records import PersonId


class GiftState(StrEnum):
    """Where the sending of a gift stands; what was never tried has no row."""

    STUCK = "stuck"
    """Surely not sent; tried again when it is due."""
    SENDING = "sending"
    """Claimed: from here on it may arrive."""
    UNKNOWN = "unknown"
    """Nobody can say whether it arrived; never tried again by itself."""
    SENT = "sent"
    """It is there, by Telegram's word or by somebody's of the team."""


class Trouble(StrEnum):
    """Why a gift could not be sent."""

    NONE = ""
    """It was a matter of seconds: the way to Telegram was not there."""
    DECLINED = "declined"
    """The member takes no gifts of this kind."""
    BALANCE = "balance"
    """The bot has too few Stars."""
    GONE = "gone"
    """Telegram has no such gift for bots, or none any more."""
    UNREACHABLE = "unreachable"
    """Telegram finds nobody there, or the bot is blocked."""
    REFUSED = "refused"
    """For a reason of Telegram's own."""


@frozen
class DueGift:
    """A gift that somebody has earned, and that can be tried now."""

    grant_id: GrantId
    person_id: PersonId
    telegram_id: int
    language: str
    """Chosen, or Telegram's tag of it; perhaps empty."""
    gift: str
    """Telegram's id of it."""


@frozen
class GiftRow:
    """A gift that was tried, and has not arrived for sure."""

    grant_id: GrantId
    person_id: PersonId
    gift: str
    state: GiftState
    trouble: Trouble
    error: str
    """Telegram's words, where it said something."""
    stars: int
    """What it costs; 0 where that is not known."""
    tried_at: int
