"""Every dialogue in full: each of its steps dies, in each round at another moment, and so does leaving it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import cycle, islice

from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.order import Order
from tests.journeys.dialogue_scripts import ALL_SCRIPTS, SCRIPTS
from tests.journeys.dialogues import MOMENTS, leave, survive

Walking = Callable[..., Awaitable[None]]


async def run_dialogues(order: Order) -> Report:
    """Walk through every dialogue once a round; its size is how many rounds there are."""
    began, findings, kills = time.monotonic(), Findings(), 0
    for turn in range(order.size):
        for name, script in ALL_SCRIPTS.items():
            moments = list(islice(cycle(MOMENTS), turn, turn + len(script.acts)))
            walks: dict[str, Walking] = {name: partial(survive, moments=moments)}
            if name in SCRIPTS:
                walks[f"{name}, left"] = leave
            for title, walk in walks.items():
                folder = order.folder / f"{turn} {title}"
                folder.mkdir()
                try:
                    with lend_database(order.engine, folder) as url:
                        await walk(script, folder, url, forks=order.forks)
                except AssertionError as error:
                    findings.others.append(f"{title}, round {turn + 1}: {error}")
            kills += len(moments) + len(walks) - 1
    return Report(order=order, findings=findings, seconds=time.monotonic() - began, kills=kills)
