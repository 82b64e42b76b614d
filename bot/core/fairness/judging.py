"""What comes of signals: the friend counts, is looked at by people first, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from bot.core.campaigns.fairness import Fairness
from bot.core.fairness.signals import STRONG, About, Sign, find_signal
from storage.review import Evidence


class Verdict(Enum):
    """What comes of it."""

    ALLOW = auto()
    ASK = auto()
    """The friend is asked to show that they are a person."""
    HOLD = auto()
    REFUSE = auto()


def compute_risk(signs: Sequence[Sign]) -> int:
    """The heaviest signal of each kind, added up: several that look at the same see the same."""
    return sum(_weigh(signs).values())


def decide_verdict(signs: Sequence[Sign], fairness: Fairness) -> Verdict:
    """One signal alone never holds anybody, however strong; two that look at different things can.

    To refuse somebody takes three, two of them strong.
    """
    weights = _weigh(signs)
    risk = sum(weights.values())
    strong = sum(weight >= STRONG for weight in weights.values())
    if fairness.refuse_at and risk >= fairness.refuse_at and len(weights) >= 3 and strong >= 2:
        return Verdict.REFUSE
    if risk >= fairness.hold_at and len(weights) >= 2:
        return Verdict.HOLD
    return Verdict.ASK if fairness.captcha_at and risk >= fairness.captcha_at else Verdict.ALLOW


def compose_evidence(signs: Sequence[Sign]) -> Evidence:
    """As it is kept, the heaviest first."""
    ordered = sorted(signs, key=lambda each: -each.signal.weight)
    return tuple((each.signal.key, each.numbers) for each in ordered)


def merge_evidence(kept: Evidence, signs: Sequence[Sign]) -> list[Sign]:
    """What was noticed before, and what is now; of the same the newer."""
    known = {key: Sign(signal, numbers) for key, numbers in kept if (signal := find_signal(key)) is not None}
    return list((known | {each.signal.key: each for each in signs}).values())


def _weigh(signs: Sequence[Sign]) -> dict[About, int]:
    weights: dict[About, int] = {}
    for each in signs:
        weights[each.signal.about] = max(weights.get(each.signal.about, 0), each.signal.weight)
    return weights
