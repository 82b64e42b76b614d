"""What a friend still misses to count, when the friend may be reminded of it, and which story is fresh."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.core.campaigns.pulse import AskRules
from bot.core.durations import DAY
from storage.records import Person, Referral, ReferralState, Reminder

"""Microseconds."""

REST_DAYS = 7
"""A friend is reminded at most once in so many days."""


class Missing(StrEnum):
    """The next step of a friend who does not count yet."""

    BOT = "bot"
    """Has not opened the bot: nobody can be written to before."""
    COMMUNITY = "community"
    """Is not in the community chat yet."""
    CHECKED = "checked"
    """Somebody of the team looks first: nothing for the friend to do."""


class Reminding(StrEnum):
    """What becomes of the wish to remind a friend."""

    DONE = "done"
    TOO_SOON = "too_soon"
    DECLINED = "declined"
    """The friend asked for no more reminders."""
    UNREACHABLE = "unreachable"
    """The friend has blocked the bot."""
    NOT_STARTED = "not_started"
    OVER = "over"
    """Nothing is missing any more, or the referral was taken back."""
    NOBODY = "nobody"
    """No friend of this member's."""


class Ask(StrEnum):
    """What becomes of a good moment to offer a member their card."""

    NOW = "now"
    MORNING = "morning"
    """It is one, in the quiet hours of the member: as soon as they are over."""
    NEVER = "never"


def decide_ask(person: Person, *, rules: AskRules, resting: bool, held_out: bool, quiet: bool, now: int) -> Ask:
    """Whether a member is asked to share now: one budget for all reasons, and nobody who is displeased.

    Args:
        person: Who would be asked.
        rules: How often anybody is.
        resting: They were displeased lately.
        held_out: They are among those whom nobody asks, so that one sees what asking brings.
        quiet: It is night where they are.
        now: The moment.
    """
    spent = person.nudged_at is not None and now < person.nudged_at + rules.every_days * DAY
    if resting or held_out or spent or not person.is_member or person.blocked_at is not None or not person.nudges:
        return Ask.NEVER
    return Ask.MORNING if quiet else Ask.NOW


def decide_missing(referral: Referral, invitee: Person) -> Missing | None:
    """What is missing first; None where the friend counts, or never will."""
    if referral.state is not ReferralState.WAITING:
        return None
    return Missing.COMMUNITY if invitee.is_member else Missing.BOT


def decide_reminding(referral: Referral, invitee: Person, reminder: Reminder | None, *, now: int) -> Reminding:
    """Whether a friend may be reminded now; what would be the kindest to hear comes first."""
    if referral.state is not ReferralState.WAITING:
        return Reminding.OVER
    if not invitee.is_member:
        return Reminding.NOT_STARTED
    if reminder is not None and reminder.declined:
        return Reminding.DECLINED
    if invitee.blocked_at is not None:
        return Reminding.UNREACHABLE
    if reminder is not None and reminder.reminded_at is not None and now < compute_next(reminder.reminded_at):
        return Reminding.TOO_SOON
    return Reminding.DONE


def compute_next(reminded_at: int) -> int:
    """From when on a friend may be reminded again."""
    return reminded_at + REST_DAYS * DAY


def choose_fresh_story(keys: Sequence[str], last: str) -> str:
    """The story that follows the one shared last, round and round; the first where that one is unknown."""
    return keys[(keys.index(last) + 1) % len(keys)] if last in keys else keys[0]
