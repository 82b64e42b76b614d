"""A kind word to a friend who does not count yet, and to a member who has been quiet."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.pulse import AskCause
from storage.records import PersonId, ReferralId


@frozen
class Reminder(Notice):
    """To a friend: what is missing until `points` are there."""

    kind: ClassVar[str] = "reminder"
    inviter: PersonId
    referral: ReferralId
    points: int


@frozen
class Nudge(Notice):
    """To a member: a fresh story to share, named by its key."""

    kind: ClassVar[str] = "nudge"
    story: str


@frozen
class CardOffered(Notice):
    """To a member: something went well yesterday, and their card comes behind."""

    kind: ClassVar[str] = "card_offered"
    moment: AskCause
