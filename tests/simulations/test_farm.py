from __future__ import annotations

import pytest

from tests.simulations.__main__ import load_campaign
from tests.simulations.crowd import gather
from tests.simulations.farm import Tally, run_farm

SEED, HONEST, FARM = 11, 700, 300


@pytest.mark.long
async def test_a_farm_is_kept_out_and_nobody_is_insulted() -> None:
    """In a small shop nearly all of a farm is held or refused, no honest friend is refused, and no family is even held."""
    tallies = await run_farm(gather(SEED, honest=HONEST, farm=FARM), load_campaign())
    farm = sum_up([tally for kind, tally in tallies.items() if kind.startswith("farm")])
    honest = sum_up([tally for kind, tally in tallies.items() if not kind.startswith("farm")])
    assert farm.came > FARM * 0.8
    assert farm.caught >= 75
    assert honest.refused == 0
    assert honest.caught <= 1
    assert tallies["family"].caught == 0


def sum_up(tallies: list[Tally]) -> Tally:
    """All of them together."""
    return Tally(
        came=sum(each.came for each in tallies),
        held=sum(each.held for each in tallies),
        refused=sum(each.refused for each in tallies),
    )
