from __future__ import annotations

import pytest

from bot.core.funnel import (
    FEW,
    STEPS,
    Funnel,
    Interval,
    compute_cycle_hours,
    compute_growth,
    compute_projection,
    compute_share_interval,
    compute_steps,
)


def test_k_is_invitations_per_member_times_conversion() -> None:
    """Ten members, twenty invitations, five friends: 2.0 x 0.25 = 0.5; the wider figure leads to the same; nothing divides by zero."""
    growth = compute_growth(Funnel(members=10, sent=20, prepared=20, started=5))
    assert (growth.invitations_per_member, growth.conversion, growth.k) == (2.0, 0.25, 0.5)
    assert (growth.handed_per_member, growth.handed_conversion) == (4.0, 0.125)
    assert growth.handed_per_member * growth.handed_conversion == growth.k
    assert compute_growth(Funnel()).k == 0.0
    assert compute_growth(Funnel()).k_interval == Interval(0.0, 0.0)


def test_k_is_less_certain_where_few_members_bring_most_friends() -> None:
    """A hundred friends of a hundred members: one each, or all by one."""
    shop = Funnel(members=400, started=100, qualified=100)
    even = compute_growth(shop, friends=100, squares=100).k_interval
    uneven = compute_growth(shop, friends=100, squares=100 * 100).k_interval
    assert even.low == pytest.approx(0.25 - 1.96 * (0.25 / 400) ** 0.5, abs=1e-4)
    assert uneven.low == 0.0
    assert uneven.high > 2 * even.high


def test_a_step_tells_its_share_where_there_are_enough() -> None:
    """Of thirty people on; purchases and redemptions both come from friends who count."""
    funnel = Funnel(reached=100, shared=FEW, clicked=60, started=FEW - 1, qualified=20, purchased=5, redeemed=3)
    steps = {step.name: step for step in compute_steps(funnel)}
    assert tuple(steps) == STEPS
    assert [steps[name].share for name in ("reached", "shared", "clicked", "started", "qualified")] == [
        None,
        0.3,
        2.0,
        pytest.approx(29 / 60),
        None,
    ]
    assert steps["purchased"].of == steps["redeemed"].of == 20


def test_the_median_is_of_the_friends() -> None:
    """Half of them had come by then; of few nothing is told."""
    assert compute_cycle_hours({1: 20, 5: 11, 90: 1}) == 1
    assert compute_cycle_hours({1: 10, 5: 11, 90: 10}) == 5
    assert compute_cycle_hours({1: FEW - 1}) is None


def test_the_projection_goes_on_as_k_says() -> None:
    """280 newcomers in four weeks, cycles of a week: 70 a cycle; by half of it each time, 35 + 17.5 + 8.75 + 4.375."""
    growth = compute_growth(Funnel(members=400, started=200))
    projected = compute_projection(growth, newcomers=280, cycle_hours=7 * 24)
    assert projected is not None
    assert projected.newcomers == pytest.approx(65.625)
    assert projected.interval.low < projected.newcomers < projected.interval.high
    assert compute_projection(growth, newcomers=280, cycle_hours=None) is None
    assert compute_projection(growth, newcomers=280, cycle_hours=29 * 24) is None
    assert compute_projection(compute_growth(Funnel(members=9, started=9)), newcomers=9, cycle_hours=24) is None
    hourly = compute_projection(growth, newcomers=280, cycle_hours=1)
    assert hourly == compute_projection(growth, newcomers=280, cycle_hours=24)


def test_a_share_of_few_is_uncertain() -> None:
    """Wilson's interval stays between nothing and all, and is there for nobody at all."""
    assert compute_share_interval(0, 0) == Interval(0.0, 1.0)
    none, half = compute_share_interval(0, 20), compute_share_interval(10, 20)
    assert [none.low, none.high] == pytest.approx([0.0, 0.1611], abs=1e-3)
    assert [half.low, half.high] == pytest.approx([0.2993, 0.7007], abs=1e-3)


def test_growth_is_computed_from_what_was_counted() -> None:
    """By hand: 500 members, 120 friends of whom 80 count, brought unevenly."""
    growth = compute_growth(Funnel(members=500, sent=300, prepared=100, started=120), friends=80, squares=200)
    assert (growth.members, growth.sent, growth.handed, growth.started) == (500, 300, 400, 120)
    assert growth.dispersion == pytest.approx((200 / 500 - (80 / 500) ** 2) / (80 / 500))
    margin = 1.959964 * (0.24 * growth.dispersion / 500) ** 0.5
    assert [growth.k_interval.low, growth.k_interval.high] == pytest.approx([0.24 - margin, 0.24 + margin])
    assert [compute_growth(Funnel(members=9, started=number)).tells for number in (FEW - 1, FEW)] == [False, True]
    assert compute_growth(Funnel(members=100, started=50), friends=50, squares=50).dispersion == 1.0


def test_the_interval_of_a_projection_is_that_of_k() -> None:
    """Each end goes on as its K says; a cycle of all four weeks comes once."""
    growth = compute_growth(Funnel(members=400, started=200))
    low, high = growth.k_interval.low, growth.k_interval.high
    once = compute_projection(growth, newcomers=280, cycle_hours=28 * 24)
    assert once is not None
    assert [once.newcomers, once.interval.low, once.interval.high] == pytest.approx([140, 280 * low, 280 * high])
    twice = compute_projection(growth, newcomers=280, cycle_hours=14 * 24)
    assert twice is not None
    assert twice.interval.low == pytest.approx(140 * (low + low**2))
    assert twice.newcomers == pytest.approx(140 * 0.75)
    daily = compute_projection(growth, newcomers=28, cycle_hours=25)
    assert daily is not None
    assert daily.newcomers == pytest.approx(28 * 25 / 672 * sum(0.5**number for number in range(1, 27)))


def test_steps_begin_with_a_card_in_hand() -> None:
    """Each of those of the one before."""
    funnel = Funnel(reached=100, shared=50, clicked=40, started=30, qualified=20, purchased=5, redeemed=3)
    assert [(step.people, step.of) for step in compute_steps(funnel)] == [
        (100, 0),
        (50, 100),
        (40, 50),
        (30, 40),
        (20, 30),
        (5, 20),
        (3, 20),
    ]
    assert compute_cycle_hours({3: FEW // 2, 7: FEW // 2}) == 3
    assert compute_cycle_hours({3: FEW // 2 - 1, 7: FEW // 2 + 1}) == 7
    whole = compute_share_interval(30, 20)
    assert [whole.low, whole.high] == pytest.approx([0.8389, 1.0], abs=1e-3)
