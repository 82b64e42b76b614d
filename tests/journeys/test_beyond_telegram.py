from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.beyond_telegram import BEYOND_TELEGRAM, open_street
from tests.journeys.launch_cost import BEYOND, compose_table, read_table


@pytest.mark.long
async def test_the_table_of_launch_cost_is_what_hands_did_outside(tmp_path: Path) -> None:
    """Every way that leaves Telegram is walked to the end and counted; the share page costs two taps, nothing is typed."""
    async with open_street(tmp_path) as street:
        table = await compose_table(street, BEYOND_TELEGRAM)
    assert table == read_table(BEYOND), "python -m tests.journeys.launch_cost writes it anew"
    assert re.search(r"^\| Another network, by the share page \| the card \| 2 \| 0 \|", table, re.MULTILINE)
    assert set(re.findall(r"\| (\d+) \| [^|]*\|$", table, re.MULTILINE)) == {"0"}
