from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import text

from storage import Store, open_store
from storage.beside import open_beside
from storage.records import Seq
from storage.tables import inbox
from storage.tx import Tx

pytestmark = pytest.mark.postgres

_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
PATIENCE_SECONDS = 60.0


def keep(tx: Tx, update_id: int) -> Seq:
    """What a door does."""
    return inbox.add_batch(tx, [(update_id, 7, b"{}")])[0].seq


async def test_no_row_shows_up_before_one_with_a_lower_number(postgres_url: str) -> None:
    """Of two processes that write at once the second has its number only when the first has committed: readers go by numbers."""
    written, finish = threading.Event(), threading.Event()

    def keep_slowly(tx: Tx) -> Seq:
        seq = keep(tx, 1)
        written.set()
        finish.wait(PATIENCE_SECONDS)
        return seq

    def run_beside() -> Seq:
        with open_beside(postgres_url) as beside:
            return beside.do(keep_slowly, writable=True)

    async with open_store(postgres_url) as store:
        slow = asyncio.create_task(asyncio.to_thread(run_beside))
        await asyncio.to_thread(written.wait, PATIENCE_SECONDS)
        quick = asyncio.create_task(store.write(keep, 2))
        await _until_somebody_waits(store)
        assert [row.update_id for row in await store.read(inbox.list_open, after=Seq(0), limit=9)] == []
        finish.set()
        assert await slow < await quick
        assert [row.update_id for row in await store.read(inbox.list_open, after=Seq(0), limit=9)] == [1, 2]


async def _until_somebody_waits(store: Store) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await store.read(lambda tx: tx.scalar(_WAITING)):  # noqa: ASYNC110 -- the server tells nobody
            await asyncio.sleep(0.01)
