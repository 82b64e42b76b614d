"""The restore drill in short, with `make long`; `make chaos` plays it with more people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.databases import EngineName
from tests.chaos.order import Order
from tests.chaos.restore import run_restore
from tests.storage.server import ServerMissingError, skip_or_fail


@pytest.mark.long
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_restored_database_goes_on(engine: EngineName, tmp_path: Path) -> None:
    """Backed up while people arrive, killed, restored elsewhere: the books balance, and what waited is handled."""
    try:
        report = await run_restore(
            Order(part="restore", engine=engine, seed=11, size=40, kills=1, folder=tmp_path, forks=True)
        )
    except ServerMissingError as error:
        skip_or_fail(str(error))
    assert report.passed, "\n".join([report.stopped, *report.findings.list_all()[:40], report.render()])
    assert report.figures["in_backup"] >= 1
    assert report.figures["arrived_meanwhile"] >= 1
