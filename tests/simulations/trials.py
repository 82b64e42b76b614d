"""Trials simulated by the ten thousand: `make trials`; what it prints stands in docs/trials.md."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.trials import ALARM, LEAST_SHOWN, MOST_DAYS, SMALL_LOSS, SURE_BEST, compute_posterior, compute_unevenness

NEAR = 2.4
"""Standard errors below which no variant is the best with `SURE_BEST`, which takes 2.97."""

Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of many simulated trials, looked at every day."""

    first_wins: float
    others_win: float
    covered: float
    """Of the variants, how many had their true share within the interval on the last day."""
    members: float
    """Shown in each variant until a winner was found, the median; nan where none was."""


def simulate(*, trials: int, a_day: int, shares: tuple[float, ...], seed: int = 1, batch: int = 500) -> Found:
    """As many variants as shares, so many members a day in each, looked at every day by the rule."""
    dice = np.random.default_rng(seed)
    rounds = [_play(dice, min(batch, trials - done), a_day, shares) for done in range(0, trials, batch)]
    winners = np.concatenate([winner for winner, _, _ in rounds])
    days = np.concatenate([day for _, day, _ in rounds])
    won = days[winners >= 0]
    return Found(
        first_wins=float((winners == 0).mean()),
        others_win=float((winners > 0).mean()),
        covered=float(np.mean([covered for _, _, covered in rounds])),
        members=float(np.median(won) * a_day) if len(won) else float("nan"),
    )


def _play(
    dice: np.random.Generator, trials: int, a_day: int, shares: tuple[float, ...]
) -> tuple[Numbers, Numbers, float]:
    shown, brought = np.zeros((trials, len(shares))), np.zeros((trials, len(shares)))
    winner, day_won = np.full(trials, -1), np.zeros(trials)
    for day in range(1, MOST_DAYS + 1):
        more = dice.multinomial(len(shares) * a_day, [1 / len(shares)] * len(shares), trials)
        shown += more
        brought += dice.binomial(more, np.array(shares))
        near = (winner < 0) & (shown.min(axis=1) >= LEAST_SHOWN) & (_compute_distance(shown, brought) >= NEAR)
        if near.any():
            rows = np.flatnonzero(near)
            best, loss, *_ = compute_posterior(shown[rows], brought[rows])
            leader = best.argmax(axis=1)
            each = np.arange(len(rows))
            share = (brought[rows] / shown[rows])[each, leader]
            now = rows[(best[each, leader] >= SURE_BEST) & (loss[each, leader] <= SMALL_LOSS * share)]
            winner[now], day_won[now] = leader[np.isin(rows, now)], day
    *_, low, high = compute_posterior(shown, brought)
    inside = (low <= np.array(shares)) & (np.array(shares) <= high)
    return winner, day_won, float(inside.mean())


def _compute_distance(shown: Numbers, brought: Numbers) -> Numbers:
    """Between the two highest shares, in standard errors: what is far from the rule need not be looked at closely."""
    share = (brought + 0.5) / (shown + 1)
    square = share * (1 - share) / shown
    first, second = np.argsort(-share, axis=1)[:, :2].T
    each = np.arange(len(share))
    distance: Numbers = (share[each, first] - share[each, second]) / np.sqrt(square[each, first] + square[each, second])
    return distance


def simulate_alarm(*, trials: int, a_day: int, chance: float, seed: int = 2) -> float:
    """How many trials of a hundred sound the alarm within their days, where a member is in the first variant with this chance."""
    dice = np.random.default_rng(seed)
    sounded = np.zeros(trials, bool)
    first = np.zeros(trials)
    for day in range(1, MOST_DAYS + 1):
        first += dice.binomial(2 * a_day, chance, trials)
        total = 2 * a_day * day
        square = 2 * (first - total / 2) ** 2 / (total / 2)
        sounded |= square > _find_bound()
    return float(sounded.mean())


def _find_bound() -> float:
    """The chi-square at which the alarm sounds."""
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        apart = (middle * 5e5) ** 0.5 / 2**0.5
        low, high = (
            (middle, high) if compute_unevenness([round(5e5 + apart), round(5e5 - apart)]) > ALARM else (low, middle)
        )
    return high


def say(line: str) -> None:
    """A line to standard output, at once: a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(trials: int = 10_000) -> None:
    """Print every figure of docs/trials.md."""
    began = time.perf_counter()
    for name, a_day, shares in (
        ("equal, 20 %, 100 a day each", 100, (0.20, 0.20)),
        ("equal, 5 %, 100 a day each", 100, (0.05, 0.05)),
        ("equal, 20 %, 1,000 a day each", 1000, (0.20, 0.20)),
        ("three equal, 20 %, 100 a day each", 100, (0.20, 0.20, 0.20)),
        ("four equal, 20 %, 100 a day each", 100, (0.20, 0.20, 0.20, 0.20)),
        ("four equal, 20 %, 1,000 a day each", 1000, (0.20, 0.20, 0.20, 0.20)),
        ("+12 %, of 20 %, 500 a day each", 500, (0.20, 0.224)),
        ("+50 %, of 20 %, 50 a day each", 50, (0.20, 0.30)),
        ("+50 %, of 5 %, 200 a day each", 200, (0.05, 0.075)),
    ):
        found = simulate(trials=trials, a_day=a_day, shares=shares)
        say(
            f"{name}: first {found.first_wins:.2%}, others {found.others_win:.2%}, covered {found.covered:.2%},"
            f" members {found.members:.0f}",
        )
    for chance in (0.5, 0.51, 0.55):
        say(f"alarm at {chance}: {simulate_alarm(trials=10 * trials, a_day=500, chance=chance):.3%}")
    say(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
