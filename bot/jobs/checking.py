"""Looking the database over, daily."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.durations import DAY_SECONDS
from bot.late import late
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.store import Store

if TYPE_CHECKING:
    from storage import checks
else:
    checks = late("storage.checks")

LIMIT_SECONDS = 60.0
"""One of the connections that read is busy meanwhile."""


async def _run(store: Store) -> None:
    await store.read(checks.check_quickly, LIMIT_SECONDS)


CHECKING = Job(name="checking", every_seconds=float(DAY_SECONDS), run=_run)
"""What it finds ends the process in words: a broken file is nothing to go on with."""

CAPABILITY = Capability(name="checking", jobs=[CHECKING])
