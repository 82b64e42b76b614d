from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bot.core.campaigns.rules import Rules
from bot.core.trials import (
    ALARM,
    LEAST_SHOWN,
    MOST_DAYS,
    SMALL_LOSS,
    SURE_BEST,
    Verdict,
    choose_arm,
    choose_first,
    choose_wording,
    compare,
    compute_lift,
    compute_posterior,
    compute_unevenness,
    decide,
    is_held_out,
    wins,
)
from tests.simulations.trials import simulate, simulate_alarm

KEYS = ("give", "get")
SHOWN = "abababaabaaabbababaaaaaaabbabbaabaabbbba"
HELD_OUT = [15, 23, 33, 37]
HELD_COUNTS = [12, 100, 505]
FIRST = "bbbbababbaabbaabbbbb"
WORDED = ["give", "get", "give", "get", "give", "get", "give", "get", "get", "get"]


def test_a_member_is_shown_the_same_every_time_and_each_as_often() -> None:
    """By trial and member alone; another trial mixes anew."""
    shown = [choose_arm("words", member, KEYS) for member in range(4000)]
    assert shown == [choose_arm("words", member, KEYS) for member in range(4000)]
    assert compute_unevenness(list(Counter(shown).values())) > 0.001
    same = sum(arm == choose_arm("stories", member, KEYS) for member, arm in enumerate(shown))
    assert 1800 < same < 2200


def test_one_in_ten_is_held_out_for_ever() -> None:
    """The same ones whenever it is asked; a larger share holds the smaller one's too; none or all at the ends."""
    held = {member for member in range(5000) if is_held_out(member, 10)}
    assert 420 < len(held) < 580
    assert held <= {member for member in range(5000) if is_held_out(member, 20)}
    assert not any(is_held_out(member, 0) for member in range(100))
    assert not is_held_out(0, 100), "nobody"
    assert all(is_held_out(member, 100) for member in range(1, 100))


def test_of_few_nothing_is_decided() -> None:
    """However clear it looks, until each variant was shown to two hundred."""
    early = decide(KEYS, [LEAST_SHOWN - 1, 210], [150, 10], days=3)
    assert (early.verdict, early.winner) == (Verdict.EARLY, "")
    assert early.arms[0].best > 0.999


def test_whoever_is_ahead_far_enough_wins_once() -> None:
    """A clear one wins; a small lead stays open, and is over with the days; after them nobody wins any more."""
    clear, near = ([1000, 1000], [200, 300]), ([1000, 1000], [200, 210])
    won = decide(KEYS, *clear, days=9)
    assert (won.verdict, won.winner) == (Verdict.WON, "get")
    assert won.arms[1].loss < 0.001 < won.arms[0].loss
    assert decide(KEYS, *near, days=9).verdict is Verdict.OPEN
    assert decide(KEYS, *near, days=MOST_DAYS).verdict is Verdict.OVER
    assert decide(KEYS, *clear, days=MOST_DAYS + 1).verdict is Verdict.OVER


def test_unequal_variants_sound_the_alarm() -> None:
    """Whatever the figures say: who is shown more often than should be is not compared."""
    assert decide(KEYS, [3000, 2500], [300, 900], days=9).verdict is Verdict.BROKEN
    assert compute_unevenness([500, 500]) == 1.0
    assert compute_unevenness([0, 0]) == 1.0


@pytest.mark.parametrize(
    ("shown", "chance"), [([110, 90], 0.1573), ([120, 100, 80], 0.0183), ([120, 100, 100, 80], 0.0460)]
)
def test_unevenness_is_pearsons(shown: list[int], chance: float) -> None:
    """As the tables of chi-square have it, with one to three degrees of freedom."""
    assert compute_unevenness(shown) == pytest.approx(chance, abs=2e-4)


def test_the_posterior_is_betas() -> None:
    """Of one variant alone and of three: means, intervals and chances are those of Beta(1 + brought, 1 + others)."""
    alike = decide(("a", "b", "c"), [1000, 1000, 1000], [100, 100, 100], days=1)
    assert [arm.best for arm in alike.arms] == pytest.approx([1 / 3] * 3, abs=1e-3)
    low, high = alike.arms[0].low, alike.arms[0].high
    assert [low, high] == pytest.approx([0.0830, 0.1201], abs=2e-4)
    nobody = decide(KEYS, [400, 400], [0, 0], days=1)
    assert nobody.arms[0].low < 0.0002
    assert nobody.arms[0].high == pytest.approx(0.0092, abs=2e-4)
    everybody = decide(KEYS, [400, 400], [400, 400], days=1)
    assert everybody.arms[0].low == pytest.approx(0.9908, abs=2e-4)
    assert everybody.verdict is Verdict.OPEN


def test_what_asking_brings_is_a_difference_of_shares() -> None:
    """By hand: Beta(61, 141) against Beta(41, 161); below 200 in either group nothing is told."""
    lift = compute_lift(asked=200, asked_brought=60, held=200, held_brought=40)
    assert lift.tells
    assert [lift.difference, lift.low, lift.high] == pytest.approx([0.0990, 0.0151, 0.1830], abs=2e-4)
    back = compute_lift(asked=200, asked_brought=40, held=200, held_brought=60)
    assert [back.difference, back.low, back.high] == pytest.approx([-0.0990, -0.1830, -0.0151], abs=2e-4)
    assert not compute_lift(asked=1800, asked_brought=60, held=199, held_brought=4).tells
    assert not compute_lift(asked=0, asked_brought=0, held=0, held_brought=0).tells


@pytest.mark.parametrize(("asked", "held", "members"), [(0.2, 0.2, 2000), (0.05, 0.04, 5000), (0.3, 0.1, 2000)])
def test_the_interval_of_what_asking_brings_covers(asked: float, held: float, members: int) -> None:
    """With one in ten held out, the truth lies in it in 93 to 97 of 100 cases."""
    dice = np.random.default_rng(7)
    groups = members * 9 // 10, members // 10
    drawn = zip(dice.binomial(groups[0], asked, 3000), dice.binomial(groups[1], held, 3000), strict=True)
    lifts = [compute_lift(asked=groups[0], asked_brought=int(a), held=groups[1], held_brought=int(h)) for a, h in drawn]
    covered = sum(each.low <= asked - held <= each.high for each in lifts) / len(lifts)
    assert 0.93 <= covered <= 0.97


def test_looking_every_day_finds_what_is_there_and_little_else() -> None:
    """A short run of what `make trials` does ten thousand times: docs/trials.md."""
    equal = simulate(trials=200, a_day=60, shares=(0.2, 0.2))
    assert equal.first_wins + equal.others_win <= 0.05
    assert 0.92 <= equal.covered <= 0.98
    better = simulate(trials=60, a_day=60, shares=(0.2, 0.3))
    assert better.others_win >= 0.95
    three = simulate(trials=200, a_day=60, shares=(0.2, 0.2, 0.2))
    assert three.first_wins + three.others_win <= 0.05
    assert better.first_wins == 0


def test_the_alarm_hears_bias_and_nothing_else() -> None:
    """Of 20,000 fair trials at most one in a thousand; one variant shown eleven times for nine of the other is always heard."""
    assert simulate_alarm(trials=20_000, a_day=500, chance=0.5) <= 0.001
    assert simulate_alarm(trials=200, a_day=500, chance=0.55) == 1.0
    assert ALARM < 0.001


def test_members_keep_their_variant_over_programs() -> None:
    """Whoever was shown one yesterday is shown it tomorrow: these were drawn by the first program that had trials."""
    assert "".join(choose_arm("words", member, "ab") for member in range(1, 41)) == SHOWN
    assert [member for member in range(1, 61) if is_held_out(member, 10)] == HELD_OUT
    assert [sum(is_held_out(member, percent) for member in range(1, 1001)) for percent in (1, 10, 50)] == HELD_COUNTS
    assert "".join(choose_first(["a", "b", "c"], 2, member) for member in range(1, 21)) == FIRST
    rules = Rules(try_wordings=True)
    assert [choose_wording(rules, member) for member in range(1, 11)] == WORDED


def test_nothing_is_tried_where_there_is_nothing_to_choose_from() -> None:
    """The first story and the wording that was chosen are for everybody."""
    for tried in (0, 1):
        assert {choose_first(["a", "b", "c"], tried, member) for member in range(50)} == {"a"}
    assert {choose_first(["a", "b", "c"], 2, member) for member in range(50)} == {"a", "b"}
    assert {choose_first(["a", "b", "c"], 9, member) for member in range(50)} == {"a", "b", "c"}
    assert {choose_wording(Rules(wording="get"), member) for member in range(50)} == {"get"}
    assert {choose_wording(Rules(try_wordings=True, wording="get"), member) for member in range(50)} == {"give", "get"}


def test_a_winner_is_held_against_the_best_of_the_others() -> None:
    """By its share, however many have been shown it."""
    standing = decide(("a", "b", "c"), [400, 410, 390], [40, 160, 60], days=9)
    assert (standing.verdict, standing.winner) == (Verdict.WON, "b")
    assert compare(standing) == compute_lift(asked=410, asked_brought=160, held=390, held_brought=60)
    few, winner, many = standing.arms
    uneven = (replace(few, shown=210, brought=60), winner, replace(many, shown=400, brought=70))
    lift = compute_lift(asked=410, asked_brought=160, held=210, held_brought=60)
    assert compare(replace(standing, arms=uneven)) == lift


def test_trials_that_are_looked_at_together_are_each_their_own() -> None:
    """Whatever their sizes and shares are."""
    shown, brought = np.array([[1000.0, 1000.0], [220.0, 230.0]]), np.array([[90.0, 120.0], [150.0, 90.0]])
    together = compute_posterior(shown, brought)
    for row in (0, 1):
        alone = compute_posterior(shown[row : row + 1], brought[row : row + 1])
        for all_of_it, one in zip(together, alone, strict=True):
            assert all_of_it[row].tolist() == pytest.approx(one[0].tolist(), abs=1e-12)


def test_when_a_trial_may_end() -> None:
    """With two hundred of each, on its last day at the latest; too few shown are early, and then over."""
    clear = ([LEAST_SHOWN, LEAST_SHOWN], [20, 60])
    assert decide(KEYS, *clear, days=1).verdict is Verdict.WON
    assert decide(KEYS, *clear, days=MOST_DAYS).verdict is Verdict.WON
    few = ([LEAST_SHOWN - 1, LEAST_SHOWN], [20, 60])
    assert decide(KEYS, *few, days=MOST_DAYS - 1).verdict is Verdict.EARLY
    assert decide(KEYS, *few, days=MOST_DAYS).verdict is Verdict.OVER
    near = ([LEAST_SHOWN, LEAST_SHOWN], [20, 22])
    assert decide(KEYS, *near, days=MOST_DAYS - 1).verdict is Verdict.OPEN
    assert decide(KEYS, *near, days=MOST_DAYS).verdict is Verdict.OVER


def test_a_variant_wins_that_is_surely_best_and_cheap_if_not() -> None:
    """From these figures on, and not a little before; of a small share less may be lost."""
    assert wins(SURE_BEST, SMALL_LOSS * 0.5, 0.5)
    assert not wins(SURE_BEST - 1e-6, 0.0, 0.5)
    assert not wins(1.0, SMALL_LOSS * 0.5 + 1e-9, 0.5)
    assert not wins(1.0, 0.04, 0.2)


def test_figures_of_a_trial_are_those_of_its_betas() -> None:
    """By hand, of 90 and 120 of 1,000: chance, cost, and the interval of each share."""
    one, two = decide(KEYS, [1000, 1000], [90, 120], days=3).arms
    assert (one.key, one.shown, one.brought, two.key, two.shown, two.brought) == ("give", 1000, 90, "get", 1000, 120)
    assert one.best + two.best == pytest.approx(1.0, abs=1e-12)
    assert [one.best + two.best, two.best] == pytest.approx([1.0, 0.9855], abs=2e-4)
    assert [one.loss - two.loss] == pytest.approx([121 / 1002 - 91 / 1002], abs=1e-4)
    assert [one.low, one.high, two.low, two.high] == pytest.approx([0.0738, 0.1094, 0.1013, 0.1416], abs=1e-4)
    assert compute_unevenness([1000, 1000]) == 1.0
    assert decide(("a",), [1000], [90], days=3).arms[0].best == 1.0
