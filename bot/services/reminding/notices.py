"""A kind word to a friend who does not count yet, and to a member who has been quiet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice
from storage.pulse import AskCause
from storage.records import PersonId, ReferralId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Notice):
    """To a friend: what is missing until `points` are there."""

    kind: ClassVar[str] = "reminder"
    inviter: PersonId
    referral: ReferralId
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge(Notice):
    """To a member: a fresh story to share, named by its key."""

    kind: ClassVar[str] = "nudge"
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOffered(Notice):
    """To a member: something went well yesterday, and their card comes behind."""

    kind: ClassVar[str] = "card_offered"
    moment: AskCause
