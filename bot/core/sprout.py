"""The sprout: how good a shop's word of mouth is, as one number from 0 to 100, of what was measured alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.core.funnel import Interval, compute_share_interval
from storage.frozen import frozen

LEAST = 20
"""People, answers or tickets below which a part says nothing."""


class Part(StrEnum):
    """What it is made of, in the order in which word of mouth grows."""

    SATISFACTION = "satisfaction"
    """Of those who said how it was, who said 4 or 5."""
    ACHIEVEMENT = "achievement"
    """Of the active members, who took part in something."""
    VOICE = "voice"
    """Of what people said to the shop, what was answered, and in time."""
    LOYALTY = "loyalty"
    """Of the active members, who came back: a second purchase, a reward in the hand, two active months."""


WEIGHTS: Mapping[Part, int] = MappingProxyType(
    {Part.SATISFACTION: 30, Part.ACHIEVEMENT: 45, Part.VOICE: 5, Part.LOYALTY: 10}
)
"""What a whole part brings: with a product that people want a shop stands at 30, with members who take part at 75, who are
heard at 80, who are honoured at 90."""

TOGETHER = 10
"""What the weakest part brings besides: only a shop that is whole in all four comes to 100."""


@frozen
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def enough(self) -> bool:
        """Whether that says anything."""
        return self.whole >= LEAST

    @property
    def value(self) -> float:
        """From 0 to 1; what is too little known counts as nothing."""
        return min(1.0, max(0, self.part) / self.whole) if self.enough else 0.0

    @property
    def interval(self) -> Interval:
        """Between what it lies, 95 of 100 times."""
        return compute_share_interval(self.part, self.whole) if self.enough else Interval(0.0, 1.0)


@frozen
class Sprout:
    """The score, with all that it rests on."""

    shares: Mapping[Part, Share]

    @property
    def tells(self) -> bool:
        """Whether there is a score: without knowing whether people are pleased there is none."""
        return self.shares[Part.SATISFACTION].enough

    @property
    def score(self) -> int:
        """From 0 to 100."""
        return round(compute_score({part: share.value for part, share in self.shares.items()}))

    @property
    def interval(self) -> tuple[int, int]:
        """Between what it lies, as far as satisfaction is known."""
        low, high = self.shares[Part.SATISFACTION].interval.low, self.shares[Part.SATISFACTION].interval.high
        others = {part: share.value for part, share in self.shares.items()}
        return tuple(round(compute_score(others | {Part.SATISFACTION: end})) for end in (low, high))  # type: ignore[return-value]

    @property
    def people(self) -> int:
        """How many answers and active members it rests on."""
        return max(share.whole for share in self.shares.values())

    @property
    def most(self) -> Part:
        """What would raise it most: the part that is whole bringing more than any other would."""
        values = {part: share.value for part, share in self.shares.items()}
        return max(Part, key=lambda part: compute_score(values | {part: 1.0}))


def compute_score(values: Mapping[Part, float]) -> float:
    """The score of four shares, each from 0 to 1; more of one is never less of it."""
    return sum(WEIGHTS[part] * values[part] for part in Part) + TOGETHER * min(values[part] for part in Part)
