"""The town that large measurements are made in: a small one of its kind, on both engines."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.services.members import enter
from storage import open_store
from storage.checks import find_faults
from storage.tables import funnel
from tests.benchmarks.bench_growth import find_known, list_questions, open_books
from tests.benchmarks.million import Town, fill, fill_postgres
from tests.storage.test_migrations import connect

MEMBERS = 300
KEPT = ("funnel", "tally", "liability", "score_band", "inviter_sum")
"""Tables of sums that triggers keep."""


def test_sums_of_a_generated_town_are_those_that_triggers_would_have_kept(
    store_url: str, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """They are counted once at the end; with each row as it comes they are the same, on either engine."""
    with connect(store_url) as store:
        boards = list(
            store.execute(text("SELECT id FROM board")).scalars()
        )  # as many as there are, wherever they were made
    fill_any(store_url)
    one_by_one = shutil.copy(migrated_sqlite, tmp_path / "one-by-one.db")
    with closing(sqlite3.connect(one_by_one)) as connection, connection:
        for table, columns, rows in Town(MEMBERS).list_tables(boards):
            names = columns.split()
            marks = ", ".join("?" * len(names))
            connection.executemany(f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})', rows)
    kept, counted = read_kept(f"sqlite:///{one_by_one}"), read_kept(store_url)
    assert counted == kept
    assert all(kept.values())


def fill_any(url: str, members: int = MEMBERS, *, kind: type[Town] = Town) -> None:
    """Make a town on either engine."""
    if url.startswith("sqlite"):
        fill(Path(url.removeprefix("sqlite:///")), members, kind=kind)
    else:
        fill_postgres(url, members, kind=kind)


def read_kept(url: str) -> dict[str, list[Any]]:
    """Every row of the sums, in an order of their own."""
    with connect(url) as connection:
        return {each: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {each}")))) for each in KEPT}


async def test_a_generated_town_is_as_the_services_would_have_left_it(store_url: str) -> None:
    """Its books are in order, everything that is measured can be asked, and nothing of it is out of order afterwards."""
    fill_any(store_url)
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
