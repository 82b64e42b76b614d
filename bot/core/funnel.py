"""The figures of word of mouth: how far people come, and how it grows.

What each figure means is told in docs/metrics.md, by these names.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import sqrt

from storage.frozen import frozen

FEW = 30
"""Of fewer than so many people nothing is told but how many they are: a share of 20 is uncertain by a fifth."""

PERIOD_DAYS = 28
"""Four weeks, so that each period has every weekday as often."""

SURE = 1.959964
"""Standard errors to either side within which the truth lies in 95 of 100 cases."""

_HOURS = 24


@frozen
class Funnel:
    """What was counted: people, and beside them what they have done."""

    members: int = 0
    blocked: int = 0
    reached: int = 0
    shared: int = 0
    prepared: int = 0
    sent: int = 0
    clicks: int = 0
    clicked: int = 0
    started: int = 0
    qualified: int = 0
    purchased: int = 0
    redeemed: int = 0

    @property
    def handed(self) -> int:
        """Everything that a member got to pass on, seen to leave their hands or not."""
        return self.prepared + self.sent


@frozen(kw_only=False)
class Interval:
    """Between what the truth lies in 95 of 100 cases."""

    low: float
    high: float


@frozen(kw_only=False)
class Step:
    """How many people came so far, of how many at the step before that they come from."""

    name: str
    people: int
    of: int
    """0 for the first."""

    @property
    def share(self) -> float | None:
        """None where there are too few to tell; above 1 where each sharer brings several to click."""
        return self.people / self.of if self.of >= FEW else None


_BEFORE: Mapping[str, str] = {
    "reached": "",
    "shared": "reached",
    "clicked": "shared",
    "started": "clicked",
    "qualified": "started",
    "purchased": "qualified",
    "redeemed": "qualified",
}
STEPS = tuple(_BEFORE)
"""The funnel, from a card in hand on; each comes from the one before it, and the last two from the same."""


def compute_steps(funnel: Funnel) -> list[Step]:
    """The funnel, from a card in hand on."""
    return [
        Step(name, getattr(funnel, name), getattr(funnel, before) if before else 0) for name, before in _BEFORE.items()
    ]


@frozen
class Growth:
    """K = invitations per member x conversion of an invitation; above 1 every member brings another."""

    members: int
    sent: int
    """Invitations: what was seen to leave a member's hands."""
    handed: int
    """The wider figure: all that a member got to pass on."""
    started: int
    dispersion: float = 1.0
    """How much more uneven members are than chance alone would make them; at least 1."""

    @property
    def invitations_per_member(self) -> float:
        """Invitations, a member."""
        return _divide(self.sent, self.members)

    @property
    def handed_per_member(self) -> float:
        """Everything taken to be passed on, a member."""
        return _divide(self.handed, self.members)

    @property
    def conversion(self) -> float:
        """Friends who came, an invitation; above 1 where more come by forwarded cards than by what is seen."""
        return _divide(self.started, self.sent)

    @property
    def handed_conversion(self) -> float:
        """Friends who came, a thing taken to be passed on."""
        return _divide(self.started, self.handed)

    @property
    def k(self) -> float:
        """Friends who came, a member: the product of both, whichever of the two figures is taken."""
        return _divide(self.started, self.members)

    @property
    def k_interval(self) -> Interval:
        """K ± 1.96 x √(K x dispersion / members)."""
        margin = SURE * sqrt(_divide(self.k * self.dispersion, self.members))
        return Interval(max(0.0, self.k - margin), self.k + margin)

    @property
    def tells(self) -> bool:
        """Whether there are enough friends to speak of K."""
        return self.started >= FEW


def compute_growth(funnel: Funnel, *, friends: int = 0, squares: int = 0) -> Growth:
    """The figures of growth.

    Args:
        funnel: What was counted.
        friends: How many friends count.
        squares: The sum of the squares of each member's friends who count: what K's interval is made of.
    """
    mean = _divide(friends, funnel.members)
    variance = _divide(squares, funnel.members) - mean**2
    return Growth(
        members=funnel.members,
        sent=funnel.sent,
        handed=funnel.handed,
        started=funnel.started,
        dispersion=max(1.0, _divide(variance, mean)),
    )


def compute_cycle_hours(cycles: Mapping[int, int]) -> int | None:
    """The median of hours from an inviter's start to a friend's coming, by how many took so long; None for too few."""
    total = sum(cycles.values())
    if total < FEW:
        return None
    ordered = sorted(cycles.items())
    passed = accumulate(count for _, count in ordered)
    return next(hours for (hours, _), so_far in zip(ordered, passed, strict=True) if 2 * so_far >= total)


@frozen(kw_only=False)
class Projection:
    """Newcomers whom word of mouth brings within the next period, if all stays as it is."""

    newcomers: float
    interval: Interval


def compute_projection(growth: Growth, *, newcomers: int, cycle_hours: int | None) -> Projection | None:
    """N x (K + K² + … + Kⁿ): N newcomers of one cycle, n cycles in a period; None where that cannot be told.

    Args:
        growth: K and its interval, which is the projection's too.
        newcomers: Members who came within the last period.
        cycle_hours: The median; a cycle counts as a day at least.
    """
    if cycle_hours is None or not growth.tells:
        return None
    hours = max(cycle_hours, _HOURS)
    cycles = PERIOD_DAYS * _HOURS // hours
    if cycles == 0:
        return None
    first = newcomers * hours / (PERIOD_DAYS * _HOURS)
    low, middle, high = (
        first * sum(k**number for number in range(1, cycles + 1))
        for k in (growth.k_interval.low, growth.k, growth.k_interval.high)
    )
    return Projection(middle, Interval(low, high))


def compute_share_interval(part: int, whole: int) -> Interval:
    """Between what a share lies: Wilson's interval, which holds for few people too."""
    if not whole:
        return Interval(0.0, 1.0)
    share, square = min(1.0, part / whole), SURE**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    margin = SURE * sqrt(share * (1 - share) / whole + square / (4 * whole**2)) / (1 + square / whole)
    return Interval(max(0.0, middle - margin), min(1.0, middle + margin))


def _divide(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
