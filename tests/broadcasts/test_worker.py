"""The loop of a broadcast by itself: what it writes down, whom it asks for, and what makes it look again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bot.broadcasts.circuit_breaker import FEWEST, FLOODS_BORNE
from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.sender import BroadcastSender, Landing
from bot.broadcasts.worker import GLANCE_SECONDS, LONGEST_WAIT_SECONDS, MIN_PAUSE_SECONDS, Broadcaster
from bot.services.broadcasts.delivering import Ends, Step, begin, proceed, requeue_strays
from bot.wire.errors import Failure, FailureKind
from bot.wire.gate import Gate
from bot.wire.signal import TaskEnded
from bot.wire.telegram_bot import PassalongBot
from storage import Store
from storage.broadcast import Outcome, Recipient
from storage.errors import StoreUnavailable
from storage.records import BroadcastChanged, BroadcastId, CommitDoubted, DeliveryState, PersonId
from tests.broadcasts.stage import wide_gate
from tests.broadcasts.test_flight_recorder import record
from tests.broadcasts.test_sender import ADA, Silent, claim
from tests.wire.server import until

FIRST = BroadcastId(1)


class Bot:
    """A bot that nobody hears."""

    token = "123456:of-nobody"


class Book:
    """A store that says what the test says, and notes what it is asked; what is an error is raised."""

    def __init__(self, *steps: Step | Exception, begins: Sequence[Exception] = ()) -> None:
        self.steps = list(steps)
        self.begins = list(begins)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.kinds: tuple[type, ...] = ()
        self.tell: Callable[[Sequence[object]], None] = lambda _: None

    def subscribe(self, listener: Callable[[Sequence[Any]], None], *kinds: type) -> None:
        """Have it told of these."""
        self.tell, self.kinds = listener, kinds

    async def write(self, unit: Callable[..., object], **named: Any) -> Any:
        """A unit of work."""
        self.asked.append((unit.__name__, named))
        if unit is begin:
            if self.begins:
                raise self.begins.pop(0)
            return []
        if unit is requeue_strays:
            return None
        assert unit is proceed
        said = self.steps.pop(0) if self.steps else Step()
        if isinstance(said, Exception):
            raise said
        return said

    async def read(self, *_: object, **__: object) -> None:
        """No broadcast has a message that shows how far it is."""

    def list_units(self) -> list[str]:
        """What was asked, in order."""
        return [name for name, _ in self.asked]


def make(book: Book, gate: Gate | None = None, **settings: Any) -> Broadcaster:
    """One that waits for nothing."""
    return Broadcaster(
        store=cast("Store", book),
        bot=cast("PassalongBot", Bot()),
        gate=gate or wide_gate(),
        **{"linger_seconds": 0.0, "store_retry_seconds": 0.001, **settings},
    )


@asynccontextmanager
async def running(book: Book, **settings: Any) -> AsyncIterator[Broadcaster]:
    """At work."""
    broadcaster = make(book, **settings)
    broadcaster.start()
    try:
        yield broadcaster
    finally:
        await broadcaster.stop(1)


def recipient(number: int = 7) -> Recipient:
    """Somebody of the audience."""
    return Recipient(broadcast_id=FIRST, person_id=PersonId(number), telegram_id=1000 + number)


def land(state: DeliveryState | None, kind: FailureKind | None = None, **changes: Any) -> Landing:
    """How the way to somebody ended."""
    one = recipient()
    outcome = Outcome(broadcast_id=FIRST, person_id=one.person_id, state=state) if state is not None else None
    failure = Failure(kind=kind, text="no") if kind is not None else None
    return Landing(recipient=one, outcome=outcome, failure=failure, **changes)


async def test_what_an_earlier_process_left_is_looked_for_until_the_store_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is claimed before."""
    book = Book(begins=[StoreUnavailable("away"), StoreUnavailable("away")])
    async with running(book) as broadcaster, asyncio.timeout(60):
        await until(lambda: "proceed" in book.list_units())
        await broadcaster.settled()
        assert book.list_units() == ["begin"] * 3 + ["proceed"]
    assert book.asked[0][1] == {"former": None}
    assert [each.levelname for each in caplog.records] == ["ERROR"] * 2


async def test_a_step_asks_for_as_many_as_may_leave_and_more_each_time() -> None:
    """The first claims are small, since the connections have yet to be opened."""
    book = Book(*[Step(more={False, True})] * 9)
    async with running(book), asyncio.timeout(60):
        await until(lambda: len(book.list_units()) > 10)
    limits = [(named["limit"], named["paid_limit"]) for name, named in book.asked if name == "proceed"]
    most = wide_gate().in_flight_limit
    assert limits[:9] == [(each, each) for each in (2, 4, 8, 16, 32, 64, most, most, most)]


async def test_a_step_that_cannot_be_written_is_written_again_and_nobody_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever may have been claimed unheard is given back first, but for those that are known to be on their way."""
    book = Book(Step(), StoreUnavailable("away"))
    async with running(book) as broadcaster, asyncio.timeout(60):
        await broadcaster.settled()
        broadcaster._note_landing(land(DeliveryState.SENT))
        await broadcaster.settled()
        assert book.list_units() == ["begin", "proceed", "proceed", "requeue_strays", "proceed"]
    held = book.asked[3][1]["held"]
    assert held == {(FIRST, PersonId(7))}
    written = [[each.state for each in named["outcomes"]] for name, named in book.asked if name == "proceed"]
    assert written[:3] == [[], [DeliveryState.SENT], [DeliveryState.SENT]]
    assert [each.levelname for each in caplog.records] == ["ERROR"]


async def test_each_outcome_is_counted_once_it_is_written_down() -> None:
    """By how it ended."""
    gate, states = wide_gate(), (DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED, DeliveryState.UNKNOWN)
    book = Book(Step(), StoreUnavailable("away"))
    async with running(book, gate=gate) as broadcaster, asyncio.timeout(60):
        await broadcaster.settled()
        for state in states:
            broadcaster._note_landing(land(state))
        await broadcaster.settled()
    counted = gate.metrics.read()
    assert [counted[f"deliveries_{end}"] for end in ("sent", "blocked", "failed", "unknown")] == [1, 1, 1, 1]


async def test_who_is_due_later_is_looked_for_then(caplog: pytest.LogCaptureFixture) -> None:
    """By the clock, and with nothing else to wake it; what is done is told in the log."""
    caplog.set_level("INFO", "bot.broadcasts.worker")
    book = Book(Step(now=5_000_000, due_ats=[5_030_000, 9_000_000]), Step(finished=[FIRST]))
    async with running(book) as broadcaster, asyncio.timeout(60):
        await until(lambda: len(book.list_units()) == 3)
        await broadcaster.settled()
        assert broadcaster._due_at is None
        assert book.list_units() == ["begin", "proceed", "proceed"]
    assert [each.args for each in caplog.records] == [([FIRST],)]


async def test_a_commit_in_doubt_and_a_broadcast_that_was_changed_are_looked_at() -> None:
    """Of anything else that is told there is nothing to do."""
    book = Book()
    async with running(book) as broadcaster, asyncio.timeout(60):
        await broadcaster.settled()
        for told, steps in (([], 1), ([CommitDoubted()], 2), ([BroadcastChanged(broadcast_id=FIRST)], 3)):
            book.tell(told)
            await broadcaster.settled()
            assert book.list_units() == ["begin"] + ["proceed"] * steps
    assert book.kinds == (BroadcastChanged, CommitDoubted)


class Quiet(Broadcaster):
    """One whose loop ends in peace."""

    async def _run(self) -> None:
        return


async def test_a_loop_that_ends_by_itself_is_missed() -> None:
    """By its name: nobody would be written to any more."""
    broadcaster = Quiet(store=cast("Store", Book()), bot=cast("PassalongBot", Bot()), gate=wide_gate())
    broadcaster.start()
    async with asyncio.timeout(60):
        with pytest.raises(TaskEnded, match=r"^broadcasting has ended by itself$"):
            await broadcaster.watch.wait_failed()


def test_when_somebody_is_due_is_the_first_moment_that_is_known() -> None:
    """Clocks are set: nobody is waited for too long without a look. What was not looked at stays known."""
    now = 100.0
    broadcaster = make(Book(), clock=lambda: now)
    for wait, is_all, due_at in (
        (7.0, True, 107.0),
        (9.0, False, 107.0),
        (None, False, 107.0),
        (3.0, False, 103.0),
        (9.0, True, 109.0),
        (1e9, True, 100.0 + LONGEST_WAIT_SECONDS),
        (None, True, None),
        (None, False, None),
        (5.0, False, 105.0),
    ):
        broadcaster._note_due(wait, is_all=is_all)
        assert broadcaster._due_at == due_at


async def test_what_an_end_means_for_its_broadcast(caplog: pytest.LogCaptureFixture) -> None:
    """A token that is refused pauses it, too many failures stop it, and where no Stars are taken it goes on without."""
    broadcaster = make(Book())
    broadcaster._note_landing(land(None, FailureKind.TOKEN_BAD))
    assert broadcaster._ends.paused == {FIRST}
    assert broadcaster._ends.returned == [recipient()]
    assert [each.args for each in caplog.records] == [(FIRST,)]
    for _ in range(FEWEST - 1):
        broadcaster._note_landing(land(DeliveryState.FAILED, FailureKind.REFUSED))
    assert broadcaster._ends.stopped == set()
    broadcaster._note_landing(land(DeliveryState.FAILED, FailureKind.REFUSED))
    assert broadcaster._ends.stopped == {FIRST}
    for paid, unpaid in ((False, set()), (True, {FIRST})):
        for _ in range(FLOODS_BORNE):
            assert broadcaster._ends.unpaid == set()
            broadcaster._note_landing(land(None, FailureKind.FLOOD, paid=paid))
        assert broadcaster._ends.unpaid == unpaid
    assert len(broadcaster._ends.outcomes) == FEWEST


async def test_trouble_brings_a_rest_and_an_answer_ends_it() -> None:
    """What is called back, or refused before it left, says nothing either way."""
    now = 100.0
    broadcaster = make(Book(), clock=lambda: now, rest_seconds=2.0)
    for landing in (land(None), land(None, FailureKind.FLOOD), land(DeliveryState.SENT)):
        broadcaster._note_landing(landing)
        assert broadcaster._breaker.compute_rest() == 0
    broadcaster._note_landing(land(None, FailureKind.NOT_SENT))
    assert broadcaster._breaker.compute_rest() == 2.0
    assert broadcaster._compute_room(paid=False) == 0
    now += 2.0
    assert broadcaster._compute_room(paid=False) == 1
    broadcaster._note_landing(land(None))
    assert broadcaster._compute_room(paid=False) == 1
    broadcaster._note_landing(land(DeliveryState.BLOCKED, FailureKind.BLOCKED))
    assert broadcaster._compute_room(paid=False) == 2


def test_no_more_are_in_flight_than_the_gate_or_the_setting_allows() -> None:
    """The smaller of the two, each for what is free of charge and for what is paid for."""
    gate = wide_gate()
    for most, limits in (
        (7, {False: 7, True: 7}),
        (10**9, {False: gate.in_flight_limit, True: gate.paid_in_flight_limit}),
    ):
        assert make(Book(), gate=gate, most_in_flight=most)._most_in_flight == limits


async def test_who_never_began_stops_at_once() -> None:
    """And claims nothing after that."""
    book = Book()
    broadcaster = make(book)
    async with asyncio.timeout(60):
        await broadcaster.stop(1)
    broadcaster._note_events([BroadcastChanged(broadcast_id=FIRST)])
    assert broadcaster._touched == set()
    assert broadcaster._compute_room(paid=False) == 0
    assert book.asked == []


class Stuck(Book):
    """A store that never answers once it is asked for a step."""

    async def write(self, unit: Callable[..., object], **named: Any) -> Any:
        """Begin, and no more."""
        if unit is proceed:
            self.asked.append((unit.__name__, named))
            await asyncio.Event().wait()
        return await super().write(unit, **named)


async def test_a_store_that_hangs_holds_up_no_stop() -> None:
    """What was not written down is in doubt, and is settled by the next process."""
    book = Stuck()
    broadcaster = make(book)
    broadcaster.start()
    await until(lambda: "proceed" in book.list_units())
    async with asyncio.timeout(30):
        await broadcaster.stop(0.01)
    assert broadcaster._task is not None
    assert broadcaster._task.cancelled()


async def test_what_a_killed_process_had_sent_is_told_to_the_store(tmp_path: Path) -> None:
    """As the record beside the database has it; this run has another name, which it claims by."""
    run, book = record(tmp_path / "flights"), Book()
    recorder = FlightRecorder(tmp_path / "flights")
    async with running(book, recorder=recorder) as broadcaster, asyncio.timeout(60):
        await broadcaster.settled()
        (name, told), (_, step) = book.asked
        assert (name, told["former"].run, step["run"]) == ("begin", run, recorder.run)
        assert run != recorder.run


async def test_a_broadcast_that_was_changed_is_called_back_alone() -> None:
    """What of it has not left is not sent; of others everything goes on."""
    book, other = Book(), BroadcastId(2)
    broadcaster = make(book)
    broadcaster._sender = BroadcastSender(
        cast("PassalongBot", Silent(leaves=False)),
        broadcaster._note_landing,
        FlightRecorder(None),
        lambda: None,
        cast("Any", None),
    )
    for number in (FIRST, other):
        one = claim({"kind": "text", "text": "Fresh bread"})
        reader = replace(one.recipients[0], broadcast_id=number)
        broadcaster._sender.launch(replace(one, broadcast=replace(one.broadcast, id=number), recipients=[reader]))
    broadcaster._note_events([BroadcastChanged(broadcast_id=FIRST)])
    for _ in range(4):
        await asyncio.sleep(0)
    assert broadcaster._sender.list_keys() == {(other, ADA)}
    assert [each.broadcast_id for each in broadcaster._ends.returned] == [FIRST]
    assert not broadcaster._is_quiet(FIRST), "that it was given back is to be written down"
    assert not broadcaster._is_quiet(other)
    assert broadcaster._is_quiet(BroadcastId(3))
    broadcaster._writing, broadcaster._ends = broadcaster._ends, type(broadcaster._ends)()
    assert not broadcaster._is_quiet(FIRST), "nor while it is being written down"
    async with asyncio.timeout(30):
        await broadcaster.stop(0.01)


async def test_whoever_was_claimed_while_a_broadcast_was_changed_is_given_back() -> None:
    """A pause that came meanwhile is kept to; so is a stop."""
    for touched, stopping in (({FIRST}, False), (set[BroadcastId](), True)):
        broadcaster = make(Book())
        broadcaster._touched, broadcaster._stopping = touched, stopping
        broadcaster._hungry = set()
        one = claim({"kind": "text", "text": "Fresh bread"})
        broadcaster._launch(one)
        assert broadcaster._ends.returned == list(one.recipients)
        assert (len(broadcaster._sender), broadcaster._hungry) == (0, {False, True})


async def test_a_step_writes_down_all_that_has_ended() -> None:
    """With how many there is room for, free of charge and paid for, and by which run they are claimed."""
    book = Book()
    broadcaster = make(book)
    outcome = land(DeliveryState.SENT).outcome
    assert outcome is not None
    second, third, fourth = (BroadcastId(number) for number in (2, 3, 4))
    ends = Ends(outcomes=[outcome], returned=[recipient(8)], paused={second}, stopped={third}, unpaid={fourth})
    await broadcaster._write(ends, {False: 3, True: 5})
    assert book.asked == [
        (
            "proceed",
            {
                "outcomes": [outcome],
                "returned": [recipient(8)],
                "limit": 3,
                "paid_limit": 5,
                "paused": {second},
                "stopped": {third},
                "unpaid": {fourth},
                "run": broadcaster._recorder.run,
            },
        )
    ]


async def test_what_a_step_brought_is_gone_on_with(caplog: pytest.LogCaptureFixture) -> None:
    """What is done is shown at once; whose more there is are looked for, beside those that nobody was looked for of; audiences are planned on."""
    caplog.set_level("INFO", "bot.broadcasts.worker")
    broadcaster = make(Book(), clock=lambda: 100.0)
    broadcaster._progress.stop()
    broadcaster._hungry = {True}
    step = Step(finished=[FIRST], more={False}, now=0, due_ats=[7_000_000], ahead=[BroadcastId(2)])
    broadcaster._note_step(step, Ends(), {False: 0, True: 0})
    assert (broadcaster._hungry, broadcaster._due_at) == ({False, True}, None)
    assert broadcaster._progress._is_urgent()
    assert list(broadcaster._progress._shown) == [FIRST]
    assert broadcaster._planner.left == {BroadcastId(2)}
    assert [each.args for each in caplog.records] == [([FIRST],)]
    for limits, wait, due_at in (
        ({False: 1, True: 0}, 7, 107.0),
        ({False: 1, True: 0}, 9, 107.0),
        ({False: 1, True: 1}, 9, 109.0),
    ):
        broadcaster._note_step(Step(now=0, due_ats=[wait * 1_000_000]), Ends(), limits)
        assert broadcaster._due_at == due_at
    await broadcaster._planner.stop()
    broadcaster._stopping = True
    broadcaster._note_step(Step(ahead=[BroadcastId(3)]), Ends(), {False: 1, True: 1})
    assert broadcaster._planner.left == set()


def test_how_long_to_wait_for_what() -> None:
    """For nobody without an end; for who is due until then; for room at the gate until that opens, and longer while all has to rest."""
    now, gate = 100.0, Opening()
    broadcaster = make(Book(), gate=cast("Gate", gate), clock=lambda: now, rest_seconds=5.0)
    broadcaster._hungry = set()
    assert broadcaster._compute_pause() is None
    for due_at, pause in ((107.0, 7.0), (100.0, MIN_PAUSE_SECONDS), (50.0, MIN_PAUSE_SECONDS)):
        broadcaster._due_at = due_at
        assert broadcaster._compute_pause() == pause
    rooms: list[tuple[set[bool], dict[bool, float | None], float, float]] = [
        ({False}, {False: 3.0, True: 1.0}, 0.0, 3.0),
        ({False, True}, {False: 3.0, True: 1.0}, 0.0, 1.0),
        ({False, True}, {False: 3.0, True: None}, 0.0, 3.0),
        ({False}, {False: None, True: 1.0}, 0.0, GLANCE_SECONDS),
        ({False}, {False: 0.0, True: 1.0}, 0.0, MIN_PAUSE_SECONDS),
        ({False}, {False: 3.0, True: 1.0}, 9.0, 9.0),
    ]
    for hungry, opens, ban, pause in rooms:
        broadcaster._hungry, gate.opens, gate.ban = hungry, opens, ban
        assert broadcaster._compute_pause() == pause
    gate.ban = 0.0
    broadcaster._note_landing(land(None, FailureKind.NOT_SENT))
    assert broadcaster._compute_pause() == 5.0


class Opening:
    """A gate that opens when the test says."""

    in_flight_limit = paid_in_flight_limit = 9

    def __init__(self) -> None:
        self.opens: dict[bool, float | None] = {}
        self.ban = 0.0

    def startable_in(self, *, paid: bool) -> float | None:
        """Seconds."""
        return self.opens[paid]

    def ban_left(self) -> float:
        """Likewise."""
        return self.ban
