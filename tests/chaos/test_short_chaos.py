"""A short run of chaos with `make long`, and a shorter one with every `make test`; `make chaos` is the whole one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.broadcast import run_broadcast
from tests.chaos.conversions import run_conversions
from tests.chaos.databases import EngineName
from tests.chaos.findings import Report
from tests.chaos.joins import run_joins
from tests.chaos.order import Order
from tests.chaos.stage import SECRET
from tests.chaos.voice import run_voice
from tests.storage.server import ServerMissingError, skip_or_fail

SEED = 20


@pytest.mark.parametrize(
    ("engine", "updates", "kills"),
    [
        ("sqlite", 40, 2),
        pytest.param("sqlite", 150, 5, marks=pytest.mark.long),
        pytest.param("postgres", 100, 3, marks=[pytest.mark.postgres, pytest.mark.long]),
    ],
)
async def test_killed_again_and_again_the_bot_loses_and_doubles_nothing(
    engine: EngineName, updates: int, kills: int, tmp_path: Path
) -> None:
    """Every update has its effect once and every owed notice arrives, whenever the process dies."""
    order = Order(part="joins", engine=engine, seed=SEED, size=updates, kills=kills, folder=tmp_path, forks=True)
    try:
        report = await run_joins(order)
    except ServerMissingError as error:
        skip_or_fail(str(error))
    assert_passed(report, tmp_path)
    assert report.kills == kills
    assert report.updates >= updates


@pytest.mark.long
async def test_what_members_say_is_heard_once_whenever_the_writers_die(tmp_path: Path) -> None:
    """Whoever said that it was bad has a request before the team, and an adopted idea is honoured once."""
    report = await run_voice(Order(part="voice", engine="sqlite", seed=SEED, size=0, kills=2, folder=tmp_path))
    assert_passed(report, tmp_path)


@pytest.mark.long
async def test_a_broadcast_interrupted_by_deaths_reaches_nobody_twice(tmp_path: Path) -> None:
    """Of five thousand everybody is in one final state, the unknown are few and listed, and the pace holds across deaths."""
    order = Order(
        part="broadcast",
        engine="sqlite",
        seed=SEED,
        size=5000,
        kills=2,
        send_rate=1000,
        folder=tmp_path,
        forks=True,
    )
    report = await run_broadcast(order)
    assert_passed(report, tmp_path)
    assert report.kills == 2
    assert report.figures["edited"]
    assert report.figures["deleted"]


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_an_order_counts_once_however_often_it_is_reported_and_the_bot_dies(
    engine: EngineName, tmp_path: Path
) -> None:
    """What was answered is there, the same again is answered the same, something else is refused, and points are given once."""
    order = Order(part="conversions", engine=engine, seed=SEED, size=300, kills=3, folder=tmp_path, forks=True)
    try:
        report = await run_conversions(order)
    except ServerMissingError as error:
        skip_or_fail(str(error))
    assert_passed(report, tmp_path)
    assert report.kills == 3
    assert report.figures["again"]
    assert report.figures["refused"]


def assert_passed(report: Report, folder: Path) -> None:
    """Nothing is wrong, and the logs of all the processes that died keep the secret."""
    assert report.passed, "\n".join([*report.findings.list_all()[:40], report.render()])
    assert not any(SECRET in path.read_text() for path in folder.glob("*.std*"))
