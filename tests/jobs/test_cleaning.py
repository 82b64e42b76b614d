from __future__ import annotations

import logging

import pytest

from bot.core.durations import DAY_SECONDS, HOUR_SECONDS
from bot.jobs.cleaning import CLEANING, clean
from bot.services.visiting import Click, count_clicks
from storage import Store, Tx
from storage.tables import clicks
from tests.storage.cast import add_member
from tests.storage.clock import Clock


def click(tx: Tx, *, visitors: int) -> int:
    """So many visitors open one member's link; returns how many clicks were new."""
    member = add_member(tx, 1)
    clicked = [Click(member_id=member.id, code=member.code, source="web", visitor=f"v{n}") for n in range(visitors)]
    return count_clicks(tx, clicked=clicked)


async def test_visits_are_forgotten_after_a_day_and_clicks_are_not(store: Store, clock: Clock) -> None:
    """While the day lasts a visitor must be known, so that they are one person; afterwards only the count stays."""
    assert await store.write(click, visitors=5) == 5
    assert await clean(store) == 0
    assert await store.write(click, visitors=5) == 0
    clock.advance(DAY_SECONDS + HOUR_SECONDS)
    assert await clean(store, page=2) == 5
    assert await clean(store, page=2) == 0
    assert await store.read(clicks.count_by_source) == {"web": 5}
    assert await store.write(click, visitors=5) == 5


async def test_the_job_does_every_chore(store: Store, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """And says in the log how much went."""
    caplog.set_level(logging.DEBUG, "bot.jobs.cleaning")
    await store.write(click, visitors=5)
    clock.advance(DAY_SECONDS + HOUR_SECONDS)
    await CLEANING.run(store)
    assert await clean(store) == 0
    assert [each.args for each in caplog.records] == [(5,)]
