"""A message to some of a million members: how long it takes to count them, to plan who gets it, and what joins feel of it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from bot.broadcasts.planner import AudiencePlanner
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.segments.finding import count_steps
from storage import Store, Tx, open_store
from storage.records import BroadcastId, BroadcastState, PersonId, Profile
from storage.tables import broadcasts, deliveries
from tests.benchmarks.bench_growth import load_campaign
from tests.benchmarks.million import Town, code_of, fill
from tests.benchmarks.rows import Row, row

MEMBERS = 1_000_000
FEW = "language:en and friends>=1 and not shared since 30d"
MOST = "language:en and not label:staff and not shared since 30d"
"""Whoever has brought somebody is meant by the first, everybody by the second."""
JOINS = 400
"""While nothing else is done; and so many at least while it is planned."""
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
        await store.read(count_steps, FEW)
        counted = time.perf_counter() - began
        rows = [row(f"counting what each of three steps leaves of {MEMBERS:,} members", counted, "s")]
        for turn, written in enumerate((FEW, MOST)):
            rows += await _measure_planning(store, written, turn)
    return rows


async def _measure_planning(store: Store, written: str, turn: int) -> list[Row]:
    """One broadcast after the other until enough have joined meanwhile: of few joins the worst is no p99."""
    alone, beside, planned = await _join(store, 10 * turn), list[float](), 0.0
    for again in range(1, 10):
        meant = (await store.read(count_steps, written))[-1]
        broadcast_id = await store.write(_confirm, written)
        planning = asyncio.create_task(_plan(store, broadcast_id))
        beside += await _join(store, 10 * turn + again, planning)
        planned = max(planned, await planning)
        assert sum((await store.read(deliveries.count_by_state, broadcast_id)).values()) == meant
        if len(beside) >= JOINS:
            break
    before, after = (statistics.quantiles(times, n=100)[98] for times in (alone, beside))
    return [
        row(f"planning for the {meant:,} who are meant, of {MEMBERS:,}, while others join", planned, "s", at_most=5),
        row(f"a join's p99 meanwhile, of {len(beside)} ({1000 * after:.1f} ms)", after / before, "x", at_most=1.5),
    ]


def _confirm(tx: Tx, written: str) -> BroadcastId:
    broadcast = broadcasts.add(tx, PersonId(1))
    broadcasts.set_content(tx, broadcast.id, {"text": "Hi"})
    broadcasts.set_segment(tx, broadcast.id, written)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    broadcasts.fix_audience(tx, broadcast.id)
    return broadcast.id


async def _plan(store: Store, broadcast_id: BroadcastId) -> float:
    """As the sender has it done, beside it; the seconds that it took."""
    done, began = asyncio.Event(), time.perf_counter()
    AudiencePlanner(store, done.set, retry_seconds=1.0).plan([broadcast_id])
    await done.wait()
    return time.perf_counter() - began


async def _join(store: Store, turn: int, until: asyncio.Task[float] | None = None) -> list[float]:
    """Joins one after the other, the seconds of each; where a task is given, only as long as that runs."""
    times: list[float] = []
    for number in range(JOINS):
        inviter = (number * 7_919) % Town(MEMBERS).founders + 1
        newcomer = Profile(telegram_id=10_000_000 + 1_000 * turn + number, first_name="New", telegram_language="en")
        began = time.perf_counter()
        await store.write(start, visitor=newcomer, payload=code_of(inviter))
        if until is not None and until.done():
            break
        times.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_SECONDS)
    return times
