"""When members are asked how it was, and what follows from what they say."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import tzinfo
from enum import StrEnum
from types import MappingProxyType

from bot.core.broadcasts.windows import Hours, compute_window
from bot.core.campaigns.pulse import PulseRules
from bot.core.durations import DAY, HOUR
from bot.core.funnel import Interval, compute_share_interval
from storage.frozen import frozen
from storage.pulse import AnswerCount, Asking, PulseCause

LEAST, MOST = 1, 5
PLEASED, DISPLEASED = 4, 2
"""From here on up, and from here on down."""

SOON = HOUR
"""So long after something was bought or handed out: long enough to have tried it, and short enough to remember it."""

ENOUGH = 20
"""Answers below which no figure says anything."""

WORDS_LIMIT = 500
"""Characters of the line somebody can add."""


FACES: Mapping[int, str] = MappingProxyType({1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😍"})
"""What is tapped, the saddest first."""


class Mood(StrEnum):
    """What an answer says."""

    PLEASED = "pleased"
    BETWEEN = "between"
    DISPLEASED = "displeased"


def decide_mood(answer: int) -> Mood:
    """What follows goes by this alone."""
    if answer >= PLEASED:
        return Mood.PLEASED
    return Mood.DISPLEASED if answer <= DISPLEASED else Mood.BETWEEN


def compute_due(rules: PulseRules, asking: Asking, cause: PulseCause, now: int) -> int | None:
    """When somebody is to be asked about what happened now; None where they are not, or will be anyway before that."""
    if asking.pulse_off:
        return None
    wait = rules.after_days * DAY if cause is PulseCause.JOINED else SOON
    due_at = max(now + wait, compute_rested(rules, asking))
    return due_at if asking.pulse_due_at is None or due_at < asking.pulse_due_at else None


def compute_rested(rules: PulseRules, asking: Asking) -> int:
    """From when on somebody may be asked again; 0 for whoever never was."""
    return 0 if asking.pulse_asked_at is None else asking.pulse_asked_at + rules.every_days * DAY


def compute_opening(hours: Hours | None, zone: tzinfo, now: int) -> int:
    """From when on somebody may be written to, now where they may; `hours` are those of their day that are not quiet."""
    return now if hours is None else compute_window(hours, zone, now).due_at


def is_resting(asking: Asking, rules: PulseRules | None, now: int) -> bool:
    """Whether somebody was displeased lately, so that nothing is asked of them, and nothing offered."""
    rest = (rules or PulseRules()).rest_days * DAY
    return asking.displeased_at is not None and now < asking.displeased_at + rest


@frozen
class PulseFigures:
    """How a group answered; what is computed says something from `ENOUGH` answers on."""

    asked: int = 0
    by_answer: Mapping[int, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """How many did."""
        return sum(self.by_answer.values())

    @property
    def enough(self) -> bool:
        """Whether so many did that it says something."""
        return self.answered >= ENOUGH

    @property
    def average(self) -> float:
        """Of the faces, from 1 to 5."""
        return _compute_mean(self.by_answer.items())

    @property
    def average_interval(self) -> Interval:
        """Between what it lies."""
        return _compute_interval([(answer, self.by_answer.get(answer, 0)) for answer in range(LEAST, MOST + 1)])

    @property
    def nps(self) -> float:
        """Per cent of 5 less those of 1 to 3, as a Net Promoter Score takes five steps: from -100 to 100."""
        return 100 * _compute_mean(self._list_sides())

    @property
    def nps_interval(self) -> Interval:
        """Between what it lies."""
        found = _compute_interval(self._list_sides())
        return Interval(100 * found.low, 100 * found.high)

    @property
    def pleased(self) -> int:
        """How many said 4 or 5."""
        return sum(count for answer, count in self.by_answer.items() if answer >= PLEASED)

    @property
    def pleased_interval(self) -> Interval:
        """Between what their share lies, from 0 to 1."""
        return compute_share_interval(self.pleased, self.answered)

    def _list_sides(self) -> list[tuple[float, int]]:
        said = self.by_answer
        return [(-1, sum(said.get(each, 0) for each in (1, 2, 3))), (0, said.get(4, 0)), (1, said.get(5, 0))]


def gather(counts: Iterable[AnswerCount]) -> dict[str, PulseFigures]:
    """The figures of each group."""
    asked: dict[str, int] = {}
    answers: dict[str, dict[int, int]] = {}
    for group, answer, number in counts:
        asked[group] = asked.get(group, 0) + number
        said = answers.setdefault(group, {})
        if answer is not None:
            said[answer] = said.get(answer, 0) + number
    return {group: PulseFigures(asked=asked[group], by_answer=said) for group, said in answers.items()}


def add_up(figures: Iterable[PulseFigures]) -> PulseFigures:
    """All groups as one."""
    asked, by_answer = 0, dict.fromkeys(range(LEAST, MOST + 1), 0)
    for each in figures:
        asked += each.asked
        for answer, count in each.by_answer.items():
            by_answer[answer] += count
    return PulseFigures(asked=asked, by_answer=by_answer)


def _compute_mean(said: Iterable[tuple[float, int]]) -> float:
    pairs = list(said)
    number = sum(count for _, count in pairs)
    return sum(value * count for value, count in pairs) / number if number else 0.0


def _compute_interval(said: Iterable[tuple[float, int]]) -> Interval:
    """Of a mean, 95 of 100 times; each value is taken to be there once more, so that few who agree are no certainty."""
    pairs = list(said)
    more = [(value, count + 1) for value, count in pairs]
    number, middle = sum(count for _, count in more), _compute_mean(more)
    variance = sum(count * (value - middle) ** 2 for value, count in more) / number
    margin, mean = 1.96 * math.sqrt(variance / number), _compute_mean(pairs)
    values = [value for value, _ in pairs]
    return Interval(max(min(values), mean - margin), min(max(values), mean + margin))
