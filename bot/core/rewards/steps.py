"""How far the next step is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.core.campaigns.rewards import Rule
from bot.core.durations import DAY
from bot.core.rewards.rules import MILESTONE
from storage.facts import EventKind
from storage.frozen import frozen
from storage.records import Side

MOST_STEPS = 3


@frozen
class Step:
    """So many friends more bring what a rule says."""

    rule: Rule
    missing: int


def list_steps(
    rules: Iterable[Rule], score: int, day: str, *, labels: Sequence[str] = (), tier: str = ""
) -> list[Step]:
    """What is ahead of somebody with so many friends on a day like 2026-12-01, the nearest first.

    What is over is not, nor what is for others: who is called otherwise, or is of another tier.
    """
    ahead = [
        rule
        for rule in rules
        if rule.when == MILESTONE and rule.who is Side.INVITER
        if not rule.condition.until or day <= rule.condition.until
        if not rule.condition.tier or tier in rule.condition.tier
        if is_for(rule, labels)
    ]
    replaced = {rule.instead_of for rule in ahead}
    steps = [
        Step(rule=rule, missing=rule.friends - score)
        for rule in ahead
        if rule.key not in replaced and rule.friends > score
    ]
    return sorted(steps, key=lambda step: step.missing)[:MOST_STEPS]


def is_for(rule: Rule, labels: Sequence[str]) -> bool:
    """Whether a rule is for somebody who is called so."""
    return not rule.condition.label or not set(rule.condition.label).isdisjoint(labels)


def compute_stayed(days: int, due_at: int | None, now: int) -> int:
    """How many whole days of so many somebody has stayed who will have stayed them all at that moment; None stays not."""
    return 0 if due_at is None else min(days, max(0, days + (now - due_at) // DAY))


@frozen
class Seen:
    """What is known of a friend."""

    counts: bool
    days: Mapping[tuple[EventKind, int], int]
    """How many of so many days there are, of what is waited for."""
    reached: Collection[tuple[EventKind, int]]
    """What there are enough days of."""
    purchases: int


@frozen
class Stage:
    """A part of a friend's way: so much of so much."""

    kind: EventKind
    have: int
    wanted: int

    @property
    def done(self) -> bool:
        """Whether it is behind them."""
        return self.have >= self.wanted


def list_stages(rules: Iterable[Rule], seen: Seen, *, community: bool) -> list[Stage]:
    """Coming first, then the community where it takes that to count, then whatever else is rewarded, the nearest first."""
    stages = [Stage(kind=EventKind.JOINED, have=1, wanted=1)]
    if community:
        stages.append(Stage(kind=EventKind.QUALIFIED, have=int(seen.counts), wanted=1))
    for kind, name in ((EventKind.STAYED, "stayed"), (EventKind.ACTIVE, "active")):
        for days in sorted({rule.number for rule in rules if rule.when == name}):
            have = days if (kind, days) in seen.reached else min(days - 1, seen.days.get((kind, days), 0))
            stages.append(Stage(kind=kind, have=have, wanted=days))
    bought = sorted({rule.condition.nth or 1 for rule in rules if rule.when == "purchased"})
    return stages + [Stage(kind=EventKind.PURCHASED, have=min(nth, seen.purchases), wanted=nth) for nth in bought]
