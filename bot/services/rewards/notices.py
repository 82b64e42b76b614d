"""What members hear of what the rules give them."""

from __future__ import annotations

import json
from typing import ClassVar

from bot.core.campaigns.rewards import Rule, compose_rule, parse_rule
from bot.services.notices import Notice
from storage.facts import GrantState
from storage.frozen import frozen


@frozen
class RewardGiven(Notice):
    """Somebody has earned something; `state` says whether it can be used."""

    kind: ClassVar[str] = "reward_given"
    rule: str
    """As it was when it was earned, as a text; `read_rule` reads it."""
    grant: int
    state: GrantState
    points: int = 0
    until: int = 0
    """While it is held: until when."""


@frozen
class RewardFreed(RewardGiven):
    """What was held, or waited for its turn, can be used now."""

    kind: ClassVar[str] = "reward_freed"


@frozen
class RewardTakenBack(Notice):
    """It was taken back, because what it was for no longer counts."""

    kind: ClassVar[str] = "reward_taken_back"
    rule: str
    points: int = 0


@frozen
class PointsGiven(Notice):
    """To the member: the shop gives points, and says why."""

    kind: ClassVar[str] = "points_given"
    points: int
    why: str


@frozen
class PointsReturned(Notice):
    """To the member: that was a mistake, and the points went back."""

    kind: ClassVar[str] = "points_returned"
    points: int


def write_rule(rule: Rule) -> str:
    """A rule as a text that is kept with a notice."""
    return json.dumps(compose_rule(rule), ensure_ascii=False)


def read_rule(said: str) -> Rule:
    """Read what `write_rule` wrote."""
    return parse_rule(json.loads(said))
