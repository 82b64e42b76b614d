"""Contests begin and end when their time has come."""

from __future__ import annotations

from bot.services.campaigns.running import find_next_turn
from bot.services.contests import contests
from storage.store import Store
from storage.tables.contests import list_open
from storage.tx import Tx


async def turn(store: Store) -> None:
    """Look, and write only where something is due."""
    if await store.read(contests.is_due):
        await store.write(contests.turn_contests)


def find_next_end(tx: Tx) -> int | None:
    """The next moment at which a contest ends, or a campaign that may have one turns, UTC microseconds."""
    ends, turn = [row.ends_at for row in list_open(tx) if row.ends_at > tx.now], find_next_turn(tx)
    return min(ends if turn is None else [*ends, turn], default=None)
