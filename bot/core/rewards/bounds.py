"""What a rule gives at most, and what becomes of it beyond that."""

from __future__ import annotations

from bot.core.campaigns.rewards import Give, Rule
from bot.core.rewards.rules import MILESTONE
from storage.facts import GrantKind, GrantState
from storage.frozen import frozen
from storage.records import PersonId, Side

MEMBER, WEEK = "member", "week"
OWN = frozenset({MEMBER, WEEK})
"""Kinds of what bounds one member alone: whoever has come up against theirs keeps nobody else waiting."""


@frozen
class Bound:
    """So many pieces are wanted of at most so many."""

    scope: str
    """For whom or when they are counted; `kind` is the word before the first colon."""
    pieces: int
    most: int

    @property
    def kind(self) -> str:
        """Which of the limits it is."""
        return self.scope.partition(":")[0]


def list_bounds(rule: Rule, give: Give, person_id: PersonId, week: str) -> list[Bound]:
    """All that a rule asks, a member's own before what all share; a milestone is reached once by everybody."""
    limit, pieces = rule.limit, give.amount if give.kind is GrantKind.POINTS else 1
    per_member = 1 if rule.when == MILESTONE and rule.who is Side.INVITER else limit.per_member
    wanted = (
        (f"{MEMBER}:{person_id}", 1, per_member),
        (f"{WEEK}:{week}:{person_id}", 1, limit.per_week),
        ("budget", pieces, limit.budget),
        ("first", 1, limit.first),
    )
    return [Bound(scope=scope, pieces=count, most=most) for scope, count, most in wanted if most is not None]


def decide_state(rule: Rule, kind: GrantKind, *, reached: bool) -> GrantState | None:
    """How a grant begins; None for none at all. `reached` says that a limit leaves no room for it."""
    if reached:
        return {"queue": GrantState.PENDING, "tell": GrantState.DECLINED}.get(rule.at_limit)
    return GrantState.HELD if rule.hold_days else decide_freed(kind)


def decide_freed(kind: GrantKind) -> GrantState:
    """How it stands once nothing holds it any more: a coupon is looked for first, and a gift has to be sent."""
    return GrantState.WAITING if kind in {GrantKind.COUPON, GrantKind.GIFT} else GrantState.AVAILABLE
