"""How far the next step is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.campaigns.rewards import Rule
from bot.core.durations import DAY
from bot.core.rewards.rules import MILESTONE
from storage.records import Side

MOST_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """So many friends more bring what a rule says."""

    rule: Rule
    missing: int


def list_steps(rules: Iterable[Rule], score: int, day: str) -> list[Step]:
    """What is ahead of somebody with so many friends on a day like 2026-12-01, the nearest first; what is over is not."""
    ahead = [
        Step(rule=rule, missing=rule.number - score)
        for rule in rules
        if rule.when == MILESTONE and rule.who is Side.INVITER and rule.number > score
        if not rule.condition.until or day <= rule.condition.until
    ]
    return sorted(ahead, key=lambda step: step.missing)[:MOST_STEPS]


def compute_stayed(days: int, due_at: int | None, now: int) -> int:
    """How many whole days of so many somebody has stayed who will have stayed them all at that moment; None stays not."""
    return 0 if due_at is None else min(days, max(0, days + (now - due_at) // DAY))
