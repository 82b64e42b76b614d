from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from telegram.error import RetryAfter, TimedOut

from bot.updates.application import PassalongApplication
from bot.wire.errors import Flooded, Muted, PushedBack, Unconfirmed, classify
from bot.wire.gate import MUTED, Gate
from bot.wire.pacing import Priority
from storage.records import Ban
from tests.wire.server import Call, Server, make_message, refuse, succeed, until


@dataclass
class Line:
    """What went through a gate, and when."""

    gate: Gate
    log: list[tuple[str, float]] = field(default_factory=list)
    floods: list[float] = field(default_factory=list)
    """The next calls end in a 429 of so many seconds."""

    async def call(
        self, what: str, chat: int | str | None = 1, priority: Priority | None = None, endpoint: str = "sendMessage"
    ) -> None:
        """One request."""

        async def transmit() -> bool:
            self.log.append((what, time.monotonic()))
            if self.floods:
                raise Flooded(self.floods.pop(0))
            await asyncio.sleep(0.005)
            return True

        data = {} if chat is None else {"chat_id": chat}
        assert await self.gate.process_request(transmit, (), {}, endpoint, data, priority)

    def list_names(self) -> list[str]:
        """What was called, in order."""
        return [what for what, _ in self.log]


def make_gate(**settings: Any) -> Gate:
    """A gate as wide as a test wants it."""
    return Gate(**{"send_rate": 10_000, "chat_rate": 1000, "group_per_minute": 6000, "cold_seconds": 0, **settings})


async def test_everything_passes_in_turn() -> None:
    """More requests than the rate allows at once all come through, none lost."""
    line = Line(make_gate(send_rate=200, chat_rate=100))
    await asyncio.gather(*(line.call(f"{number}", number % 50) for number in range(1, 250)))
    moments = [at for _, at in line.log]
    assert len(moments) == 249
    assert moments[-1] - moments[0] >= 1.0


async def test_answers_and_questions_are_not_paced() -> None:
    """Callback and inline answers pass where messages wait."""
    line = Line(make_gate(cold_seconds=30))
    await line.call("answer", None, endpoint="answerCallbackQuery")
    await line.call("answer", None, endpoint="answerInlineQuery")
    await line.call("question", endpoint="getChatMember")
    await line.call("setting", None, endpoint="setMyCommands")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line.call("message"), 0.05)


async def test_the_more_urgent_goes_first() -> None:
    """What waits is served by priority, then by age."""
    line = Line(make_gate(send_rate=20, cold_seconds=0.1))
    waiting = [
        line.call("broadcast", 1, Priority.BROADCAST),
        line.call("notice", 2, Priority.NOTICE),
        line.call("answer", 3),
        line.call("second answer", 4),
    ]
    await asyncio.gather(*waiting)
    assert line.list_names() == ["answer", "second answer", "notice", "broadcast"]


async def test_a_flood_in_one_chat_is_that_chats() -> None:
    """After a 429 its chat waits, for messages and edits alike, and everybody else goes on."""
    line = Line(make_gate(), floods=[1.2])
    others = (line.call(f"{number}", number, Priority.NOTICE) for number in range(20, 49))
    await asyncio.gather(line.call("first", 7, endpoint="editMessageText"), line.call("second", 7), *others)
    first_at = line.log[0][1]
    late = [what for what, at in line.log if at - first_at >= 1.19]
    assert sorted(late) == ["first", "second"]
    assert len(line.log) == 32


async def test_floods_in_two_chats_stop_everything_until_they_are_over() -> None:
    """Where nothing arrived between them they are not about the chats: nothing starts before their time."""
    line = Line(make_gate(), floods=[0.3, 0.3])
    await asyncio.gather(*(line.call(f"{number}", number, Priority.NOTICE) for number in range(1, 30)), line.call("x"))
    first_at = line.log[0][1]
    started = [at - first_at for _, at in line.log]
    assert not [after for after in started if 0.05 < after < 0.29]
    assert len(started) == 32


async def test_a_message_that_arrived_between_two_floods_parts_them() -> None:
    """Two chats that each had too much are two chats; a refused edit says nothing about others' messages."""
    gate = make_gate()
    for flooded, arrives, endpoint in ((1, 2, "sendMessage"), (3, 4, "sendPhoto"), (5, 6, "editMessageText")):
        with pytest.raises(RetryAfter):
            await Line(gate, floods=[30]).call("refused", flooded, endpoint=endpoint)
        await asyncio.wait_for(Line(gate).call("arrived", arrives), 10)
    with pytest.raises(RetryAfter):
        await Line(gate, floods=[30]).call("refused", 7, endpoint="editMessageText")
    assert gate.ban_left() == 0
    assert [gate.delay_for(chat) > 20 for chat in range(1, 8)] == [True, False, True, False, True, False, True]


ERRANDS = ["setMyDescription", "setMyCommands", "createChatInviteLink", "answerCallbackQuery", "getChatMember"]


@pytest.mark.parametrize("method", ERRANDS)
async def test_a_flood_of_a_method_is_that_familys(method: str) -> None:
    """What puts nothing into a chat can be refused for as long as Telegram likes: people are written to meanwhile."""
    gate = make_gate()
    with pytest.raises(RetryAfter):
        await Line(gate, floods=[30]).call("refused", -100, endpoint=method)
    line = Line(gate)
    await asyncio.wait_for(line.call("message", -100), 10)
    await asyncio.wait_for(line.call("edit", 5, endpoint="editMessageText"), 10)
    for other in ERRANDS:
        family = {other, method} <= {"setMyDescription", "setMyCommands"}
        if other == method or family:
            with pytest.raises(RetryAfter):
                await line.call("too early", -100, endpoint=other)
        else:
            await line.call(other, -100, endpoint=other)
    assert "too early" not in line.list_names()


async def test_an_errand_waits_and_nobody_for_it() -> None:
    """Its ban over, it goes on by itself."""
    line = Line(make_gate(), floods=[0.2, 0.2])
    errand = asyncio.create_task(line.call("errand", None, Priority.ERRAND, endpoint="setMyCommands"))
    await until(lambda: line.log)
    line.floods.pop()
    await line.call("answer")
    await errand
    assert line.list_names() == ["errand", "answer", "errand"]
    assert line.log[2][1] - line.log[0][1] >= 0.2


async def test_nobody_holds_a_place_for_a_long_wait() -> None:
    """An answer or a notice to a chat that is closed for long is handed back at once, saying for how long."""
    gate = make_gate(patience_seconds=0.1)
    with pytest.raises(RetryAfter):
        await Line(gate, floods=[0.5]).call("refused", 1)
    for priority in (Priority.INTERACTIVE, Priority.NOTICE):
        line = Line(gate)
        with pytest.raises(RetryAfter) as caught:
            await line.call("not sent", 1, priority)
        assert (line.log, 0.1 < classify(caught.value).retry_after <= 0.5) == ([], True)


async def test_whoever_had_its_turn_waits_too_if_a_flood_was_quicker() -> None:
    """Between a request's turn and its start a ban may begin; it is looked at once more."""
    line = Line(make_gate(cold_seconds=0.1), floods=[0.2, 0.2])
    await asyncio.gather(*(line.call(f"{number}", number) for number in range(1, 20)))
    first, _, *rest = [at for _, at in line.log]
    assert len(rest) == 19
    assert min(rest) - first >= 0.2


async def test_a_broadcast_hears_of_the_flood_itself() -> None:
    """Its owner requeues the recipient; the ban holds for the chat all the same."""
    line = Line(make_gate(), floods=[0.2])
    with pytest.raises(RetryAfter):
        await line.call("broadcast", 1, Priority.BROADCAST)
    assert line.gate.delay_for(1) > 0
    await line.call("answer", 1)
    assert line.log[1][1] - line.log[0][1] >= 0.2


async def test_an_answer_is_not_tried_for_ever() -> None:
    """A server that floods every attempt is believed in the end."""
    line = Line(make_gate(), floods=[0.01] * 20)
    with pytest.raises(RetryAfter):
        await line.call("answer")
    assert len(line.log) == 5


async def test_a_push_back_without_a_time_is_waited_out_too() -> None:
    """Telegram did nothing, and wants less for a moment."""
    gate = make_gate(pushed_back_seconds=0.1)
    moments: list[float] = []

    async def transmit() -> bool:
        moments.append(time.monotonic())
        if len(moments) < 3:
            raise PushedBack("Too Many Requests")
        return True

    assert await gate.process_request(transmit, (), {}, "sendMessage", {"chat_id": 1}, Priority.NOTICE)
    assert [later - earlier >= 0.1 for earlier, later in pairwise(moments)] == [True, True]
    moments.clear()
    with pytest.raises(PushedBack):
        await gate.process_request(transmit, (), {}, "sendMessage", {"chat_id": 1}, Priority.BROADCAST)


async def test_other_errors_are_the_callers() -> None:
    """The gate retries floods alone: a timeout may have arrived."""
    gate = make_gate()
    calls: list[int] = []

    async def fail() -> bool:
        calls.append(1)
        raise TimedOut

    with pytest.raises(TimedOut):
        await gate.process_request(fail, (), {}, "sendMessage", {"chat_id": 1}, Priority.NOTICE)
    assert len(calls) == 1


async def test_the_end_of_a_flood_is_kept_for_the_next_process() -> None:
    """Each scope is stored with its moment, and a gate that is told of it waits for it, and for nothing else."""
    stored: list[Ban] = []

    async def remember(ban: Ban) -> None:
        stored.append(ban)

    first = make_gate(remember_ban=remember, wall_clock=lambda: 1_000_000)
    for chat, endpoint in ((1, "sendMessage"), (None, "setMyCommands")):
        with pytest.raises(RetryAfter):
            await Line(first, floods=[40.0]).call("refused", chat, Priority.BROADCAST, endpoint)
    assert [(ban.scope, ban.until_at, ban.wait_seconds) for ban in stored] == [
        ("chat:1", 41_000_000, 40),
        ("family:profile", 41_000_000, 40),
    ]
    second = make_gate(bans=stored, wall_clock=lambda: 11_000_000)
    assert 29 < second.delay_for(1) <= 30
    assert (second.delay_for(2), second.ban_left()) == (0, 0)
    with pytest.raises(RetryAfter):
        await Line(second).call("too early", None, endpoint="setMyDescription")
    assert make_gate(bans=stored, wall_clock=lambda: 42_000_000).delay_for(1) == 0


async def test_a_flood_of_everything_is_kept_too() -> None:
    """What two chats were refused after one another is stored as what it is."""
    stored: dict[str, Ban] = {}

    async def remember(ban: Ban) -> None:
        stored[ban.scope] = ban

    line = Line(make_gate(remember_ban=remember), floods=[40.0, 40.0])
    for chat in (1, 2):
        with pytest.raises(RetryAfter):
            await line.call("refused", chat, Priority.BROADCAST)
    assert set(stored) == {"chat:1", "chat:2", "telegram"}
    assert 39 < make_gate(bans=[stored["telegram"]]).ban_left() <= 40


async def test_a_clock_that_was_set_back_makes_no_ban_longer() -> None:
    """A stored moment far in the future counts no more than the ban's own length."""
    stored = [
        Ban(scope="telegram", until_at=10**15, wait_seconds=41),
        Ban(scope="chat:5", until_at=10**15, wait_seconds=7),
    ]
    gate = make_gate(bans=stored, wall_clock=lambda: 0)
    assert 40 < gate.ban_left() <= 41
    assert gate.delay_for(5) <= 41


async def test_a_store_that_fails_does_not_end_the_flood_wait() -> None:
    """Only a restart would forget it."""

    async def fail(_ban: Ban) -> None:
        raise OSError

    line = Line(make_gate(remember_ban=fail), floods=[0.1])
    await line.call("answer")
    assert line.log[1][1] - line.log[0][1] >= 0.1


@pytest.mark.parametrize(
    ("endpoint", "priority", "error"),
    [
        ("sendPhoto", Priority.INTERACTIVE, Unconfirmed),
        ("sendDocument", Priority.INTERACTIVE, Unconfirmed),
        ("editMessageText", Priority.INTERACTIVE, TimedOut),
        ("createChatInviteLink", Priority.INTERACTIVE, TimedOut),
        ("sendMessage", Priority.NOTICE, TimedOut),
        ("sendMessage", Priority.BROADCAST, TimedOut),
    ],
)
async def test_an_answer_that_may_have_arrived_is_called_so(
    endpoint: str, priority: Priority, error: type[Exception]
) -> None:
    """Whoever waits would get a second one; an edit done twice harms nobody, and the others have books of their own."""

    async def fail() -> bool:
        raise TimedOut("No answer in time")

    with pytest.raises(error) as caught:
        await make_gate().process_request(fail, (), {}, endpoint, {"chat_id": 1}, priority)
    assert type(caught.value) is error


async def test_whoever_is_cancelled_gives_way() -> None:
    """A request cancelled while it waits or runs holds nothing up."""
    line = Line(make_gate(send_rate=20, cold_seconds=1.0))
    waiting = [asyncio.create_task(line.call(f"{chat}", chat, Priority.NOTICE)) for chat in range(1, 30)]
    await asyncio.sleep(0.05)  # each waits; the first leaves when the gate is a second old
    for task in waiting[:25]:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert line.list_names() == ["26", "27", "28", "29"]


async def test_few_notices_are_in_flight() -> None:
    """At most max(4, a fifth of the rate) wait for an answer at once; answers are not held up by them."""
    gate = make_gate(send_rate=30, chat_rate=10)
    flying, most = 0, 0
    release = asyncio.Event()

    async def fly() -> bool:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await release.wait()
        flying -= 1
        return True

    def send(chat: int) -> Coroutine[Any, Any, object]:
        return gate.process_request(fly, (), {}, "sendMessage", {"chat_id": chat}, Priority.BROADCAST)

    tasks = [asyncio.create_task(send(chat)) for chat in range(1, 12)]
    await until(lambda: flying == 6)
    assert gate.in_flight_limit == 6
    await Line(gate).call("answer", 99)
    await asyncio.sleep(0.1)
    release.set()
    await asyncio.gather(*tasks)
    assert most == 6


@pytest.mark.parametrize(
    ("chat_id", "interval"), [(7, 5), ("7", 5), (-100123, 60 / 17), ("-100123", 60 / 17), ("@shop", 60 / 17)]
)
async def test_groups_are_told_from_people(chat_id: int | str, interval: float) -> None:
    """Negative ids and names are groups or channels, in whatever form they come."""
    gate = make_gate(chat_rate=0.2, group_per_minute=20)
    assert gate.interval_for(chat_id) == pytest.approx(interval)
    line = Line(gate)
    for _ in range(3):
        await line.call("message", chat_id)
    assert gate.delay_for(chat_id) > 0.05
    assert gate.delay_for(8) == 0


async def test_bot_methods_bring_their_priority(
    server: Server, application: PassalongApplication[dict[str, Any]], gate: Gate
) -> None:
    """`rate_limit_args` of a bot's method arrives, and a 429 over the wire is waited out."""
    answers: list[Callable[[Call], object]] = [
        lambda _call: refuse(429, "Too Many Requests: retry after 1", retry_after=1),
        lambda call: succeed(make_message(call)),
    ]

    async def answer(call: Call) -> Any:
        return answers.pop(0)(call)

    server.replies["sendMessage"] = answer
    with pytest.raises(RetryAfter):
        await application.bot.send_message(5, "to all", rate_limit_args=Priority.BROADCAST)
    message = await application.bot.send_message(5, "to one")
    assert message.text == "to one"
    first, second = server.list_calls("sendMessage")
    assert second.at - first.at >= 1


async def test_how_long_requests_wait_and_take_is_counted() -> None:
    """The wait at the gate and the way to Telegram apart, those that failed included."""
    clock = SimpleNamespace(now=1000.0)
    gate = make_gate(clock=lambda: clock.now)

    async def transmit(seconds: float, error: Exception | None = None) -> bool:
        clock.now += seconds
        if error is not None:
            raise error
        return True

    await gate.process_request(transmit, (0.25,), {}, "sendMessage", {"chat_id": 1}, None)
    with pytest.raises(Unconfirmed):
        await gate.process_request(transmit, (3.0, TimedOut()), {}, "sendMessage", {"chat_id": 2}, None)
    assert gate.metrics.times["request"].seconds == 3.25
    assert sum(gate.metrics.times["request"].counts) == 2
    assert gate.metrics.times["gate"].seconds == 0.0
    assert sum(gate.metrics.times["gate"].counts) == 2
    assert gate.metrics.read()["requests_sent"] == 2


async def test_the_log_says_what_waits_for_the_end_of_a_flood(caplog: pytest.LogCaptureFixture) -> None:
    """And for which time."""
    await Line(make_gate(), floods=[0.01, 0.01]).call("first", 7, Priority.NOTICE, endpoint="sendPhoto")
    assert [each.args for each in caplog.records if each.msg.startswith("%s waits")] == [
        ("sendPhoto", 1),
        ("sendPhoto", 2),
    ]
    assert [each.args for each in caplog.records if not each.msg.startswith("%s waits")] == [(0.01, "chat:7")] * 2


async def test_of_who_is_muted_only_what_would_be_answered_is_left_out() -> None:
    """What changes something is done, and what others are told is told."""
    line = Line(make_gate())
    muted = MUTED.set(True)
    try:
        for endpoint in ("sendMessage", "editMessageText", "answerCallbackQuery"):
            with pytest.raises(Muted):
                await line.call("answer", endpoint=endpoint)
        await line.call("notice", priority=Priority.NOTICE)
        await line.call("look", endpoint="getChatMember")
    finally:
        MUTED.reset(muted)
    await line.call("later")
    assert line.list_names() == ["notice", "look", "later"]


async def test_an_album_takes_as_much_of_the_pace_as_it_has_parts() -> None:
    """And one picture as much as one message."""
    for endpoint, data, taken in (
        ("sendMediaGroup", {"media": '[{"type": "photo"}, {"type": "photo"}, {"type": "photo"}]'}, 3),
        ("sendMediaGroup", {"media": "[]"}, 1),
        ("forwardMessages", {"message_ids": [1, 2]}, 2),
        ("sendPhoto", {"media": "[1, 2, 3]"}, 1),
    ):
        gate, done = make_gate(), list[int]()

        async def transmit(gate: Gate = gate, done: list[int] = done) -> bool:
            done.append(gate._pacing.get_window().open)
            return True

        await gate.process_request(transmit, (), {}, endpoint, {"chat_id": 5, **data}, Priority.BROADCAST)
        assert done == [taken], endpoint


async def test_a_flood_of_no_chat_closes_everything() -> None:
    """A message whose chat nobody knows says nothing of one chat; a flood of edits alone closes nobody else's."""
    line = Line(make_gate(clock=lambda: 1000.0), floods=[30.0])
    with pytest.raises(RetryAfter):
        await line.call("nowhere", None, Priority.BROADCAST)
    assert line.gate.ban_left() == 30.0
    line = Line(make_gate(clock=lambda: 1000.0), floods=[30.0, 30.0])
    for chat in (1, 2):
        with pytest.raises(RetryAfter):
            await line.call("edit", chat, Priority.BROADCAST, endpoint="editMessageText")
    assert line.gate.ban_left() == 0
    assert line.gate.delay_for(1) == 30.0
