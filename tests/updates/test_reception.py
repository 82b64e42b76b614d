"""Updates that Telegram brings: kept before anybody says so, once, in order, and none of a doubtful commit forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from telegram import Update

from bot.telemetry import Metrics
from bot.updates.raw_updates import RawUpdate
from bot.updates.reception import Reception
from storage import Store
from storage.errors import StoreError, StoreUnavailable
from storage.records import InboxRow, Seq
from storage.tables import inbox
from tests.wire.server import make_inline, make_update


class Desk:
    """Notes what it is told; wants what is from people of an even number."""

    def __init__(self) -> None:
        self.taken: list[InboxRow] = []
        self.read: list[int] = []
        """Of which what has been looked at of them came along."""
        self.inline: list[int] = []
        self.looks = 0

    def is_wanted(self, update: RawUpdate) -> bool:
        """Half of all."""
        return (update.sender_id or 0) % 2 == 0

    def take(self, rows: Sequence[InboxRow], parsed: Mapping[int, Update | None] | None = None) -> None:
        """Note them."""
        self.taken += rows
        self.read += parsed or ()

    def take_inline(self, update: RawUpdate) -> None:
        """Note it."""
        self.inline.append(update.update_id)

    def look(self) -> None:
        """Count it."""
        self.looks += 1


def open_reception(store: Any, secret: str = "s") -> tuple[Reception, Desk]:
    """A reception of this store's, and its desk."""
    desk = Desk()
    return Reception(secret=secret, store=store, taker=desk, metrics=Metrics()), desk


async def list_kept(store: Store) -> list[int]:
    """What lies in the inbox, in its order."""
    return [row.update_id for row in await store.read(inbox.list_open, after=Seq(0), limit=1000)]


async def test_what_is_brought_is_kept_once(store: Store) -> None:
    """The same again is taken and kept no second time, and makes whoever handles it look: its first commit may have broken off."""
    reception, desk = open_reception(store)
    for _ in range(3):
        await reception.take(make_update(7, 2, "hello"))
    assert (await list_kept(store), [row.update_id for row in desk.taken], desk.looks) == ([7], [7], 2)
    assert set(desk.read) == {7}
    counted = reception._metrics.read()
    assert (counted["updates_taken"], counted["updates_repeated"]) == (1, 2)


async def test_those_that_come_side_by_side_lie_in_the_order_of_their_ids(store: Store) -> None:
    """A balancer may turn them round: what is still waiting for its commit is put right."""
    reception, desk = open_reception(store)
    await asyncio.gather(*(reception.take(make_update(number, 2, "x")) for number in (30, 29, 25, 27, 28, 26)))
    assert await list_kept(store) == [row.update_id for row in desk.taken] == [25, 26, 27, 28, 29, 30]


async def test_what_nobody_keeps_is_taken_all_the_same(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Inline queries are answered now or never; what nobody wants and what is no update at all would come again for ever."""
    reception, desk = open_reception(store)
    await reception.take(make_inline(1, 2, "query"))
    await reception.take(make_update(2, 3, "not for us"))
    nonsense: list[object] = [None, [], {}, "x", {"update_id": -1}, {"update_id": 3, "message": "x"}, 10**400]
    for entry in nonsense:
        await reception.take(entry)
    assert (await list_kept(store), desk.taken, desk.inline) == ([], [], [1])
    assert [each.args for each in caplog.records] == [(number,) for number in (None, None, None, None, None, 3, None)]
    counted = reception._metrics.read()
    assert (counted["updates_malformed"], counted["updates_unwanted"]) == (7, 1)


class Torn:
    """A store whose next commit's end nobody sees, though it has happened."""

    def __init__(self, store: Store, error: StoreError) -> None:
        self._store, self._error = store, error
        self.torn = False

    async def write(self, unit: Callable[..., Any], *args: Any) -> Any:
        """Write, and say once that it is not known."""
        done = await self._store.write(unit, *args)
        if not self.torn:
            self.torn = True
            raise self._error
        return done


async def test_a_commit_that_broke_off_is_told_and_looked_for(store: Store) -> None:
    """Whoever brought it comes again; the row that lies there already is not forgotten meanwhile."""
    reception, desk = open_reception(Torn(store, StoreUnavailable("away")))
    with pytest.raises(StoreUnavailable):
        await reception.take(make_update(7, 2, "hello"))
    assert (await list_kept(store), desk.taken, desk.looks) == ([7], [], 1)
    await reception.take(make_update(7, 2, "hello"))
    assert (await list_kept(store), desk.taken, desk.looks) == ([7], [], 2)


async def test_whoever_hangs_up_takes_nobody_elses_update_along(store: Store) -> None:
    """A commit is shared: the one who does not wait for it is left out of nothing."""
    reception, _ = open_reception(store)
    takes = [asyncio.create_task(reception.take(make_update(number, 2, "x"))) for number in range(1, 6)]
    await asyncio.sleep(0)
    takes[2].cancel()
    await asyncio.gather(*takes, return_exceptions=True)
    await reception.take(make_update(6, 2, "x"))
    assert await list_kept(store) == [1, 2, 3, 4, 5, 6]
