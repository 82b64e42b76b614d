from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shops.agency import Agency, open_agency

pytestmark = [pytest.mark.postgres, pytest.mark.long]


async def list_states(agency: Agency) -> dict[str, str]:
    """How each shop stands, as the command line says."""
    rows = (await agency.home.run("shops", "list")).read_output().splitlines()[1:]
    return {name: state for name, _, state, _ in (re.split(r"  +", row) for row in rows)}


async def test_a_second_program_takes_over_all_shops(tmp_path: Path, empty_postgres_url: str) -> None:
    """Each shop has a schema of its name; whoever stands by serves them as soon as the first has stopped."""
    async with open_agency(tmp_path, "bakery", "florist", DATABASE_URL=empty_postgres_url) as agency:
        assert await list_states(agency) == {"bakery": "new", "florist": "new"}
        async with agency.home.running() as first, agency.home.running() as second:
            await agency.until_at_work("bakery", "florist")
            await agency.serve_join("bakery")
            assert await list_states(agency) == {"bakery": "at work", "florist": "at work"}
            assert await first.stop() == 0
            await second.until_says("2 of 2 shops run here")
            for name in ("bakery", "florist"):
                await second.until_says(f" {name}: @shop_")
                await agency.serve_join(name)
            assert await second.stop() == 0
            assert await list_states(agency) == {"bakery": "stands still", "florist": "stands still"}
            log = first.read_errors() + second.read_errors()
            assert "Traceback" not in log
            assert " ERROR " not in log
