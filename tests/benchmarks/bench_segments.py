"""A message to some of a million members: how long it takes to count them, to plan who gets it, and what joins feel of it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.services.broadcasts.delivering import proceed
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.segments.finding import count_steps
from storage import Store, Tx, open_store
from storage.records import BroadcastId, BroadcastState, PersonId, Profile
from storage.tables import broadcasts, deliveries
from tests.benchmarks.bench_growth import FRIENDS_EACH, code_of, fill, load_campaign
from tests.benchmarks.rows import Row, row

MEMBERS = 1_000_000
WRITTEN = "language:en and friends>=3 and not shared since 30d"
JOINS = 300
"""Of each kind: while nothing else is done, and while it is planned."""
PAUSE_SECONDS = 0.005
"""Between two joins: others come, but not all at once."""


def measure() -> list[Row]:
    """Seconds in all, and a join's p99 with the planning against without it."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder) / "bench.db"))


async def _measure(database: Path) -> list[Row]:
    async with open_store(f"sqlite:///{database}"):
        pass
    fill(database, MEMBERS)
    async with open_store(f"sqlite:///{database}") as store:
        await store.write(open_shop, Source(campaign=load_campaign()))
        began = time.perf_counter()
        counts = await store.read(count_steps, WRITTEN)
        counted = time.perf_counter() - began
        broadcast_id = await store.write(_confirm)
        alone = await _join(store, 0)
        began = time.perf_counter()
        planning = asyncio.create_task(_plan(store, broadcast_id))
        beside = await _join(store, 1)
        steps = await planning
        planned = time.perf_counter() - began
        number = sum((await store.read(deliveries.count_by_state, broadcast_id)).values())
    assert number == counts[-1]
    return [
        row(f"counting what each of three steps leaves of {MEMBERS:,} members", counted, "s"),
        row(f"planning for the {number:,} who are meant, {steps:,} transactions", planned, "s", at_most=5),
        row(f"a join's p99 meanwhile ({beside * 1000:.1f} ms)", beside / alone, "x", at_most=1.5),
    ]


def _confirm(tx: Tx) -> BroadcastId:
    broadcast = broadcasts.add(tx, PersonId(1))
    broadcasts.set_content(tx, broadcast.id, {"text": "Hi"})
    broadcasts.set_segment(tx, broadcast.id, WRITTEN)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    broadcasts.fix_audience(tx, broadcast.id)
    return broadcast.id


async def _plan(store: Store, broadcast_id: BroadcastId) -> int:
    """Step after step as the worker does, with nobody to send to any more; how many it took until all were looked at."""
    steps = 0
    while True:
        step = await store.write(proceed, limit=1)
        steps += 1
        if not step.more:
            return steps


async def _join(store: Store, turn: int) -> float:
    """The p99 of joins one after the other, seconds."""
    times = []
    for number in range(JOINS):
        inviter = (number * 7_919) % (MEMBERS // (FRIENDS_EACH + 1)) + 1
        newcomer = Profile(telegram_id=10_000_000 + 1_000 * turn + number, first_name="New", telegram_language="en")
        began = time.perf_counter()
        await store.write(start, visitor=newcomer, payload=code_of(inviter))
        times.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_SECONDS)
    return statistics.quantiles(times, n=100)[98]
