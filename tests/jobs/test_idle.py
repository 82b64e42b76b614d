"""What a shop costs in which nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.capabilities import CAPABILITIES
from bot.jobs.composed import compose_jobs
from bot.jobs.supervisor import NOTED_SECONDS
from bot.services.campaigns.opening import open_shop
from bot.updates.capability import Registry
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from storage import Store
from storage.beside import run_beside
from tests.jobs.test_supervisor import Days
from tests.storage.cast import add_member
from tests.storage.clock import Clock


async def open_idle_shop(store: Store) -> Sequence[Job]:
    """A shop that nobody knows, and what is done there at least every ten minutes."""
    await store.write(open_shop, load_campaign(ASSETS / "campaigns" / "welcome.toml"))
    registry, nobody = Registry(CAPABILITIES), cast("Any", None)
    jobs = (*registry.jobs, *compose_jobs(nobody, Snapshots(store, nobody), registry))
    often = [job for job in jobs if job.every_seconds < NOTED_SECONDS]
    assert len(often) > 15
    return often


async def test_no_job_writes_where_there_is_nothing_to_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each looks first: for a transaction that writes, an idle file is opened once more, and that costs milliseconds."""
    often = await open_idle_shop(store)
    for job in often:
        await job.run(store)
    wrote, write = list[str](), Store.write

    async def note(self: Store, unit: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        wrote.append(unit.__qualname__)
        return await write(self, unit, *args, **kwargs)

    monkeypatch.setattr(Store, "write", note)
    found: dict[str, list[str]] = {}
    for job in often:
        await job.run(store)
        if wrote:
            found[job.name] = wrote[:]
            wrote.clear()
    assert found == {}


async def test_jobs_rest_while_nobody_writes(store: Store, store_url: str, clock: Clock) -> None:
    """On either engine; what a command beside the bot has written is looked for by all of them, each in its own time."""
    days, written = Days(store, clock, ends_at=600), list[float]()

    def note(job: Job) -> Job:
        async def run(store: Store) -> None:
            days.done.append((job.name, days.now))
            await job.run(store)

        return replace(job, run=run)

    async def write_beside(store: Store) -> None:
        written.append(days.now)
        before = store.find_mark()
        await asyncio.to_thread(run_beside, store_url, add_member, len(written))
        async with asyncio.timeout(60):
            while store.find_mark() == before:  # noqa: ASYNC110 -- it is told by another process
                await asyncio.sleep(0.01)

    often = await open_idle_shop(store)
    await days.run(*map(note, often), Job(name="a command", every_seconds=450, quiet_seconds=0, run=write_beside))
    assert len(written) == 2
    patient = {job.name for job in often if job.quiet_seconds == 300}
    assert len(patient) > 10
    assert [each for each in days.done if each[0] in patient and 150 < each[1] < 280] == []
    assert {job.name for job in often} <= {name for name, at in days.done if 0 <= at - written[1] <= 70}
