from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from bot.broadcasts.planner import AudiencePlanner
from bot.telemetry import OWN_PACE
from storage import Store
from storage.records import BroadcastId


async def test_an_audience_is_planned_at_the_bots_own_pace() -> None:
    """Page after page; whoever writes to the shop meanwhile waits for none of it."""
    pages, paces, planned = [3, 2, None], list[bool](), asyncio.Event()

    async def write(_unit: object, **_arguments: Any) -> int | None:
        paces.append(OWN_PACE.get())
        return pages.pop(0)

    planner = AudiencePlanner(cast("Store", SimpleNamespace(write=write)), planned.set, retry_seconds=0.1)
    planner.plan([BroadcastId(1)])
    async with asyncio.timeout(10):
        await planned.wait()
    await planner.stop()
    assert (paces, planner.left, OWN_PACE.get()) == ([True] * 3, set(), False)
