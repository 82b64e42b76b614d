"""Which of several stories or wordings brings more friends: who is shown which, and what can be said of it so far.

A trial counts members: of those who were shown a variant, how many brought a friend since. What is not known is the share θ
of each; with nothing known before (Beta(1, 1)) and `brought` of `shown` seen, θ is Beta(1 + brought, 1 + shown - brought).
The figures behind the rule are in docs/trials.md.
"""

from __future__ import annotations

from enum import Enum, auto
from hashlib import blake2b
from math import erfc, exp, pi, sqrt
from typing import TYPE_CHECKING, Any

from bot.core.campaigns.rules import WORDINGS, Rules
from storage.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

LEAST_SHOWN = 200
"""Members in each variant before anything is decided: below, one lucky member moves the figures."""

SURE_BEST = 0.9985
"""The probability of being best from which a variant wins; looked at every day for four weeks, at most 5 of 100 trials of two
equal variants have a winner (docs/trials.md)."""

SMALL_LOSS = 0.05
"""Of the best share: what choosing the winner may cost at most, if it is not the best after all."""

MOST_DAYS = 28
"""A trial without a winner ends undecided after so many days: longer looking makes false winners."""

ALARM = 2e-5
"""The probability below which the variants' members are too unequal for chance."""

MOST_VARIANTS = 4

_POINTS = 801
_REACH = 1.96
"""Standard deviations to either side of a mean, between which 95 of 100 lie."""
_SPREAD = 8.0
"""Standard deviations around the means that the grid covers."""


class Verdict(Enum):
    """What can be said so far."""

    BROKEN = auto()
    """The variants' members are too unequal: something shows one more often than it should."""
    EARLY = auto()
    """Too few have been shown each."""
    OPEN = auto()
    """Nobody is ahead far enough."""
    WON = auto()
    OVER = auto()
    """Its days are over, and nobody won: the variants are much alike."""


@frozen
class Arm:
    """One variant, as it stands."""

    key: str
    shown: int
    brought: int
    best: float
    """The probability that it is the best."""
    loss: float
    """By how much its share is below the best one's, as expected."""
    low: float
    high: float
    """Between these its share lies with a probability of 95 in 100."""


@frozen
class Lift:
    """How many more of a hundred members bring a friend where they may be asked to, than of those held out."""

    asked: int
    asked_brought: int
    held: int
    held_brought: int
    difference: float
    """Of the shares, between -1 and 1."""
    low: float
    high: float
    """Between these the difference lies with a probability of 95 in 100."""

    @property
    def tells(self) -> bool:
        """Whether there are enough members in both groups to say anything."""
        return min(self.asked, self.held) >= LEAST_SHOWN


@frozen
class Standing:
    """A trial, as it stands."""

    verdict: Verdict
    arms: tuple[Arm, ...]
    winner: str = ""


def choose_arm(trial: str, member_id: int, keys: Sequence[str]) -> str:
    """Which variant a member is shown: always the same one, and each as likely as any other."""
    drawn = blake2b(f"{trial}:{member_id}".encode(), digest_size=8).digest()
    return keys[int.from_bytes(drawn, "big") % len(keys)]


def choose_first(keys: Sequence[str], tried: int, member_id: int) -> str:
    """Which story a member is handed first: the first one, or where the first so many are tried, one of these."""
    arms = keys[:tried]
    return choose_arm(" ".join(arms), member_id, arms) if len(arms) > 1 else keys[0]


def choose_wording(rules: Rules, member_id: int) -> str:
    """How the words under a member's card speak of what the friend gets; empty for plainly inviting."""
    return choose_arm(" ".join(WORDINGS), member_id, WORDINGS) if rules.try_wordings else rules.wording


def is_held_out(member_id: int, percent: int) -> bool:
    """Whether a member is among the so many of a hundred who are never asked to share; for ever the same ones."""
    if not (percent and member_id):
        return False
    drawn = blake2b(f"hold-out:{member_id}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") % 100 < percent


def compute_lift(*, asked: int, asked_brought: int, held: int, held_brought: int) -> Lift:
    """What asking brings: the difference of two shares, each Beta(1 + brought, 1 + others), taken as normal."""
    (mean, variance), (held_mean, held_variance) = (
        _compute_moments(1 + brought, 1 + count - brought)
        for count, brought in ((asked, asked_brought), (held, held_brought))
    )
    difference, reach = mean - held_mean, _REACH * sqrt(variance + held_variance)
    return Lift(
        asked=asked,
        asked_brought=asked_brought,
        held=held,
        held_brought=held_brought,
        difference=difference,
        low=difference - reach,
        high=difference + reach,
    )


def compare(standing: Standing) -> Lift:
    """What the winner brings more than the best of the others."""
    winner = next(arm for arm in standing.arms if arm.key == standing.winner)
    other = max((arm for arm in standing.arms if arm is not winner), key=lambda arm: arm.brought / arm.shown)
    return compute_lift(asked=winner.shown, asked_brought=winner.brought, held=other.shown, held_brought=other.brought)


def _compute_moments(a: int, b: int) -> tuple[float, float]:
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def decide(keys: Sequence[str], shown: Sequence[int], brought: Sequence[int], *, days: int) -> Standing:
    """What can be said of a trial that has run for so many days; it may be asked every day."""
    import numpy as np  # noqa: PLC0415 -- a bot without trials need not load it

    best, loss, low, high = compute_posterior(np.array([shown], float), np.array([brought], float))
    arms = tuple(
        Arm(
            key=key,
            shown=shown[place],
            brought=brought[place],
            best=float(best[0, place]),
            loss=float(loss[0, place]),
            low=float(low[0, place]),
            high=float(high[0, place]),
        )
        for place, key in enumerate(keys)
    )
    if compute_unevenness(shown) < ALARM:
        return Standing(verdict=Verdict.BROKEN, arms=arms)
    leader = max(arms, key=lambda arm: arm.best)
    if min(shown) < LEAST_SHOWN:
        return Standing(verdict=Verdict.EARLY if days < MOST_DAYS else Verdict.OVER, arms=arms)
    if days <= MOST_DAYS and wins(leader.best, leader.loss, leader.brought / leader.shown):
        return Standing(verdict=Verdict.WON, arms=arms, winner=leader.key)
    return Standing(verdict=Verdict.OPEN if days < MOST_DAYS else Verdict.OVER, arms=arms)


def wins(best: float, loss: float, share: float) -> bool:
    """The rule: it is the best almost surely, and costs little if it is not."""
    return best >= SURE_BEST and loss <= SMALL_LOSS * share


def compute_posterior(shown: Numbers, brought: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """For trials in rows and variants in columns: probability of being best, expected loss, and the interval's two ends.

    The densities are summed up on a grid around the means, so that the same figures always give the same answer.
    """
    import numpy as np  # noqa: PLC0415 -- likewise

    a, b = brought + 1, shown - brought + 1
    mean = a / (a + b)
    deviation = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    start = np.clip((mean - _SPREAD * deviation).min(axis=1), 1e-9, None)
    end = np.clip((mean + _SPREAD * deviation).max(axis=1), None, 1 - 1e-9)
    grid = start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, _POINTS)
    logs = (a - 1)[..., None] * np.log(grid)[:, None] + (b - 1)[..., None] * np.log1p(-grid)[:, None]
    density = np.exp(logs - logs.max(axis=2, keepdims=True))
    density /= density.sum(axis=2, keepdims=True)
    below = np.cumsum(density, axis=2) - density / 2
    others = np.stack([np.delete(below, place, axis=1).prod(axis=1) for place in range(below.shape[1])], axis=1)
    best = (density * others).sum(axis=2)
    best /= best.sum(axis=1, keepdims=True)
    step = (end - start) / (_POINTS - 1)
    highest = start + ((1 - below.prod(axis=1)) * step[:, None]).sum(axis=1)
    centre = (density * grid[:, None]).sum(axis=2)
    low, high = (_find_quantile(grid, below, share) for share in (0.025, 0.975))
    return best, np.clip(highest[:, None] - centre, 0.0, None), low, high


def _find_quantile(grid: Numbers, below: Numbers, share: float) -> Numbers:
    import numpy as np  # noqa: PLC0415 -- likewise

    place = np.clip((below < share).sum(axis=2), 1, grid.shape[1] - 1)
    rows = np.arange(grid.shape[0])[:, None]
    before, after = (
        np.take_along_axis(below, (place - 1)[..., None], 2)[..., 0],
        np.take_along_axis(below, place[..., None], 2)[..., 0],
    )
    part = np.clip((share - before) / np.maximum(after - before, 1e-300), 0.0, 1.0)
    left, right = grid[rows, place - 1], grid[rows, place]
    found: Numbers = left + part * (right - left)
    return found


def compute_unevenness(shown: Sequence[int]) -> float:
    """The probability that chance alone makes the variants so unequal: Pearson's chi-square, for two to four of them."""
    total = sum(shown)
    if not total:
        return 1.0
    expected = total / len(shown)
    square = sum((each - expected) ** 2 for each in shown) / expected
    if len(shown) == 2:
        return erfc(sqrt(square / 2))
    if len(shown) == 3:
        return exp(-square / 2)
    return erfc(sqrt(square / 2)) + sqrt(2 * square / pi) * exp(-square / 2)
