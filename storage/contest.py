"""A contest as it is kept, as plain values."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import NewType

from storage.frozen import frozen
from storage.records import CampaignId, PersonId, VersionId

ContestId = NewType("ContestId", int)


class ContestState(StrEnum):
    """Where a contest stands; the last two are final."""

    RUNNING = "running"
    """Friends count, or will."""
    REVIEW = "review"
    """It is over, and the team looks it over before results are told."""
    RELEASED = "released"
    CANCELLED = "cancelled"


@frozen
class ContestRow:
    """A contest; what was promised stands in its version."""

    id: ContestId
    campaign_id: CampaignId
    key: str
    version_id: VersionId
    board_id: int
    state: ContestState
    starts_at: int
    ends_at: int
    seed: bytes = field(repr=False)
    released_at: int | None


@frozen
class Contestant:
    """Somebody who stands in a contest."""

    person_id: PersonId
    name: str
    """As Telegram has it, also of who appears in public without a name; empty for who is forgotten."""
    anonymous: bool
    score: int
    reached_at: int
    reason: str = ""
    """Why they were struck off; empty for who was not."""


@frozen
class Placing:
    """A place that somebody has won."""

    place: int
    person_id: PersonId
    name: str
    anonymous: bool
    score: int
    reached_at: int


@frozen
class Evidence:
    """A friend who counts in a contest."""

    person_id: PersonId
    """Of who brought them."""
    referral_id: int
    friend_id: PersonId
    source: str
    counted_at: int
