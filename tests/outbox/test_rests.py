"""When a recipient's next letter may leave, and what of the outbox is held in memory: value by value."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.outbox.rounds import Report, Settlement
from bot.outbox.sender import ShopChats
from bot.outbox.worker import LONGEST_HOLD_SECONDS, RETRY_SECONDS, SLACK_SECONDS, OutboxWorker, _Line
from bot.telemetry import Metrics
from storage import Store
from storage.addresses import ANNOUNCE, Address, MemberAddress
from storage.records import CommitDoubted, Event, NoticeId, NoticeOwed, NoticeState, PersonId, WrittenBeside
from storage.store import Listener
from storage.tables import outbox
from tests.wire.server import until

ADA, BOB = MemberAddress(PersonId(1)), MemberAddress(PersonId(2))


class Door:
    """A gate whose private chats take one a second, and a group one in twenty."""

    in_flight_limit = 2

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.delay = 0.0

    def interval_for(self, chat_id: int | str) -> float:
        """By the kind of chat."""
        return 1.0 if isinstance(chat_id, int) and chat_id > 0 else 20.0

    def delay_for(self, _chat_id: int | str) -> float:
        """As the test says."""
        return self.delay


def make(store: object = None, door: Door | None = None, **settings: Any) -> OutboxWorker:
    """A worker that is not started."""
    return OutboxWorker(
        store=cast("Store", store),
        bot=cast("Any", None),
        gate=cast("Any", door or Door()),
        snapshots=cast("Any", None),
        renderers={},
        chats=ShopChats(cast("Store", store)),
        **settings,
    )


def list_rests(worker: OutboxWorker, line: _Line, *reports: Report) -> list[float]:
    """After each of these rounds."""
    return [worker._compute_rest(line, report) for report in reports]


def test_letters_that_keep_coming_become_rarer() -> None:
    """Each gap is twice the one before, up to sixteen paces of a private chat; a group's own pace may be slower than that."""
    worker, sent, posted = make(), Report(sent_to=7), Report(sent_to=-1007)
    assert list_rests(worker, _Line(), *[sent] * 7) == [1.0, 2.0, 4.0, 8.0, 16.0, 16.0, 16.0]
    assert list_rests(worker, _Line(), posted, posted) == [20.0, 20.0]
    door = Door()
    door.delay = 3.0
    assert list_rests(make(door=door), _Line(), sent, sent, sent) == [3.0, 3.0, 4.0]
    assert list_rests(worker, _Line(), Report()) == [0.0]


def test_what_failed_waits_longer_each_time_until_a_letter_arrives() -> None:
    """The last wait repeats; what surely was not sent waits no longer than it says, and where the reason says how long that holds."""
    worker, line, left = make(retry_seconds=(1.0, 4.0, 9.0)), _Line(), [NoticeId(1)]
    failed = Report(left=left)
    assert list_rests(worker, line, *[failed] * 4) == [1.0, 4.0, 9.0, 9.0]
    assert line.tries == 4
    assert list_rests(worker, line, Report(left=left, most_wait=5.0)) == [5.0]
    assert list_rests(worker, line, Report(left=left, wait=77.0), Report(wait=0.0)) == [77.0, 0.0]
    assert line.tries == 5, "whoever is told how long has not failed"
    assert list_rests(worker, line, Report(sent_to=7), failed) == [1.0, 1.0]
    assert list_rests(worker, _Line(), Report(sent_to=7, left=left), failed) == [1.0, 4.0]
    assert list_rests(make(), _Line(), *[failed] * 9) == [*RETRY_SECONDS, RETRY_SECONDS[-1], RETRY_SECONDS[-1]]


async def test_what_is_not_due_yet_is_looked_at_when_the_first_of_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not for ever later: clocks are put right. One look is enough for all that is due after it."""
    now, worker = 100.0, make(clock=lambda: now)
    loop = asyncio.get_running_loop()

    def find_due() -> float | None:
        return None if worker._next_due is None else worker._next_due.when()

    with monkeypatch.context() as standing_still:
        standing_still.setattr(loop, "time", lambda: 5000.0)
        assert find_due() is None
        for number, wait, due in ((1, 700.0, 700.0), (2, 800.0, 700.0), (3, 300.0, 300.0), (4, 1e9, 300.0)):
            worker._hold({NoticeId(number): wait})
            assert find_due() == 5000.0 + due
            assert worker._held[NoticeId(number)] == 100.0 + min(wait, LONGEST_HOLD_SECONDS)
        worker._hold({NoticeId(5): 900.0, NoticeId(6): 200.0})
        assert find_due() == 5200.0
        standing_still.setattr(loop, "time", lambda: 5200.0)
        worker._hold({NoticeId(7): 1e9})
        assert find_due() == 5200.0 + LONGEST_HOLD_SECONDS, "the one before is over"
    looks: list[bool] = []
    worker._load_later = lambda: looks.append(True)  # type: ignore[method-assign]
    worker._hold({NoticeId(8): 0.0})
    await until(lambda: looks)


def test_what_is_held_is_not_taken_before_its_time() -> None:
    """A clock may be a little early; what is known already is not taken twice, and nothing is once it stops."""
    now = 100.0
    worker = make(clock=lambda: now)
    worker._held = {NoticeId(1): 100.0 + 2 * SLACK_SECONDS, NoticeId(2): 100.0 + SLACK_SECONDS / 2}
    for number in (1, 2, 2, 3):
        worker._add(NoticeId(number), ADA)
    assert worker._known == {2, 3}
    assert worker._lines[ADA].ids == [2, 3]
    assert list(worker._held) == [1]
    assert list(worker._ready) == [ADA], "a line stands in line once"
    worker._lines[BOB] = _Line(busy=True)
    worker._add(NoticeId(4), BOB)
    assert list(worker._ready) == [ADA], "and not while it is being served"
    worker._stopping = True
    worker._add(NoticeId(5), ADA)
    assert worker._known == {2, 3, 4}


async def test_more_than_memory_holds_is_read_later() -> None:
    """As many as it holds are taken."""
    worker = make(capacity=2)
    looks: list[bool] = []
    worker._load_later = lambda: looks.append(True)  # type: ignore[method-assign]
    for number in (1, 2, 3):
        worker._add(NoticeId(number), ADA)
    assert (worker._known, looks) == ({1, 2}, [True])


async def test_each_kind_of_news_is_taken_as_what_it_is() -> None:
    """What is owed by its address, a commit in doubt by a look, what another process wrote by a look beside."""
    worker = make()
    looks, pumped = list[str](), list[bool]()
    worker._load_later = lambda: looks.append("all")  # type: ignore[method-assign]
    worker._pump = lambda: pumped.append(True)  # type: ignore[method-assign]
    worker._note_events(
        [NoticeOwed(notice_id=NoticeId(1), address=ADA), NoticeOwed(notice_id=NoticeId(2), address=ANNOUNCE)]
    )
    assert {address: line.ids for address, line in worker._lines.items()} == {ADA: [1], ANNOUNCE: [2]}
    assert not worker._written_beside.is_set()
    worker._note_events([WrittenBeside()])
    assert worker._written_beside.is_set()
    assert looks == []
    worker._note_events([CommitDoubted()])
    assert (looks, len(pumped)) == (["all"], 3)


class Shelf:
    """A store that has so much owed, and notes what it is to tell."""

    def __init__(self) -> None:
        self.owed = 0
        self.asked: list[object] = []
        self.kinds: tuple[type[Event], ...] = ()

    def subscribe(self, _listener: Listener, *kinds: type[Event]) -> None:
        """Have it told of these."""
        self.kinds = kinds

    async def read(self, unit: object, **_named: object) -> Any:
        """What is owed."""
        self.asked.append(unit)
        return self.owed if unit is outbox.count_owed else []

    def has_answered(self, times: int) -> bool:
        """Whether it was asked so often."""
        return len(self.asked) >= times

    async def write(self, unit: object, *args: object) -> None:
        """Settle."""
        self.asked.append((unit, args))


async def test_what_was_owed_beside_is_read_where_it_is_not_known_already() -> None:
    """Held or on its way is known; what is being read anyway need not be read twice."""
    shelf = Shelf()
    worker = make(shelf)
    worker.start()
    assert shelf.kinds == (NoticeOwed, CommitDoubted, WrittenBeside)
    async with asyncio.timeout(30):
        await worker.settled()
        worker._known, worker._held = {NoticeId(1)}, {NoticeId(2): 1e9}
        for owed, reads in ((2, 1), (3, 2)):
            shelf.owed, shelf.asked = owed, []
            worker._written_beside.set()
            await until(partial(shelf.has_answered, reads))
            for _ in range(3):
                await asyncio.sleep(0)
            assert shelf.asked == [outbox.count_owed, outbox.list_owed][:reads]
        worker._known = set()
        await worker.stop(1)
        worker._add(NoticeId(9), ADA)
        assert worker._known == set(), "nothing is taken after a stop"


async def test_an_end_is_counted_and_told() -> None:
    """By how it ended; while pages are being read it is remembered, since one may have been read before."""
    door, shelf = Door(), Shelf()
    worker = make(shelf, door)
    told: list[bool] = []
    worker.subscribe(lambda: told.append(True))
    worker._known = {NoticeId(number) for number in range(1, 6)}
    ends: Sequence[tuple[NoticeState, tuple[int, ...]]] = ((NoticeState.SENT, (1, 2, 3)), (NoticeState.FAILED, (4,)))
    for behind in (True, False):
        worker._behind = behind
        await worker._settle([Settlement(notice_ids=tuple(map(NoticeId, ids)), state=state) for state, ids in ends])
        assert worker._known == {5}
        assert worker._gone == ({1, 2, 3, 4} if behind else set())
    counted = door.metrics.read()
    assert (counted["notices_sent"], counted["notices_failed"], told) == (6, 2, [True, True])


async def test_as_many_rounds_are_under_way_as_the_gate_has_on_their_way() -> None:
    """The others wait for their turn, in order; nothing begins once it stops."""
    worker, served, free = make(), list[Address](), asyncio.Event()

    async def serve(address: Address, line: _Line) -> None:
        assert line.ids
        served.append(address)
        await free.wait()

    worker._serve = serve  # type: ignore[method-assign]
    carl = MemberAddress(PersonId(3))
    for number, address in enumerate((ADA, BOB, carl), 1):
        worker._add(NoticeId(number), address)
    worker._pump()
    await asyncio.sleep(0)
    assert (served, list(worker._ready)) == ([ADA, BOB], [carl])
    free.set()
    await until(lambda: len(served) == 3 and not worker._running)
    assert served == [ADA, BOB, carl]
    worker._stopping = True
    worker._ready.append(ADA)
    worker._pump()
    assert not worker._running


@pytest.mark.parametrize(("address", "most"), [(ADA, 500), (ANNOUNCE, 5_000)])
async def test_so_many_are_rendered_together(address: Address, most: int) -> None:
    """A member's letters are bounded; a digest is one post. What is left is owed still, and goes first the next time."""
    worker, given = make(clock=lambda: 100.0), list[int]()

    async def deliver(_address: Address, ids: Sequence[NoticeId]) -> Report:
        given.append(len(ids))
        return Report(left=[ids[1]], vanished=[ids[0]], held={ids[2]: 900.0}, wait=60.0)

    worker._sender = cast("Any", SimpleNamespace(deliver=deliver))
    worker._load_later = lambda: None  # type: ignore[method-assign]
    line = _Line(ids=[NoticeId(number) for number in range(most + 2)])
    worker._known = set(line.ids)
    await worker._serve(address, line)
    assert given == [most]
    assert line.ids == [1, most, most + 1]
    assert (line.busy, line.opens_at) == (False, 160.0)
    assert line.timer is not None
    assert {0, 2}.isdisjoint(worker._known)
    assert worker._held == {2: 1000.0}
    for timer in (line.timer, worker._next_due):
        assert timer is not None
        timer.cancel()
