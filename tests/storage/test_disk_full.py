from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from storage import Store, StoreUnavailable, Tx, open_store
from storage.checks import list_faults
from storage.tables import inbox
from tests.storage.cast import run

LARGE = b"x" * 1_000_000


@pytest.fixture
async def full_store(sqlite_url: str) -> AsyncIterator[Store]:
    """A SQLite store that has room for a few small rows, but not for a large one."""
    async with open_store(sqlite_url) as store:
        await store.write(limit_pages, 20)
        yield store


def limit_pages(tx: Tx, more: int) -> None:
    """Allow the file to grow by so many pages, as if the disk ended there."""
    pages = tx.scalar(text("PRAGMA page_count"))
    tx.rows(text(f"PRAGMA max_page_count = {pages + more}"))


def keep(tx: Tx, update_id: int, raw: bytes = b"{}") -> int:
    """Keep one update."""
    return len(inbox.add_batch(tx, [(update_id, None, raw)]))


async def test_a_full_disk_fails_the_unit_and_harms_nothing(full_store: Store) -> None:
    """The error is named, what was committed stays, and with space writing goes on."""
    await full_store.write(keep, 1)
    with pytest.raises(StoreUnavailable, match="full"):
        await full_store.write(keep, 2, LARGE)
    assert await list_faults(full_store) == []
    assert await full_store.read(inbox.count_open) == 1
    await full_store.write(limit_pages, 1_000)
    assert await full_store.write(keep, 2, LARGE) == 1


async def test_a_full_disk_fails_only_the_unit_that_was_too_large(full_store: Store) -> None:
    """Those that shared the transaction are run again alone, and committed."""
    small = [full_store.write(keep, number) for number in range(10)]
    large = full_store.write(keep, 99, LARGE)
    outcomes = await asyncio.gather(*small[:5], large, *small[5:], return_exceptions=True)
    assert [isinstance(each, StoreUnavailable) for each in outcomes] == [False] * 5 + [True] + [False] * 5
    assert await full_store.read(inbox.count_open) == 10
    assert await list_faults(full_store) == []


async def test_a_foreign_reader_or_writer_is_waited_for(sqlite_url: str) -> None:
    """Somebody looking into the file with another tool does not fail the bot."""
    import sqlite3

    async with open_store(sqlite_url) as store:
        other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        writing = [asyncio.create_task(store.write(keep, number)) for number in range(3)]
        await asyncio.sleep(0.1)
        other.execute("COMMIT")
        assert await asyncio.gather(*writing) == [1, 1, 1]
        other.close()
        assert await store.write(run, text("UPDATE inbox SET failures = 0")) == 3
