"""A short storm over several shops and processes with `make long`; `make chaos ARGS="--part cluster"` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.cluster import run_cluster
from tests.chaos.order import Order
from tests.chaos.test_short_chaos import assert_passed
from tests.storage.server import ServerMissingError, skip_or_fail

pytestmark = [pytest.mark.postgres, pytest.mark.long]


async def test_shops_that_processes_share_outlive_whatever_befalls_these(tmp_path: Path) -> None:
    """Nothing is lost, doubled, too fast or out of order while they die, stand still, and are replaced; the server falls as well."""
    order = Order(
        part="cluster",
        engine="postgres",
        seed=20,
        size=20,
        kills=2,
        folder=tmp_path,
        shops=2,
        processes=2,
        longest_pause_seconds=8.0,
    )
    try:
        report = await run_cluster(order)
    except ServerMissingError as error:
        skip_or_fail(str(error))
    assert_passed(report, tmp_path)
    assert (report.kills, report.figures["pauses"], report.figures["roll_outs"]) == (2, 1, 1)
    assert report.figures["takeovers_after_kills"]["counted"] + report.figures["takeovers_after_pauses"]["counted"]
    assert_no_traceback(tmp_path)


def assert_no_traceback(folder: Path) -> None:
    """Whatever befalls a process is said in words: a traceback would be a fault of the program."""
    for log in folder.glob("p*/*.stderr"):
        said = log.read_text(encoding="utf-8")
        assert "Traceback" not in said, f"{log.name}:\n{said}"
