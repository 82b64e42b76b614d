from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import pytest

from storage import Store, Tx, open_store
from storage.addresses import ANNOUNCE, MemberAddress
from storage.beside import run_beside
from storage.engines.postgres_connection import Connection, connect
from storage.engines.postgres_events import LONGEST_BYTES, parse_events, tell_events
from storage.engines.postgres_line import CHANNEL, EVENTS, Line
from storage.engines.postgres_server import open_server
from storage.records import (
    BroadcastChanged,
    BroadcastId,
    CommitDoubted,
    Event,
    HandoutOwed,
    NoticeId,
    NoticeOwed,
    PersonId,
    ShopChanged,
)
from storage.webhook import HookOwed
from tests.storage.test_postgres import END_LINE

MEMBER = NoticeOwed(notice_id=NoticeId(7), address=MemberAddress(PersonId(3)))
TOLD: list[Event] = [
    MEMBER,
    NoticeOwed(notice_id=NoticeId(8), address=ANNOUNCE),
    HandoutOwed(),
    HookOwed(),
    BroadcastChanged(broadcast_id=BroadcastId(5)),
    CommitDoubted(),
]


class Saying:
    """A connection that keeps what is said on it."""

    def __init__(self) -> None:
        self.payloads: list[str] = []

    def execute(self, statement: str, values: tuple[str, str]) -> None:
        """Note what would be told."""
        assert statement == "SELECT pg_notify(%s, %s)"
        assert values[0] == CHANNEL
        self.payloads.append(values[1])


def hear(payloads: list[str], schema: str = "oven") -> list[Event]:
    """What another process makes of it."""
    heard: list[Event] = []
    line = Line("postgresql://nowhere/db")
    line.listen(schema, lambda kind, body: heard.extend(parse_events(body)) if kind == EVENTS else None)
    for payload in payloads:
        line.take(CHANNEL, payload)
    return heard


def say(events: list[Event], schema: str = "oven", origin: str = "me") -> list[str]:
    """What is put on the line for events."""
    saying: Any = Saying()
    tell_events(saying, events, schema=schema, origin=origin)
    payloads: list[str] = saying.payloads
    return payloads


def test_every_event_crosses_as_it_is() -> None:
    """Of a changed shop the database itself tells, whoever changed it."""
    assert hear(say([*TOLD, ShopChanged(), MEMBER])) == TOLD
    for kind in set(get_args(Event)) - {type(each) for each in TOLD} - {ShopChanged}:
        event = kind(**{each.name: {"x": 1} if each.name != "raw" else "{}" for each in dataclasses.fields(kind)})
        assert [type(each) for each in hear(say([event]))] == [kind], kind


@pytest.mark.parametrize("count", [1, 60, 499])
def test_many_events_cross_in_parcels_that_fit(count: int) -> None:
    """PostgreSQL refuses a longer one, and the unit with it; more than can be told one by one are to be looked for."""
    owed: list[Event] = [
        NoticeOwed(notice_id=NoticeId(2**53 - each), address=MemberAddress(PersonId(2**53))) for each in range(count)
    ]
    payloads = say(owed)
    assert max(map(len, payloads)) < 8000
    assert hear(payloads) == owed
    assert hear(say(owed * 1 + [BroadcastChanged(broadcast_id=BroadcastId(each)) for each in range(600)])) == [
        CommitDoubted()
    ]


def test_what_is_too_long_is_told_as_something_to_look_for() -> None:
    """Never a refused unit."""
    [long] = say([BroadcastChanged(broadcast_id=BroadcastId("x" * LONGEST_BYTES))])  # type: ignore[arg-type]
    assert len(long) < 8000
    assert hear([long]) == [CommitDoubted()]


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "x",
        "[]",
        "1",
        "{}",
        '{"from": "b", "schema": "oven"}',
        '{"from":"b","schema":"oven","kind":"events","body":3}',
    ],
)
def test_what_cannot_be_read_is_passed_over(payload: str) -> None:
    """Anybody may say anything on the channel, and so may another version of this program."""
    assert hear([payload]) == []
    new = '{"from":"b","schema":"oven","kind":"events","body":[["Unheard",{"of":1}],["HandoutOwed",{}]]}'
    assert hear([new]) == [HandoutOwed()]


def test_nobody_hears_himself_or_another_shop() -> None:
    """What one told was announced here already."""
    line, heard = Line("postgresql://nowhere/db"), list[str]()
    line.listen("oven", lambda kind, _: heard.append(kind))
    for payload in (*say(TOLD, origin=line.origin), *say(TOLD, schema="cafe")):
        line.take(CHANNEL, payload)
    assert heard == []


def test_whoever_has_ended_hears_nothing_more() -> None:
    """Others go on hearing."""
    line, heard = Line("postgresql://nowhere/db"), list[str]()

    def hear_as(name: str, kind: str, _body: str) -> None:
        heard.append(f"{name} {kind}")

    ends = [line.listen("oven", partial(hear_as, name)) for name in ("a", "b")]
    for end in ends:
        for payload in say(TOLD):
            line.take(CHANNEL, payload)
        end()
    assert heard == [f"a {EVENTS}", f"b {EVENTS}", f"b {EVENTS}"]


def _tell(tx: Tx, event: Event) -> None:
    tx.tell(event)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 -- whatever it is
            await asyncio.sleep(0.01)


@pytest.mark.postgres
async def test_what_guests_and_commands_tell_reaches_the_holder(postgres_url: str) -> None:
    """Once committed, and once; what a unit told that was undone never does."""
    async with open_store(postgres_url) as holder, open_store(postgres_url, guest=True) as guest:
        at_holder, at_guest = _listen(holder), _listen(guest)
        await guest.write(_tell, MEMBER)
        await _until(lambda: at_holder == [MEMBER])
        assert at_guest == [MEMBER]

        def stumble(tx: Tx) -> None:
            tx.tell(HookOwed())
            raise ValueError("stumbled")

        with pytest.raises(ValueError, match="stumbled"):
            await guest.write(stumble)
        await asyncio.to_thread(run_beside, postgres_url, _tell, HandoutOwed())
        await _until(lambda: HandoutOwed() in at_holder)
        assert at_holder == [MEMBER, HandoutOwed()]
        await _until(lambda: at_guest == [MEMBER, HandoutOwed()])


@pytest.mark.postgres
async def test_after_a_break_everybody_looks(postgres_url: str) -> None:
    """Nobody can say what was not heard meanwhile."""
    async with open_store(postgres_url) as holder:
        heard = _listen(holder)
        with connect(postgres_url) as behind:
            behind.execute(END_LINE)
        await _until(lambda: CommitDoubted() in heard)
        assert ShopChanged() in heard


def _listen(store: Store) -> list[Event]:
    heard: list[Event] = []
    store.subscribe(heard.extend)
    return heard


@pytest.mark.postgres
def test_a_call_that_outlives_its_loop_says_nothing(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """As a program stops whoever asked has been cancelled: that a thread comes back later is nobody's trouble."""
    begun, may_end = threading.Event(), threading.Event()

    def dawdle(_: Connection) -> None:
        begun.set()
        may_end.wait(20)

    async def leave_early() -> None:
        async with open_server(postgres_url) as server:
            asking = asyncio.create_task(server.ask(postgres_url, dawdle))
            await asyncio.to_thread(begun.wait, 20)
            asking.cancel()
            await asyncio.wait({asking})

    asyncio.run(leave_early())
    may_end.set()
    for thread in threading.enumerate():
        if thread.name.startswith("storage"):
            thread.join(20)
    assert caplog.records == []
