"""Who is credited for a newcomer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from bot.core.claiming import Window
from storage.records import PersonId


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
    """Has tried too many codes that nobody has. One that somebody has does all the same what it always does."""


def decide_attribution(opening: Opening) -> Attribution:
    """Who can still say by whom they came is credited to another member, once, by whatever door the code comes.

    A link opened after the bot was started is no worse than one opened before. Everything else has a name of its own.
    """
    if not opening.code:
        return Attribution.UNINVITED if opening.newcomer else Attribution.RETURNING
    if opening.inviter_id == opening.visitor_id:
        return Attribution.OWN_CODE
    if opening.inviter_id is None:
        return Attribution.THROTTLED if opening.throttled else Attribution.UNKNOWN_CODE
    fits = opening.newcomer or opening.window is Window.OPEN
    return Attribution.CREDITED if fits else Attribution.ALREADY_MEMBER
