"""Whether a store is sound: for `passalong doctor` and for tests that kill processes."""

from __future__ import annotations

from sqlalchemy import func, select

from storage.schema import person, score
from storage.store import Store
from storage.tables import ledgers
from storage.tx import Tx

_HELD = select(person.c.score, func.count()).where(person.c.score > 0).group_by(person.c.score)
_KEPT = select(score.c.score, score.c.members).where(score.c.members > 0)


async def list_faults(store: Store) -> list[str]:
    """Check the whole database and return its faults in words; reads everything."""
    return await store.read(find_faults)


def find_faults(tx: Tx) -> list[str]:
    """Return the faults of the database in words: files, foreign keys, balances, counters."""
    return [*tx.list_corruption(), *_list_imbalance(tx), *_list_wrong_scores(tx)]


def _list_imbalance(tx: Tx) -> list[str]:
    imbalance = ledgers.compute_imbalance(tx)
    return [f"balances miss the ledger by {imbalance} points"] if imbalance else []


def _list_wrong_scores(tx: Tx) -> list[str]:
    held: dict[int, int] = dict(tx.rows(_HELD))
    kept: dict[int, int] = dict(tx.rows(_KEPT))
    return [
        f"score {points}: {held.get(points, 0)} people have it, {kept.get(points, 0)} are counted"
        for points in sorted(held.keys() | kept.keys())
        if held.get(points, 0) != kept.get(points, 0)
    ]
