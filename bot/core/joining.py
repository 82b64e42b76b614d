"""Who is credited for a newcomer, and what both sides get."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.core.claiming import Window
from storage.records import PersonId, ReferralId, Side

RULE = "join"
"""The rule that a plain join fulfils; rewards are unique by referral, side and rule."""

REASONS = {Side.INVITER: "invited_friend", Side.INVITEE: "welcome"}
"""Why points move, as the ledger says it; points that go back say it too, so that the two cancel out."""


def compose_reward_key(referral_id: ReferralId, side: Side, rule: str = RULE) -> str:
    """The key of the one transfer that rewards a side of a referral."""
    return f"referral:{referral_id}:{side}:{rule}"


class Attribution(Enum):
    """The decision who is credited for somebody who opened a link."""

    CREDITED = auto()
    UNINVITED = auto()
    UNKNOWN_CODE = auto()
    OWN_CODE = auto()
    ALREADY_MEMBER = auto()
    RETURNING = auto()
    THROTTLED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Somebody opens the bot."""

    visitor_id: PersonId
    newcomer: bool
    """Starts it for the first time."""
    window: Window
    """Whether it can still be said by whom they came."""
    code: bool
    """With a code."""
    inviter_id: PersonId | None
    """Whose it is; None when nobody has that code."""
    throttled: bool


def decide_attribution(opening: Opening) -> Attribution:
    """Who can still say by whom they came is credited to another member, once, by whatever door the code comes.

    A link opened after the bot was started is no worse than one opened before. Everything else has a name of its own.
    """
    if opening.newcomer:
        return _decide_newcomer(opening)
    if not opening.code:
        return Attribution.RETURNING
    if opening.inviter_id == opening.visitor_id:
        return Attribution.OWN_CODE
    if opening.throttled:
        return Attribution.THROTTLED
    if opening.inviter_id is None:
        return Attribution.UNKNOWN_CODE
    return Attribution.CREDITED if opening.window is Window.OPEN else Attribution.ALREADY_MEMBER


def _decide_newcomer(opening: Opening) -> Attribution:
    if not opening.code:
        return Attribution.UNINVITED
    if opening.inviter_id is None:
        return Attribution.UNKNOWN_CODE
    return Attribution.OWN_CODE if opening.inviter_id == opening.visitor_id else Attribution.CREDITED


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Points owed to one side of a referral."""

    side: Side
    person_id: PersonId
    points: int
    reason: str


def compute_grants(
    *, inviter_id: PersonId, invitee_id: PersonId, inviter_points: int, invitee_points: int
) -> tuple[Grant, Grant]:
    """Both sides gain: the inviter for the friend who came, the friend as a welcome."""
    return (
        Grant(side=Side.INVITER, person_id=inviter_id, points=inviter_points, reason=REASONS[Side.INVITER]),
        Grant(side=Side.INVITEE, person_id=invitee_id, points=invitee_points, reason=REASONS[Side.INVITEE]),
    )
