"""Rows that are over: an old shop's tables shrink at the next start, whatever its uptime was, and the figures stay."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import func, select

from bot.core.retention import KEPT, Ends
from storage import open_store
from storage.schema.everything import metadata
from tests.attack.ground import Ground, Kind, Verdict
from tests.jobs.test_retention import live
from tests.storage.cast import add_members
from tests.storage.clock import Clock

CLEANED_SECONDS = 240.0


async def start_an_old_shop(ground: Ground, verdict: Verdict) -> None:
    """A shop that ran for months without ever being cleaned."""
    clock, days = Clock(), ground.size(120, 1300)  # cleaning takes 200 broadcasts an hour at most
    clock.now = time.time_ns() // 1000 - 4 * 365 * 86_400 * 1_000_000
    async with open_store(ground.url, clock=clock) as store:
        people = await store.write(add_members, 20)
        for day in range(days):
            await store.write(live, people, day)
            clock.advance(3600)
    before = count_rows(ground)
    async with ground.running(ground.furnish()) as program:
        deadline = time.monotonic() + CLEANED_SECONDS
        while any(count_rows(ground).values()) and time.monotonic() < deadline:  # noqa: ASYNC110 -- cleaning tells nobody
            await asyncio.sleep(0.5)
        await ground.join()
        verdict.expect(program.status is None, program.read_errors()[-500:])
    after = count_rows(ground)
    left = {name: count for name, count in after.items() if count}
    verdict.figures |= {"tables": len(before), "rows before": sum(before.values()), "after": sum(after.values())}
    verdict.expect(sum(before.values()), "nothing was there: this proves nothing")
    verdict.expect(not left, f"stays for ever: {left}")


def count_rows(ground: Ground) -> dict[str, int]:
    """Old rows of tables whose rows end by time."""
    year = time.time_ns() // 1000 - 365 * 86_400 * 1_000_000
    counted: dict[str, int] = {}
    for name, keeping in KEPT.items():
        table = metadata.tables[name]
        moments = [column for column in table.columns if column.name in OLD_BY]
        if keeping.ends is Ends.TIME and moments:
            [(rows,)] = ground.fetch(select(func.count()).select_from(table).where(moments[0] < year))
            counted[name] = rows
    return counted


OLD_BY = {
    "received_at",
    "settled_at",
    "clicked_at",
    "shared_at",
    "uploaded_at",
    "left_at",
    "window_at",
    "expires_at",
    "until_at",
}
KINDS = [Kind(number=15, name="an old shop is cleaned at its start", run=start_an_old_shop)]
