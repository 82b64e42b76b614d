"""Every dialogue, killed in the real process: found again, nothing twice, no command swallowed, and left by cancel.

Each step dies once, those of every other dialogue on the other engine, and every third dialogue is left; `make chaos` (part
`dialogues`) has each step die at every kind of moment, on both engines, and leaves them all.
"""

from __future__ import annotations

from itertools import chain, cycle, islice, repeat
from pathlib import Path

import pytest

from bot.capabilities import CAPABILITIES
from bot.updates.capability import Registry
from tests.journeys.dialogue_scripts import ALL_SCRIPTS, SCRIPTS
from tests.journeys.dialogues import MOMENTS, leave, survive

UNSCRIPTED = {"objecting"}
"""Only a refused friend leads to it, which takes two people and one who decides: tests of fairness walk through it."""
CASES = [
    pytest.param(name, engine, marks=[pytest.mark.postgres] if engine == "postgres" else [])
    for name, engine in zip(ALL_SCRIPTS, cycle(("sqlite", "postgres")), strict=False)
]


def test_every_dialogue_has_its_script() -> None:
    """A flow that is added is killed as well."""
    assert SCRIPTS.keys() == Registry(CAPABILITIES).flows.keys() - UNSCRIPTED


@pytest.mark.parametrize(("name", "store_url"), CASES, indirect=["store_url"])
async def test_a_dialogue_survives_a_death_at_every_step(store_url: str, tmp_path: Path, name: str) -> None:
    """Every step's process dies over it, at each kind of moment in turn, and so does the one that has taken over."""
    script = ALL_SCRIPTS[name]
    deadly = len(script.acts) if script.deadly is None else script.deadly
    safe = repeat(None, len(script.acts) - deadly)
    await survive(script, tmp_path / "home", store_url, [*chain(safe, islice(cycle(MOMENTS), deadly))])


@pytest.mark.parametrize("name", list(SCRIPTS)[::3])
async def test_a_dialogue_that_was_killed_is_left_by_cancel(sqlite_url: str, tmp_path: Path, name: str) -> None:
    """However the process died over the cancelling: nothing waits for an answer any more."""
    await leave(SCRIPTS[name], tmp_path / "home", sqlite_url)
