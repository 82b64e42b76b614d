"""A move under load in short, with `make long`; `make chaos` plays it with more members and people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.move import run_move
from tests.chaos.order import Order
from tests.storage.server import ServerMissingError, skip_or_fail


@pytest.mark.long
@pytest.mark.postgres
async def test_a_shop_that_moves_goes_on(tmp_path: Path) -> None:
    """People come before, while and after: every row is the same, nobody is lost or counted twice, the old file is shut.

    A move that was killed before has changed nothing.
    """
    sizes = {"size": 12, "members": 200, "send_rate": 5}
    order = Order(part="move", engine="sqlite", seed=12, kills=1, folder=tmp_path, forks=True, **sizes)
    try:
        report = await run_move(order)
    except ServerMissingError as error:
        skip_or_fail(str(error))
    assert report.passed, "\n".join([report.stopped, *report.findings.list_all()[:40], report.render()])
    assert report.figures["arrived_meanwhile"] >= 1
