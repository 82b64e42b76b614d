"""A friend who is looked at before the recommendation counts, or while it does not count any more."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from storage.frozen import frozen

if TYPE_CHECKING:
    from storage.records import PersonId, ReferralId

Evidence = tuple[tuple[str, tuple[int, ...]], ...]
"""Signals by their keys, each with the numbers of its sentence."""


class ReviewState(StrEnum):
    """Where it stands."""

    ASKED = "asked"
    """The friend was asked to show that they are a person."""
    OPEN = "open"
    """It waits for somebody of the team, or for its time to be over."""
    APPROVED = "approved"
    REFUSED = "refused"


class MarkKind(StrEnum):
    """What is remembered of somebody for signals that look back."""

    PAIR = "pair"
    """Two members tried to have brought each other."""
    RING = "ring"
    """So did more of them, in a round."""
    LEFT = "left"
    """Left the community chat."""


@frozen
class ReviewRow:
    """A friend who is, or was, looked at."""

    referral_id: ReferralId
    state: ReviewState
    risk: int
    evidence: Evidence
    counted: bool
    """The friend had counted before."""
    opened_at: int
    due_at: int
    """When it is decided by itself."""
    decided_at: int | None = None
    by_itself: bool = False
    """Nobody decided, but the end of its time."""
    reason: str = ""
    """Why it was refused: a word of the list that the team chooses from."""
    appeal: str = ""
    appealed_by_id: PersonId | None = None
    appealed_at: int | None = None
    answered_at: int | None = None
    """When somebody answered the appeal."""


@frozen
class Trace:
    """A friend who came, as signals see them."""

    referral_id: ReferralId
    inviter_id: PersonId
    invitee_id: PersonId
    telegram_id: int
    first_name: str
    last_name: str
    username: str
    language: str
    """Telegram's tag of it; perhaps empty."""
    joined_at: int
    blocked_at: int | None
    shared: bool
    """Has passed something on since."""


@frozen
class Captcha:
    """What a friend was asked, and what is right."""

    referral_id: ReferralId
    kind: str
    """`picture` or `words`."""
    question: str
    """What is asked for: the name of a picture, or the two numbers of a sum."""
    choices: tuple[str, ...]
    """In the order shown."""
    answer: int
    """The place of what is right, from 0."""
    tries: int
    """How many are left."""
    expires_at: int


@frozen
class Watch:
    """How far the newcomers were looked at, and what is usual here."""

    looked_upto: int = 0
    """Everybody up to this referral was looked at once."""
    settled_upto: int = 0
    """And up to this one a second time, when there was something to know."""
    measured: str = ""
    measured_at: int = 0
