"""Every dialogue, killed in the real process: found again, nothing twice, no command swallowed, and left by cancel.

Each step dies once, those of one engine between those of the other, and every third dialogue is left; `make chaos` (part `dialogues`) has each step die at
every kind of moment, on both engines, and leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

import pytest

from bot.capabilities import CAPABILITIES
from bot.updates.capability import Registry
from tests.journeys.dialogue_scripts import ALL_SCRIPTS, SCRIPTS
from tests.journeys.dialogues import MOMENTS, leave, survive
from tests.thinning import LONG_ON_POSTGRES

UNSCRIPTED = {"objecting"}
"""Only a refused friend leads to it, which takes two people and one who decides: tests of fairness walk through it."""

SHORT = {"say"}
"""One that does not take long; the others are for `make long`, and so is every step's death on PostgreSQL."""


def list_names(names: Iterable[str]) -> list[object]:
    """Scripts as parameters."""
    return [pytest.param(name, marks=[] if name in SHORT else pytest.mark.long) for name in names]


def test_every_dialogue_has_its_script() -> None:
    """A flow that is added is killed as well."""
    assert SCRIPTS.keys() == Registry(CAPABILITIES).flows.keys() - UNSCRIPTED


@LONG_ON_POSTGRES
@pytest.mark.parametrize("name", list_names(ALL_SCRIPTS))
async def test_a_dialogue_survives_a_death_at_every_step(store_url: str, tmp_path: Path, name: str) -> None:
    """Every other step's process dies over it, at each kind of moment in turn; the steps between on the other engine."""
    script, moments = ALL_SCRIPTS[name], cycle(MOMENTS)
    first, count = int(store_url.startswith("sqlite")), len(script.acts)
    safe = 0 if script.deadly is None else count - script.deadly
    await survive(
        script,
        tmp_path / "home",
        store_url,
        [next(moments) if number % 2 == first and number >= safe else None for number in range(count)],
    )


@pytest.mark.parametrize("name", list_names(list(SCRIPTS)[::3]))
async def test_a_dialogue_that_was_killed_is_left_by_cancel(sqlite_url: str, tmp_path: Path, name: str) -> None:
    """However the process died over the cancelling: nothing waits for an answer any more."""
    await leave(SCRIPTS[name], tmp_path / "home", sqlite_url)
