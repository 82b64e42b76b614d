"""What Telegram is known to answer, each fact with its source, held against the playground."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.playground.facts import buttons, files, messages, reaching, serving
from tests.playground.facts.stage import set_stage

FACTS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "facts" / "facts.json").read_text(encoding="utf-8"))
ROOMS = (reaching, messages, buttons, files, serving)
PROBES = {situation: probe for room in ROOMS for situation, probe in room.PROBES.items()}


def test_every_fact_is_tried_and_every_difference_has_its_reason() -> None:
    """No fact without a probe, no probe without a fact, and where we are stricter it says why."""
    assert {fact["situation"] for fact in FACTS} == PROBES.keys()
    assert len(PROBES) == sum(len(room.PROBES) for room in ROOMS) == len(FACTS)
    assert all(fact["source"] for fact in FACTS)
    assert all(("here" in fact) == ("because" in fact) for fact in FACTS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["situation"])
async def test_the_playground_answers_as_telegram_does(fact: dict[str, Any]) -> None:
    """The same words, or the ones that are listed with a reason."""
    async with set_stage() as stage:
        said = await PROBES[fact["situation"]](stage)
    wanted = fact.get("here", fact["says"])
    assert any(_fits(said, each) for each in ([wanted] if isinstance(wanted, str) else wanted)), f"{said!r}: {fact}"


def _fits(said: str, wanted: str) -> bool:
    """Where the words are not known to their end, only their beginning counts."""
    return said.startswith(wanted[:-1]) if wanted.endswith("…") else said == wanted
