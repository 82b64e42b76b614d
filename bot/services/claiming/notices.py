"""What the one who was named hears of it."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.records import PersonId, ReferralId


@frozen
class FriendClaimed(Notice):
    """A newcomer says that it was you; with the way to say that it was not."""

    kind: ClassVar[str] = "friend_claimed"
    friend: PersonId
    referral: ReferralId
    points: int
    waits: bool
    """The points come later: the friend is not in the community chat yet."""
