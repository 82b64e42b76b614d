from __future__ import annotations

import asyncio
from pathlib import Path

from storage import open_store
from storage.checks import list_faults


async def test_databases_that_are_made_at_once_do_not_cross(tmp_path: Path) -> None:
    """One process may open many shops at a time; each gets its own tables, all of them."""

    async def make(name: str) -> list[str]:
        async with open_store(f"sqlite:///{tmp_path}/{name}.db") as store:
            return await list_faults(store)

    assert await asyncio.gather(*map(make, ("bakery", "florist"))) == [[], []]
