"""Points and rewards against a second, dumb ledger: whatever is done in whatever order, both say the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.chaos.contest import end_contests
from tests.chaos.money_game import play
from tests.chaos.money_shop import open_postgres_desks, open_sqlite_desks
from tests.chaos.writers import kill_again_and_again, list_wrong

SEED = 11


@pytest.mark.parametrize("examples", [4, pytest.param(44, marks=pytest.mark.long)])
def test_the_books_are_those_of_a_second_ledger(migrated_sqlite: Path, examples: int) -> None:
    """Join, stay, leave, rejoin, hold, revoke, buy, reserve, pay, hand out, undo, expire, coupons, gifts, contests, rules, time."""
    with open_sqlite_desks(migrated_sqlite) as desks:
        assert play(desks, examples=examples, steps=500, number=SEED) > 450 * examples


@pytest.mark.long
@pytest.mark.postgres
def test_they_are_so_on_postgres(postgres_url: str) -> None:
    """The same games, fewer of them."""
    with open_postgres_desks(postgres_url) as desks:
        assert play(desks, examples=8, steps=250, number=SEED) >= 2_000


@pytest.mark.long
async def test_sixteen_writers_who_are_killed_leave_the_books_in_order(store_url: str) -> None:
    """Nothing half done, nothing twice, nobody beyond a limit, and every checkpoint is of rows that are still there."""
    clock = await asyncio.to_thread(kill_again_and_again, store_url, kills=2, seed=SEED)
    wrong, transfers = await list_wrong(store_url, clock)
    assert wrong == []
    assert transfers > 0


@pytest.mark.long
async def test_contests_that_are_killed_at_their_ends_give_each_prize_once(store_url: str) -> None:
    """Over once, told once, and each place has its prize, whoever taps meanwhile."""
    clock = await asyncio.to_thread(kill_again_and_again, store_url, kills=2, seed=SEED, name="contest")
    wrong, counts = await end_contests(store_url, clock)
    assert wrong == []
    assert counts["contests"] >= 2
