"""Points that the team gives by hand: how many, to whom, and how what was typed is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from bot.core.durations import DAY
from bot.core.names import clean_text
from bot.core.numbers import parse_whole_number
from bot.core.setting import Setting
from storage.frozen import frozen
from storage.role import Role

REASON = "by_hand"
"""Why points moved, as the ledger says it."""

REASON_LIMIT = 120
"""Code points of what the team says of it."""

POINTS_LIMIT = 1_000_000

USUAL_LIMITS = "owner=1000, manager=300, staff=100"

_ORDER = re.compile(r"(?P<who>.+?)\s+\+?(?P<points>\d{1,9})(?:\s+(?P<reason>.+))?", re.DOTALL)


class Outcome(Enum):
    """What came of it."""

    GIVEN = auto()
    ONESELF = auto()
    LIMIT = auto()
    """More than there is left for today."""
    PROMISED = auto()
    """More than the shop promises its members in all."""
    NOBODY = auto()
    """Who it was for is no member any more."""


@frozen
class Order:
    """`/grant @name 50 for the music`, read."""

    who: str
    points: int
    reason: str
    """Empty where none was typed."""


def parse_order(text: str) -> Order | None:
    """Read who, how many and why, in one line; None for anything else."""
    found = _ORDER.fullmatch(text.strip())
    points = parse_points(found["points"]) if found else None
    if found is None or points is None:
        return None
    return Order(who=found["who"], points=points, reason=clean_reason(found["reason"] or ""))


def parse_points(text: str) -> int | None:
    """Read a number of points, 1 at least."""
    return parse_whole_number(text, POINTS_LIMIT)


def clean_reason(text: str) -> str:
    """What is said of it, made harmless."""
    return clean_text(text, limit=REASON_LIMIT)


def parse_limits(text: str) -> Mapping[Role, int]:
    """Read how many points each role may give a day; a role that is not named may give none.

    Raises:
        ValueError: what is wrong with it.
    """
    limits: dict[Role, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, number = (each.strip() for each in part.partition("="))
        if name not in {Role.OWNER, Role.MANAGER, Role.STAFF} or not number.isdecimal() or len(number) > 9:
            raise ValueError("names no numbers for owner, manager or staff")
        limits[Role(name)] = int(number)
    return limits


def decide_given(*, to_oneself: bool, points: int, left: int) -> Outcome:
    """Whether so many may be given."""
    if to_oneself:
        return Outcome.ONESELF
    return Outcome.GIVEN if points <= left else Outcome.LIMIT


def decide_returnable(given_at: int, now: int) -> bool:
    """Whether an owner can still take it back: within a day."""
    return now < given_at + DAY


GRANT_LIMITS = Setting(
    name="GRANT_LIMITS",
    default=USUAL_LIMITS,
    parse=parse_limits,
    right=f"Write how many points each role may give by hand a day, like {USUAL_LIMITS}.",
)
