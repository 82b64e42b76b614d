from __future__ import annotations

from sqlalchemy import text

from bot.web.health import PROBE_SECONDS, Health
from storage import Store
from storage.checks import PROBE
from storage.tables import due_jobs
from tests.storage.cast import run


async def test_health_is_a_row_that_is_really_written(store: Store) -> None:
    """Where rows cannot be written it says so, and says so no longer when they can again."""
    now = 0.0
    health = Health(store, clock=lambda: now)
    assert await health.ask() == "ok"
    assert PROBE in await store.read(due_jobs.list_all)
    await store.write(run, text("ALTER TABLE due_job RENAME TO gone"))
    assert await health.ask() == "ok", "asked again within seconds, nothing is written"
    now = PROBE_SECONDS
    assert await health.ask() == "cannot write"
    await store.write(run, text("ALTER TABLE gone RENAME TO due_job"))
    now = 2 * PROBE_SECONDS
    assert await health.ask() == "ok"
