"""Games of points, as many as are wanted: drawn from a seed, each from the beginning."""

from __future__ import annotations

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.money import PACK, Money
from tests.chaos.money_shop import Open

GAMES, STEPS = 40, 500
"""Of one seed: about as many steps as hypothesis plays before it repeats itself."""


def play(open_desk: Open, *, examples: int, steps: int, number: int = 0) -> int:
    """Play so many games of so many steps, drawn from a seed; how many steps that were.

    Raises:
        AssertionError: the books and the model differ; hypothesis says by which shortest way.
    """
    machine: type[Money] = type("Money", (Money,), {"open_desk": staticmethod(open_desk), "steps": 0})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps // PACK,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine), settings=chosen)
    return machine.steps
