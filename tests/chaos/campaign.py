"""An owner makes a campaign in the playground's page, in a browser, over a bot that is killed at every step."""

from __future__ import annotations

import time

from storage import open_store
from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.order import Order
from tests.journeys.owners_walk import WALK, list_mistakes, open_page


async def run_campaign(order: Order) -> Report:
    """Walk all of it, and look at what came of it."""
    began, findings = time.monotonic(), Findings()
    with lend_database(order.engine, order.folder) as url:
        async with open_page(order.folder, url) as page:
            await page.walk(WALK, kills=range(len(WALK)))
        async with open_store(url) as store:
            findings.others += await list_mistakes(store)
    figures = {"steps": len(WALK), "taps": page.taps, "letters": page.letters}
    return Report(order=order, findings=findings, seconds=time.monotonic() - began, kills=len(WALK), figures=figures)
