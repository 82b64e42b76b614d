"""The town that large measurements are made in: a small one of its kind, on both engines."""

from __future__ import annotations

from pathlib import Path

from bot.services.members import enter
from storage import open_store
from storage.checks import find_faults
from storage.tables import funnel
from tests.benchmarks.bench_growth import find_known, list_questions, open_books
from tests.benchmarks.million import Town, fill, fill_postgres

MEMBERS = 300


async def test_a_generated_town_is_as_the_services_would_have_left_it(store_url: str) -> None:
    """Its books are in order, everything that is measured can be asked, and nothing of it is out of order afterwards."""
    if store_url.startswith("sqlite"):
        fill(Path(store_url.removeprefix("sqlite:///")), MEMBERS)
    else:
        fill_postgres(store_url, MEMBERS)
    async with open_store(store_url) as store:
        assert await store.read(find_faults) == []
        session = await open_books(store)
        await store.write(enter, find_known(MEMBERS, 0))
        for ask in list_questions(store, MEMBERS, 0, session).values():
            await ask()
        assert await store.read(find_faults) == []
        counted = await store.read(funnel.sum_all)
    town = Town(MEMBERS)
    assert counted.members == MEMBERS + 1 + 1  # the owner, and whoever joined when that was asked
    assert counted.started == sum(town.friends.values()) + 1 == MEMBERS - town.founders + 1
    assert town.friends.most_common(1)[0][1] > 5 * MEMBERS // town.founders
