"""What a shop costs in which nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from bot.assets import ASSETS
from bot.campaign_file import load_campaign
from bot.capabilities import CAPABILITIES
from bot.jobs.composed import compose_jobs
from bot.jobs.supervisor import NOTED_SECONDS
from bot.services.campaigns.opening import open_shop
from bot.updates.capability import Registry
from bot.wire.snapshot import Snapshots
from storage import Store


async def test_no_job_writes_where_there_is_nothing_to_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each looks first: for a transaction that writes, an idle file is opened once more, and that costs milliseconds."""
    await store.write(open_shop, load_campaign(ASSETS / "campaigns" / "welcome.toml"))
    registry, nobody = Registry(CAPABILITIES), cast("Any", None)
    jobs = (*registry.jobs, *compose_jobs(nobody, Snapshots(store, nobody), registry))
    often = [job for job in jobs if job.every_seconds < NOTED_SECONDS]
    assert len(often) > 15
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
