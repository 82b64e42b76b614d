"""Who is credited for somebody who comes into the community chat, for how long, and what the bot needs there."""

from __future__ import annotations

from enum import StrEnum

from bot.core.durations import DAY
from storage.frozen import frozen
from storage.records import PersonId

SOURCE = "chat"
"""The source of a referral that came by a member's personal link to the chat."""

"""Microseconds."""


@frozen
class Coming:
    """Somebody comes into the chat by a member's personal link."""

    first: bool
    """Nothing was ever seen of them there."""
    newcomer_id: PersonId | None
    """None for somebody whom the bot has not met."""
    started_at: int | None
    inviter_id: PersonId


def decide_credited(coming: Coming, *, now: int, claim_days: int) -> bool:
    """Whether the owner of the link brought them.

    Not who was in the chat before, nor oneself; and who has been a member for longer than the
    campaign lets newcomers say by whom they came is no newcomer any more.
    """
    stranger = coming.newcomer_id != coming.inviter_id
    new_here = coming.started_at is None or now < coming.started_at + claim_days * DAY
    return coming.first and stranger and new_here


def decide_held(*, now: int, since: int, hold_days: int) -> bool:
    """Whether what was credited at `since` is still taken back from who leaves `now`."""
    return now < since + hold_days * DAY


def decide_lapsed(*, now: int, joined_at: int, credit_days: int | None) -> bool:
    """Whether a friend who came at `joined_at` and does not count yet has taken too long; None for never."""
    return credit_days is not None and now >= joined_at + credit_days * DAY


class ChatProblem(StrEnum):
    """What keeps the bot from its work in the chat; each has a sentence of its own for the admins."""

    NO_CHAT = "no_chat"
    """There is no such chat, or the bot was never in it."""
    NO_ADMIN = "no_admin"
    """The bot is not an admin there, and so hears nothing of who comes and goes."""
    NO_INVITING = "no_inviting"
    """The bot is an admin without the right to invite."""
    NOT_INSIDE = "not_inside"
    """The bot is not in the chat, or not any more."""
    OTHER_CHAT = "other_chat"
    """The chat's name leads to another chat now: whoever took it over is not asked in."""
    NO_POSTING = "no_posting"
    """The bot is in the chat and may not write there."""
    NO_VAULT = "no_vault"
    """The vault takes no pictures."""
    NO_STAFF = "no_staff"
    """The team's group takes no messages."""


def decide_problem(*, admin: bool, may_invite: bool) -> ChatProblem | None:
    """What is missing first; None where all is well."""
    if not admin:
        return ChatProblem.NO_ADMIN
    return None if may_invite else ChatProblem.NO_INVITING
