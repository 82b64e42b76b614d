from __future__ import annotations

from sqlalchemy import select

from storage import Store, Tx
from storage.records import Event, InboxRow, Seq, UpdatesKept
from storage.schema.messages import inbox as table
from storage.tables import inbox
from tests.storage.clock import NOON, Clock

FIRST = Seq(0)
THREE = [(10, 7_000_000_001, b'{"a":1}'), (11, None, b"{}"), (12, 7_000_000_001, b"\x00\xff")]


async def add_three(store: Store) -> list[Seq]:
    """Keep three updates and return their places."""
    return [row.seq for row in await store.write(inbox.add_batch, THREE)]


async def test_updates_come_back_in_order_as_they_were(store: Store) -> None:
    """What was kept is what is handled: ids, senders and bytes, by ever-growing seq."""
    added = await store.write(inbox.add_batch, THREE)
    assert [(row.update_id, row.sender_id, row.raw) for row in added] == THREE
    assert added == sorted(added, key=lambda row: row.seq)
    assert await store.read(inbox.list_open, after=FIRST, limit=10) == added


async def test_an_update_is_kept_once(store: Store) -> None:
    """A repeated update_id, in one batch or in the next, is not new."""
    await store.write(inbox.add_batch, THREE)
    again = await store.write(inbox.add_batch, [(12, None, b"x"), (13, None, b"y"), (13, None, b"z")])
    assert [(row.update_id, row.raw) for row in again] == [(13, b"y")]
    assert await store.write(inbox.add_batch, []) == []
    assert await store.read(inbox.count_open) == 4


async def test_open_updates_are_paged(store: Store) -> None:
    """`after` and `limit` cut the list of open updates."""
    seqs = await add_three(store)
    page = await store.read(inbox.list_open, after=seqs[0], limit=1)
    assert [row.seq for row in page] == [seqs[1]]


async def test_one_senders_open_updates_are_read_apart(store: Store) -> None:
    """In order, between two places, and nobody else's."""
    seqs = await add_three(store)
    found = [
        [row.seq for row in await store.read(inbox.list_open_of, 7_000_000_001, after=after, upto=upto, limit=limit)]
        for after, upto, limit in ((FIRST, seqs[2], 9), (seqs[0], seqs[2], 9), (FIRST, seqs[1], 9), (FIRST, seqs[2], 1))
    ]
    assert found == [[seqs[0], seqs[2]], [seqs[2]], [seqs[0]], [seqs[0]]]


async def test_open_updates_are_found_by_their_numbers_and_by_what_came_later(store: Store) -> None:
    """In order, and none that is handled."""
    seqs = await add_three(store)
    await store.write(inbox.close, seqs[1])
    assert [row.seq for row in await store.read(inbox.list_open_among, [12, 11, 10])] == [seqs[0], seqs[2]]
    assert [row.seq for row in await store.read(inbox.list_open_among, [12, 99])] == [seqs[2]]
    assert [row.seq for row in await store.read(inbox.list_open_before, seqs[2], limit=9)] == [seqs[0]]
    assert [row.seq for row in await store.read(inbox.list_open_before, Seq(seqs[2] + 1), limit=1)] == [seqs[0]]


async def test_an_update_is_its_senders(store: Store) -> None:
    """Nobody else is told what it says, and it is told whether it is handled."""
    seqs = await add_three(store)
    assert await store.read(inbox.find_raw, seqs[2], 7_000_000_001) == b"\x00\xff"
    assert await store.read(inbox.find_raw, seqs[0], 7_000_000_001) == b'{"a":1}'
    assert await store.read(inbox.find_raw, seqs[0], 7_000_000_002) is None
    assert await store.read(inbox.find_raw, seqs[1], 7_000_000_001) is None
    await store.write(inbox.close, seqs[1])
    await store.write(inbox.bury, seqs[2], "")
    assert [await store.write(inbox.is_closed, each) for each in seqs] == [False, True, True]


async def test_what_another_process_brings_is_told_where_it_is_new(store: Store) -> None:
    """Kept like any other; what was there before wakes nobody."""
    heard: list[Event] = []
    store.subscribe(heard.extend)
    added = await store.write(inbox.add_brought, THREE[:2])
    assert [(row.update_id, row.sender_id, row.raw, row.failures) for row in added] == [
        (*each, 0) for each in THREE[:2]
    ]
    assert await store.write(inbox.add_brought, THREE[:1]) == []
    assert heard == [UpdatesKept()]
    assert await store.read(inbox.list_open, after=FIRST, limit=9) == added


async def test_who_has_waited_longest_is_known(store: Store, clock: Clock) -> None:
    """Until it is handled; where nobody waits, nobody has."""
    assert await store.read(inbox.find_oldest_open) is None
    (first, *_) = await add_three(store)
    clock.advance(5)
    await store.write(inbox.add_batch, [(20, None, b"")])
    assert await store.read(inbox.find_oldest_open) == clock.now - 5_000_000
    await store.write(inbox.close_all, [first, Seq(first + 1), Seq(first + 2)])
    assert await store.read(inbox.find_oldest_open) == clock.now
    assert await store.read(inbox.count_open) == 1


async def test_closing_counts_once(store: Store) -> None:
    """An update is closed by one call only, and is not open any more."""
    seqs = await add_three(store)
    assert [await store.write(inbox.close, seqs[0]) for _ in range(2)] == [True, False]
    assert await store.read(inbox.count_open) == 2


async def test_failures_are_counted_and_then_buried(store: Store) -> None:
    """Failures add up on an open update; a buried one is dead and neither closes nor fails any more."""
    seqs = await add_three(store)
    assert [await store.write(inbox.note_failure, seqs[1], "boom\0\ud800" * 200) for _ in range(2)] == [1, 2]
    assert await store.write(inbox.bury, seqs[1], "gave up") is True

    def after(tx: Tx) -> tuple[bool, bool, int, list[InboxRow]]:
        buried, closed = inbox.bury(tx, seqs[1], ""), inbox.close(tx, seqs[1])
        return buried, closed, inbox.note_failure(tx, seqs[1], ""), inbox.list_dead(tx, 5)

    buried, closed, failures, dead = await store.write(after)
    assert (buried, closed, failures) == (False, False, 0)
    assert [(row.seq, row.failures) for row in dead] == [(seqs[1], 2)]


async def test_only_closed_and_old_updates_are_forgotten(store: Store, clock: Clock) -> None:
    """Cleaning takes closed updates received before the moment, at most `limit` at a time."""
    seqs = await add_three(store)
    for seq in seqs[:2]:
        await store.write(inbox.close, seq)
    assert await store.write(inbox.delete_closed, before=clock.now, limit=10) == 0
    clock.advance(1)
    assert await store.write(inbox.delete_closed, before=clock.now, limit=1) == 1
    assert await store.write(inbox.delete_closed, before=clock.now, limit=9) == 1
    assert await store.read(inbox.count_open) == 1


async def test_places_are_never_used_again(store: Store, clock: Clock) -> None:
    """After a cleaning, seq goes on growing."""
    seqs = await add_three(store)
    for seq in seqs:
        await store.write(inbox.close, seq)
    clock.advance(1)
    await store.write(inbox.delete_closed, before=clock.now, limit=10)
    (newest,) = await store.write(inbox.add_batch, [(20, None, b"")])
    assert newest.seq > max(seqs)


async def test_of_whoever_is_forgotten_the_numbers_of_updates_are_left(store: Store, clock: Clock) -> None:
    """What is open waits until it is handled, unless it is to go as well; others' updates stay as they are."""
    seqs = await add_three(store)
    await store.write(inbox.add_batch, [(13, 7_000_000_002, b"{}")])
    await store.write(inbox.close, seqs[0])
    clock.advance(1)
    rows = select(table.c.update_id, table.c.sender_id, table.c.raw, table.c.state, table.c.closed_at).order_by(
        table.c.seq
    )
    others = [(11, None, b"{}", "open", None), (13, 7_000_000_002, b"{}", "open", None)]
    blank = (10, None, b"", "done", NOON)
    for open_too, last in (
        (False, (12, 7_000_000_001, b"\x00\xff", "open", None)),
        (True, (12, None, b"", "done", clock.now)),
    ):
        await store.write(inbox.blank, 7_000_000_001, open_too=open_too)
        found = [(*row[:2], bytes(row[2]), *row[3:]) for row in await store.read(lambda tx: tx.rows(rows))]
        assert found == [blank, others[0], last, others[1]]
