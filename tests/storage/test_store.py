from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from contextvars import ContextVar
from functools import partial

import pytest
from sqlalchemy import Executable, insert, select, text, update

from storage import RuleBroken, Store, StoreClosed, StoreLost, StoreUnavailable, Tx, open_store
from storage.addresses import ANNOUNCE
from storage.checks import list_faults
from storage.records import BroadcastChanged, BroadcastState, Event, NoticeOwed, Person, PersonId
from storage.schema.boards import score, standing
from storage.schema.messages import broadcast, delivery, inbox, outbox
from storage.schema.people import person
from storage.schema.referrals import referral
from storage.schema.rewards import grant
from storage.tables import broadcasts, directory, people, scores
from storage.tables import outbox as notices
from storage.tx import Row
from tests.storage.cast import add_member, add_members, refer, run
from tests.storage.clock import NOON, Clock


class DeliberateError(Exception):
    """Raised by a unit on purpose."""


def owe(tx: Tx, key: str) -> None:
    """Owe the announce chat a notice."""
    notices.add(tx, address=ANNOUNCE, kind="join_announced", payload={}, key=key)


def owe_and_fail(tx: Tx, key: str) -> None:
    """Owe a notice, then raise."""
    owe(tx, key)
    raise DeliberateError(key)


async def test_what_a_raising_unit_wrote_is_undone(store: Store) -> None:
    """Its caller gets the exception, nothing is kept, and the store works on."""
    with pytest.raises(DeliberateError, match="k1"):
        await store.write(owe_and_fail, "k1")
    assert await store.read(notices.count_owed) == 0
    await store.write(owe, "k1")
    assert await store.read(notices.count_owed) == 1


async def test_units_that_wait_together_fail_apart(store: Store) -> None:
    """Of many units at the same time each has its own outcome: the failing ones alone are undone."""
    calls = (store.write(owe_and_fail if number % 3 == 0 else owe, f"k{number}") for number in range(30))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    failed = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, DeliberateError)]
    assert failed == list(range(0, 30, 3))
    assert await store.read(notices.count_owed) == 20


async def test_a_broken_constraint_fails_its_own_unit_only(store: Store) -> None:
    """An error of the database in one unit leaves those beside it whole."""
    anna = await store.write(add_member, 1)
    bad = store.write(run, insert(outbox).values(recipient_id=99, kind="x", payload="", key="bad", created_at=1))
    good = [store.write(owe, f"k{number}") for number in range(5)]
    outcomes = await asyncio.gather(*good[:2], bad, *good[2:], return_exceptions=True)
    assert [type(each) for each in outcomes if each is not None] == [RuleBroken]
    assert await store.read(people.get, anna.id) == anna
    assert await store.read(notices.count_owed) == 5


async def test_events_are_told_after_the_commit_and_before_the_caller_goes_on(store: Store) -> None:
    """A listener hears of committed units only, on the loop, by the time their caller resumes."""
    heard: list[str] = []

    def note(events: Sequence[Event]) -> None:
        heard.extend(type(each).__name__ for each in events)

    store.subscribe(note)
    with pytest.raises(DeliberateError):
        await store.write(owe_and_fail, "k1")
    assert heard == []
    await store.write(owe, "k2")
    assert heard == [NoticeOwed.__name__]


async def test_a_listener_hears_of_what_it_asks_for(store: Store) -> None:
    """A join tells of notices: whoever sends broadcasts is not called for it."""
    heard: list[BroadcastChanged] = []
    called: list[int] = []

    def note(events: Sequence[BroadcastChanged]) -> None:
        called.append(len(events))
        heard.extend(events)

    store.subscribe(note, BroadcastChanged)
    await store.write(owe, "k1")
    assert called == []
    anna = await store.write(add_member, 1)
    begun = await store.write(broadcasts.add, anna.id)
    await store.write(broadcasts.set_state, begun.id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT])
    assert heard == [BroadcastChanged(broadcast_id=begun.id)]


async def test_a_failing_listener_harms_nobody(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """The commit stands, the other listeners hear, and the failure is logged."""

    def fail(_: Sequence[Event]) -> None:
        raise DeliberateError

    heard: list[Event] = []
    store.subscribe(fail)
    store.subscribe(heard.extend)
    await store.write(owe, "k1")
    assert len(heard) == 1
    assert "listener" in caplog.text


async def test_cancelling_a_caller_does_not_cancel_its_write(store: Store) -> None:
    """The unit is committed and told all the same."""
    told = asyncio.Event()
    store.subscribe(lambda _: told.set())
    gate, entered = threading.Event(), threading.Event()

    def wait_and_owe(tx: Tx) -> None:
        entered.set()
        gate.wait(5)
        owe(tx, "k1")

    caller = asyncio.create_task(store.write(wait_and_owe))
    await asyncio.to_thread(entered.wait, 5)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    gate.set()
    await told.wait()
    assert await store.read(notices.count_owed) == 1


@pytest.mark.parametrize(
    ("error", "level"), [(DeliberateError("oops"), logging.ERROR), (StoreUnavailable("away"), logging.WARNING)]
)
async def test_a_failure_nobody_waits_for_is_logged(
    store: Store, caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    """The error of a unit whose caller was cancelled is not swallowed; a database that is away is none."""
    gate = threading.Event()

    def wait_and_fail(_: Tx) -> None:
        gate.wait(5)
        raise error

    caller = asyncio.create_task(store.write(wait_and_fail))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait({caller})
    gate.set()
    async with asyncio.timeout(60):
        while str(error) not in caplog.text:  # noqa: ASYNC110  # a log record sets no event
            await asyncio.sleep(0.01)
    assert [each.levelno for each in caplog.records if str(error) in each.getMessage()] == [level]


async def test_a_unit_may_raise_anything(store: Store) -> None:
    """Even what a future cannot carry reaches the caller as an error."""

    def stop(_: Tx) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.write(stop)


async def test_a_transaction_is_dead_once_its_unit_returned(store: Store) -> None:
    """A unit that lets its tx escape gains nothing by it."""
    escaped = await store.write(lambda tx: tx)
    with pytest.raises(RuntimeError, match="ended"):
        directory.count_members(escaped)


async def test_reading_units_cannot_write(store: Store) -> None:
    """The database refuses, on either engine."""
    with pytest.raises(StoreUnavailable):
        await store.read(owe, "k1")
    assert await store.read(notices.count_owed) == 0


def list_rows(tx: Tx, statement: Executable) -> list[Row]:
    """All of them."""
    return tx.rows(statement)


async def test_reading_units_cannot_lock(store: Store) -> None:
    """Neither a row by itself nor one that is looked for within another statement; whoever writes can do both."""
    locked = select(inbox.c.seq).with_for_update()
    for statement in (locked, select(inbox.c.state).where(inbox.c.seq.in_(locked)), select(locked.subquery())):
        for reach in (Tx.rows, Tx.row, Tx.scalar, Tx.run):
            with pytest.raises(RuntimeError, match="lock"):
                await store.read(partial(reach, statement=statement))
        assert await store.write(list_rows, statement) == []


async def test_a_unit_knows_whether_it_may_write(store: Store) -> None:
    """`tx.writable` says how the unit was called."""
    assert await store.write(lambda tx: tx.writable) is True
    assert await store.read(lambda tx: tx.writable) is False


async def test_a_reading_unit_sees_one_picture(store: Store) -> None:
    """What is committed while it reads does not show in it."""
    counted, committed = threading.Event(), threading.Event()

    def count_twice(tx: Tx) -> tuple[int, int]:
        first = notices.count_owed(tx)
        counted.set()
        committed.wait(5)
        return first, notices.count_owed(tx)

    reading = asyncio.create_task(store.read(count_twice))
    await asyncio.to_thread(counted.wait, 5)
    await store.write(owe, "k1")
    committed.set()
    assert await reading == (0, 0)
    assert await store.read(notices.count_owed) == 1


async def test_many_writers_and_a_long_reader_never_find_the_database_locked(store: Store) -> None:
    """Sixteen writers go on while somebody reads for long."""
    members = await store.write(add_members, 17)

    def read_slowly(tx: Tx) -> int:
        before = directory.count_members(tx)
        time.sleep(0.3)
        return before

    async def write_often(friend: Person) -> None:
        await store.write(refer, members[0], friend)
        for number in range(10):
            await store.write(owe, f"{friend.id}:{number}")

    reading = asyncio.create_task(store.read(read_slowly))
    await asyncio.gather(*(write_often(friend) for friend in members[1:]))
    assert await reading == 17
    assert await store.read(notices.count_owed) == 160
    assert await store.read(scores.find_rank, members[0].id) == 1
    assert await list_faults(store) == []


async def test_time_is_taken_once_per_unit(store: Store, clock: Clock) -> None:
    """`tx.now` is the store's clock at the unit's start and stands still within it."""

    def look(tx: Tx) -> tuple[int, int]:
        before = tx.now
        clock.advance(1)
        return before, tx.now

    assert await store.write(look) == (NOON, NOON)
    assert await store.read(look) == (NOON + 1_000_000, NOON + 1_000_000)


async def test_what_units_take_is_told(store_url: str) -> None:
    """Each tells what it had of a processor, to its caller's own context, whatever became of it."""
    spent, shop = list[tuple[str, float]](), ContextVar("shop", default="")

    def work(_tx: Tx, *, seconds: float) -> None:
        began = time.thread_time()
        while time.thread_time() < began + seconds:
            pass

    def fail(tx: Tx) -> None:
        work(tx, seconds=0.002)
        raise LookupError("nobody")

    async with open_store(store_url, note_spent=lambda seconds: spent.append((shop.get(), seconds))) as store:
        shop.set("bakery")
        await store.read(work, seconds=0.001)
        shop.set("florist")
        await store.write(work, seconds=0.003)
        with pytest.raises(LookupError):
            await store.write(fail)
    assert [name for name, _ in spent] == ["bakery", "florist", "florist"]
    assert all(found >= asked for (_, found), asked in zip(spent, (0.001, 0.003, 0.002), strict=True))


async def test_leaving_finishes_what_is_under_way(store_url: str) -> None:
    """Units begun before the end are committed; later ones are refused."""
    async with open_store(store_url) as store:
        begun = [asyncio.create_task(store.write(owe, f"k{number}")) for number in range(20)]
        await asyncio.sleep(0)
    await asyncio.gather(*begun)
    with pytest.raises(StoreClosed):
        await store.write(owe, "late")
    async with open_store(store_url) as store:
        assert await store.read(notices.count_owed) == 20


@pytest.mark.parametrize(
    "statement",
    [
        update(inbox).values(state="odd"),
        update(outbox).values(state="odd"),
        update(referral).values(state="odd"),
        update(grant).values(side="odd"),
        update(grant).values(state="odd"),
        update(grant).values(kind="odd"),
        update(grant).values(points=0),
        update(grant).values(points=None),
        update(broadcast).values(state="odd"),
        update(delivery).values(state="odd"),
        update(person).values(score=-1),
        update(score).values(members=-1),
        update(standing).values(score=-1),
    ],
    ids=str,
)
async def test_the_database_knows_the_values_allowed(store: Store, statement: Executable) -> None:
    """States, sides, points and counters outside of their range are refused by the database itself."""
    await store.write(fill_every_table)
    with pytest.raises(RuleBroken):
        await store.write(run, statement)


def fill_every_table(tx: Tx) -> None:
    """Write a row that constraints can be tried on into each table with any."""
    anna, ben = add_members(tx, 2)
    refer(tx, anna, ben)
    owe(tx, "k1")
    tx.run(insert(inbox).values(update_id=1, raw=b"", received_at=1))
    tx.run(insert(broadcast).values(author_id=anna.id, state="draft", created_at=1))
    (broadcast_id,) = tx.rows(text("SELECT id FROM broadcast"))[0]
    tx.run(insert(delivery).values(broadcast_id=broadcast_id, person_id=anna.id))


async def test_faults_are_found(store: Store) -> None:
    """A balance or a counter that was tampered with is named."""
    await store.write(fill_every_table)
    assert await list_faults(store) == []
    await store.write(run, text("UPDATE account SET balance = balance + 7 WHERE owner_id IS NOT NULL"))
    await store.write(run, text("UPDATE score SET members = members + 1"))
    assert await list_faults(store) == [
        "balances miss the ledger by 14 points",
        "score 1: 1 people have it on board 1, 2 are counted",
    ]


async def test_people_may_be_asked_for_by_the_hundred(store: Store) -> None:
    """A list of ids is spread anew for every length."""
    members = await store.write(add_members, 120)
    for count in (1, 7, 120):
        found = await store.read(people.list_by_ids, [PersonId(each.id) for each in members[:count]])
        assert len(found) == count


async def test_a_score_that_only_one_side_knows_is_found(store: Store) -> None:
    """People without a count, and a count without people, are named with what each side says."""
    await store.write(fill_every_table)
    await store.write(run, text("DELETE FROM score"))
    assert await list_faults(store) == ["score 1: 1 people have it on board 1, 0 are counted"]
    await store.write(run, text("INSERT INTO score (board_id, score, members) VALUES (1, 1, 1), (1, 9, 2)"))
    assert await list_faults(store) == ["score 9: 0 people have it on board 1, 2 are counted"]


async def test_a_store_that_is_closed_or_lost_says_so(store_url: str) -> None:
    """In the words of what has happened."""
    async with open_store(store_url) as store:
        store._engine.loss.note(StoreLost("The lock is another's."))
        with pytest.raises(StoreLost, match=r"The lock is another's\."):
            await store.write(inbox_count)
        store.close()
        for call in (store.read, store.write):
            with pytest.raises(StoreClosed, match=r"The store is closed\."):
                await call(inbox_count)


async def test_a_unit_knows_whose_it_is(store: Store) -> None:
    """What it logs says so: it runs in the context of whoever asked for it, on whatever thread."""
    token = WHOSE.set("oven")
    try:
        assert [await store.write(tell_whose), await store.read(tell_whose)] == ["oven", "oven"]
    finally:
        WHOSE.reset(token)


WHOSE = ContextVar("WHOSE", default="nobody's")


def tell_whose(_tx: Tx) -> str:
    """A unit of work."""
    return WHOSE.get()


def inbox_count(tx: Tx) -> int:
    """A unit of work."""
    return tx.now
