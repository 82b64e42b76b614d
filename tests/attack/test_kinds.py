"""The short form of all attacks but the floods, with `make long` and some with `make test`: on each engine, against the real process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.kinds import SHORT
from tests.chaos.databases import EngineName
from tests.storage.server import Server
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]


QUICK = {"rings at the same moment"}
"""Tried on a file with every `make test`; all the others are long."""


def list_cases() -> list[object]:
    """Every kind on every engine that it concerns."""
    return [
        pytest.param(
            kind,
            engine,
            marks=[
                *([pytest.mark.postgres] if engine == "postgres" else []),
                *([] if engine == "sqlite" and kind.name in QUICK else [pytest.mark.long]),
            ],
            id=f"{kind.number} {kind} on {engine}",
        )
        for kind in SHORT
        for engine in kind.short_on or kind.engines
    ]


@pytest.fixture
async def ground(
    engine: EngineName, telegram: LocalTelegram, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[Ground]:
    """An empty database, and nobody there yet."""
    if engine == "sqlite":
        yield Ground(engine=engine, url=f"sqlite:///{tmp_path}/passalong.db", folder=tmp_path, telegram=telegram)
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.lend_empty() as url:
        yield Ground(engine=engine, url=url, folder=tmp_path, telegram=telegram, server=server)


@pytest.mark.parametrize(("kind", "engine"), list_cases())
async def test_the_process_stands(kind: Kind, ground: Ground) -> None:
    """What must hold holds while it is attacked, and afterwards."""
    verdict = Verdict()
    await kind.run(ground, verdict)
    assert not verdict.wrong, verdict
