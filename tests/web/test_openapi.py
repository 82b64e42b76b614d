from __future__ import annotations

import asyncio
import json
import warnings
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    status_code_conformance,
)
from schemathesis.core.result import Ok

from bot.assets import ASSETS
from tests.web.house import House

EXAMPLES = 25
"""Of each door and method."""

DESCRIPTION = json.loads((ASSETS / "web" / "openapi.json").read_text("utf-8"))


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance]

gently = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def list_doors() -> list[APIOperation[Any, Any, Any, Any]]:
    """Every path with every method."""
    results = schemathesis.openapi.from_dict(DESCRIPTION).get_all_operations()
    return [result.ok() for result in results if isinstance(result, Ok)]


def try_door(door: APIOperation[Any, Any, Any, Any], mode: GenerationMode, url: str) -> None:
    """Ask at one door, and hold each answer against the description."""

    @gently
    @given(case=door.as_strategy(mode))
    def ask(case: Case[Any]) -> None:
        answer = case.call(base_url=url, allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generator's own
        ask()


@pytest.mark.long
async def test_every_door_keeps_to_its_description(house: House) -> None:
    """Whatever is generated from the description is answered as it says, and never with 5xx."""
    await house.add_member(code="AbCdEfGh12")
    doors = list_doors()
    assert len(doors) == 42
    for door in doors:
        await asyncio.to_thread(try_door, door, GenerationMode.POSITIVE, house.url)


async def test_what_is_asked_wrongly_is_refused_as_described(house: House) -> None:
    """The one door that takes a parameter of its own refuses what is none of its values."""
    door = next(door for door in list_doors() if door.path.endswith("/shared"))
    await asyncio.to_thread(try_door, door, GenerationMode.NEGATIVE, house.url)
