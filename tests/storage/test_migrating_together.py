from __future__ import annotations

import asyncio
import gc
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from storage import open_store
from storage.checks import list_faults
from tests.storage.server import Server


async def test_databases_that_are_made_at_once_do_not_cross(tmp_path: Path) -> None:
    """One process may open many shops at a time; each gets its own tables, all of them."""

    async def make(name: str) -> list[str]:
        async with open_store(f"sqlite:///{tmp_path}/{name}.db") as store:
            return await list_faults(store)

    assert await asyncio.gather(*map(make, ("bakery", "florist"))) == [[], []]


@pytest.mark.long
@pytest.mark.postgres
async def test_migrations_leave_nothing_in_memory(postgres_server: Server) -> None:
    """What SQLAlchemy learned of the server is there once, however many shops it was learned for, and no statement stays compiled."""

    def count() -> Counter[str]:
        gc.collect()
        return Counter(type(each).__name__ for each in gc.get_objects() if isinstance(each, Dialect | SQLCompiler))

    found = list[Counter[str]]()
    for _ in range(3):
        with postgres_server.lend_empty() as url:
            async with open_store(url):
                pass
        found.append(count())
    assert found[2] == found[1]
