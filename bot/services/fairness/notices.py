"""What people hear of a friend who is looked at."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.records import PersonId


@frozen
class FriendHeld(Notice):
    """To the inviter: the friend is looked at until a moment, before or instead of counting."""

    kind: ClassVar[str] = "friend_held"
    friend: PersonId
    until: int
    counted: bool = False
    """Had counted already."""


@frozen
class WelcomeHeld(Notice):
    """To a newcomer who came by a friend and whose coming is looked at until a moment."""

    kind: ClassVar[str] = "welcome_held"
    inviter: PersonId
    points: int
    until: int
    counted: bool = False
    """Had counted already, and is no newcomer."""


@frozen
class CaptchaAsked(Notice):
    """To a newcomer who is asked to show that they are a person."""

    kind: ClassVar[str] = "captcha_asked"
    inviter: PersonId
    referral: int


@frozen
class FriendRefused(Notice):
    """To the inviter: the friend does not count. It can be objected to once."""

    kind: ClassVar[str] = "friend_refused"
    friend: PersonId
    referral: int
    ground: str
    appealed: bool = False
    """This is the answer to an objection, and there is no further one."""


@frozen
class ReviewWaiting(Notice):
    """To somebody who decides: friends wait to be looked at."""

    kind: ClassVar[str] = "review_waiting"
    count: int
    appeal: bool = False
    """One of them because somebody has objected."""
