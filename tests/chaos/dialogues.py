"""Every dialogue in full: each of its steps dies, in each round at another moment."""

from __future__ import annotations

import time
from itertools import cycle, islice

from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.order import Order
from tests.journeys.dialogue_scripts import ALL_SCRIPTS
from tests.journeys.dialogues import MOMENTS, survive


async def run_dialogues(order: Order) -> Report:
    """Walk through every dialogue once a round; its size is how many rounds there are."""
    began, findings, kills = time.monotonic(), Findings(), 0
    for turn in range(order.size):
        for name, script in ALL_SCRIPTS.items():
            folder = order.folder / f"{turn} {name}"
            folder.mkdir()
            moments = list(islice(cycle(MOMENTS), turn, turn + len(script.acts)))
            try:
                with lend_database(order.engine, folder) as url:
                    await survive(script, folder, url, moments, forks=order.forks)
            except AssertionError as error:
                findings.others.append(f"{name}, round {turn + 1}: {error}")
            kills += len(moments)
    return Report(order=order, findings=findings, seconds=time.monotonic() - began, kills=kills)
