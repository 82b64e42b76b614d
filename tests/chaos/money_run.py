"""Part `money` of chaos: a million steps against a second ledger, then sixteen writers who are killed again and again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.money_game import GAMES, STEPS, play
from tests.chaos.money_shop import open_postgres_desks, open_sqlite_desks
from tests.chaos.order import Order
from tests.chaos.writers import kill_again_and_again, list_wrong
from tests.storage.server import migrate


async def run_money(order: Order) -> Report:
    """Play seed after seed until there were so many steps, then kill so often."""
    began, played, number = time.monotonic(), 0, order.seed
    with lend_database(order.engine, order.folder) as url:
        await asyncio.to_thread(migrate, url)
        is_file = order.engine == "sqlite"
        opened = open_sqlite_desks(Path(url.removeprefix("sqlite:///"))) if is_file else open_postgres_desks(url)
        with opened as desks:
            while played < order.size:
                played += play(desks, examples=GAMES, steps=STEPS, number=number)
                number += 1
        clock = await asyncio.to_thread(kill_again_and_again, url, kills=order.kills, seed=order.seed)
        wrong, transfers = await list_wrong(url, clock)
    return Report(
        order=order,
        findings=Findings(others=wrong),
        seconds=time.monotonic() - began,
        kills=order.kills,
        figures={"steps": played, "seeds": number - order.seed, "transfers": transfers},
    )
