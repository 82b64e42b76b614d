from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.updates import fair_queue
from bot.updates.dispatch import FLOODERS_PARALLEL, Dispatch
from bot.updates.fair_queue import LONGEST_SECONDS, MOST_WAITING, FairQueue, Floods
from bot.updates.raw_updates import RawUpdate, parse_update
from storage import Store
from storage.records import InboxRow, Seq
from tests.updates.rig import Application, Context, add, dispatching, record
from tests.wire.server import make_update, until

BOT = {"status": "member", "user": {"id": 123456, "is_bot": True, "first_name": "Shop"}}


@dataclass
class Clock:
    """Seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the moment."""
        return self.now


def test_a_flood_is_what_waits_and_not_what_came() -> None:
    """Whoever waits for each answer may go on for ever."""
    floods = Floods(clock=Clock())
    for _ in range(10 * MOST_WAITING):
        floods.begin(1)
        floods.end(1)
    assert not floods.is_flooding(1)


def test_a_flood_counts_for_a_minute_after_its_end() -> None:
    """And is told once in that time; others are not concerned."""
    clock = Clock()
    floods = Floods(clock=clock)
    for _ in range(MOST_WAITING + 1):
        floods.begin(1)
        floods.begin(2 if floods.is_flooding(2) else None)
    assert floods.is_flooding(1)
    assert not floods.is_flooding(2)
    assert [floods.may_tell(1), floods.may_tell(1)] == [True, False]
    for _ in range(MOST_WAITING + 1):
        floods.end(1)
    clock.now = LONGEST_SECONDS - 1
    assert floods.is_flooding(1)
    clock.now = LONGEST_SECONDS
    assert not floods.is_flooding(1)


def test_a_wish_is_repeated_only_right_behind_itself() -> None:
    """What says nothing is never a repetition."""
    floods = Floods()
    floods.begin(1)
    assert [floods.repeats(1, wish) for wish in ("a", "a", "b", "a", "", "")] == [
        False,
        True,
        False,
        False,
        False,
        False,
    ]


def test_peaceful_senders_leave_nothing_behind() -> None:
    """There is an entry only while something waits or a flood counts."""
    floods = Floods()
    for sender in range(20_000):
        floods.begin(sender)
        floods.end(sender)
    assert not floods._senders


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("edited_message", {"chat": {"id": 7, "type": "private"}, "text": "word"}),
        ("my_chat_member", {"chat": {"id": 7, "type": "private"}, "old_chat_member": BOT, "new_chat_member": BOT}),
        ("chosen_inline_result", {"result_id": "1", "query": ""}),
        ("callback_query", {"id": "1", "data": "menu"}),
    ],
)
async def test_whatever_a_flooder_does_to_the_bot_is_taken_unread(
    kind: str, body: dict[str, object], application: Application
) -> None:
    """Making an object of it to see whether anybody wants it would keep others waiting, of whatever kind it is."""
    floods = Floods(most_waiting=1)
    dispatch = Dispatch(application, floods=floods)  # no handler wants anything
    raw = _read({"update_id": 1, kind: {"from": {"id": 7, "is_bot": False, "first_name": "A"}, **body}})
    for _ in range(2):
        floods.begin(7)
    assert dispatch.is_wanted(raw)
    assert raw.parsed is None


async def test_what_a_flooder_says_to_the_bot_is_taken_unread(application: Application) -> None:
    """Reading thousands of them would keep others waiting; what is said in a group is looked at, and not kept."""
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE, record([])))
    floods = Floods()
    dispatch = Dispatch(application, floods=floods)
    for _ in range(MOST_WAITING + 1):
        floods.begin(1)
    taken, other, chatter = (_read(make_update(number, sender)) for number, sender in ((1, 1), (2, 2), (3, 1)))
    chatter.content["message"]["chat"] = {"id": -1007, "type": "supergroup", "title": "Us"}
    assert [dispatch.is_wanted(each) for each in (taken, other, chatter)] == [True, True, False]
    assert [each.parsed is None for each in (taken, other, chatter)] == [True, False, False]


async def test_few_of_a_flood_are_served_at_once(store: Store, application: Application) -> None:
    """However many flood: from their second update on they have four places among them, and leave them again."""
    crowd = 3 * FLOODERS_PARALLEL
    served, most, gate = set[int](), 0, asyncio.Event()

    async def handle(update: Update, _context: Context) -> None:
        nonlocal most
        if update.update_id > crowd:
            served.add(update.update_id)
            most = max(most, len(served))
            await gate.wait()
            served.discard(update.update_id)

    application.add_handler(MessageHandler(filters.ALL, handle))
    rows = await add(store, *(make_update(number, number % crowd + 1) for number in range(1, 2 * crowd + 1)))
    async with dispatching(application, floods=Floods(most_waiting=0)) as dispatch:
        dispatch.take(rows)
        await until(lambda: len(served) >= FLOODERS_PARALLEL)
        await asyncio.sleep(0.05)
        gate.set()
        await dispatch.settled()
    assert most == FLOODERS_PARALLEL


def _read(entry: dict[str, object]) -> RawUpdate:
    update = parse_update(entry)
    assert update is not None
    return update


def test_floods_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once there are many: not those that go on, nor those who still have something waiting; and not at each further one."""
    monkeypatch.setattr(fair_queue, "_FORGET_FROM", 4)
    clock = Clock()
    floods = Floods(most_waiting=1, clock=clock)
    for sender in (1, 2, 3):
        floods.begin(sender)
        floods.begin(sender)
    for sender in (1, 1, 2):
        floods.end(sender)  # the first has nothing waiting any more
    clock.now += LONGEST_SECONDS + 1
    floods.begin(4)
    floods.begin(4)
    floods.end(4)
    floods.end(4)
    floods.begin(5)
    assert sorted(floods._senders) == [2, 3, 4, 5], "the fourth has flooded just now"
    for sender in range(6, 14):
        floods.begin(sender)
    clock.now += LONGEST_SECONDS + 1
    assert 4 in floods._senders, "there is no look at all of them for each new one"


def test_a_row_that_goes_back_is_the_next_and_counts_once() -> None:
    """Its line rests meanwhile; the rows in memory are as many as there are."""
    queue = FairQueue(lambda _: False)
    for seq in (1, 2):
        queue.put("a", InboxRow(seq=Seq(seq), update_id=seq, sender_id=7, raw=b"{}", failures=0))
    taken = queue.take()
    assert taken is not None
    assert (taken[1].row.seq, queue.held) == (1, 1)
    queue.put_back(*taken)
    assert (queue.held, queue.take()) == (2, None)
    queue.resume("a")
    again = queue.take()
    assert again is not None
    assert (again[1].row.seq, queue.held) == (1, 1)
    queue.finish("a")
    last = queue.take()
    assert last is not None
    assert (last[1].row.seq, queue.held) == (2, 0)
    queue.finish("a")
    assert not queue


def make_row(seq: int, update_id: int | None = None) -> InboxRow:
    """A row of the inbox."""
    return InboxRow(seq=Seq(seq), update_id=seq if update_id is None else update_id, sender_id=7, raw=b"{}", failures=0)


def test_a_long_line_lies_in_the_table_and_is_read_on_from_there() -> None:
    """Few of each are in memory; what comes meanwhile waits behind what lies there, and nothing is left out or twice."""
    queue = FairQueue(lambda _: False, held_per_sender=2)
    for seq in range(1, 6):
        queue.put("a", make_row(seq))
    queue.put("b", make_row(6))
    assert (queue.held, bool(queue), queue.next_hungry()) == (3, True, None)
    order = []
    for _ in range(3):
        taken = queue.take()
        assert taken is not None
        order.append(taken[1].row.seq)
        queue.finish(taken[0])
    assert (order, queue.held, queue.take()) == ([1, 6, 2], 0, None)
    assert list(queue.hungry) == ["a"]
    assert queue.next_hungry() == ("a", 2, 2)
    queue.put("a", make_row(7))
    assert queue.held == 0, "it would come in before what lies in the table"
    queue.refill([make_row(3), make_row(4)])
    assert (queue.held, list(queue.hungry)) == (2, [])
    for seq in (3, 4):
        taken = queue.take()
        assert taken is not None
        assert taken[1].row.seq == seq
        queue.finish("a")
    assert queue.next_hungry() == ("a", 4, 2)
    queue.refill([make_row(5)])
    taken = queue.take()
    assert taken is not None
    queue.finish("a")
    assert not queue, "fewer than were asked for are all there are"


def test_a_line_that_gives_way_has_a_turn_of_its_own() -> None:
    """As soon as it is slow, from its second row on."""
    slow = set[object]()
    queue = FairQueue(lambda key: key in slow)
    for seq in (1, 2):
        queue.put("a", make_row(seq))
        queue.put("b", make_row(10 + seq))
    slow.add("a")
    first, second = queue.take(), queue.take()
    assert first is not None
    assert second is not None
    assert [each[0] for each in (first, second)] == ["a", "b"]
    for key in ("a", "b"):
        queue.finish(key)
    assert (queue.take() or ("",))[0] == "b"
    assert queue.take() is None
    assert (queue.take(slow=True) or ("",))[0] == "a"
    assert queue.take(slow=True) is None


@pytest.mark.parametrize(
    ("held", "late", "order"),
    [
        ([5, 6], 4, [4, 5, 6]),
        ([5, 7], 6, [5, 6, 7]),
        ([5, 6], 6, [5, 6, 6]),
        ([5, 1004], 5, [5, 5, 1004]),
        ([1005], 5, [1005, 5]),
        ([1004], 5, [5, 1004]),
    ],
)
def test_what_was_overtaken_goes_before_what_nobody_has_begun(held: list[int], late: int, order: list[int]) -> None:
    """By its number, as far as numbers may be out of order: further apart Telegram has begun to count anew."""
    queue = FairQueue(lambda _: False)
    for seq, update_id in enumerate([*held, late], 1):
        queue.put("a", make_row(seq, update_id))
    found = []
    while taken := queue.take():
        found.append(taken[1].row.update_id)
        queue.finish("a")
    assert found == order


def test_what_rests_is_overtaken_by_nothing() -> None:
    """Its effect may be there already: what its sender did later comes later."""
    queue = FairQueue(lambda _: False)
    queue.put("a", make_row(1, 5))
    taken = queue.take()
    assert taken is not None
    taken[1].rests = 1
    queue.put_back(*taken)
    queue.put("a", make_row(2, 4))
    queue.resume("a")
    again = queue.take()
    assert again is not None
    assert again[1].row.update_id == 5


def test_nobody_floods_who_is_not_known() -> None:
    """Updates of nobody never do; and whoever has ended more than began has nothing waiting."""
    clock = Clock()
    floods = Floods(most_waiting=1, clock=clock)
    floods.begin(None)
    floods.end(None)
    floods.end(9)
    assert [floods.is_flooding(sender) for sender in (None, "seq 5", 9)] == [False] * 3
    for _ in range(2):
        floods.begin(7)
    assert floods.may_tell(7)
    clock.now = LONGEST_SECONDS - 0.001
    assert not floods.may_tell(7)
    clock.now = LONGEST_SECONDS
    assert floods.may_tell(7)
    assert not floods.may_tell(7)
    for _ in range(2):
        floods.end(7)
    floods.end(7)
    floods.begin(7)
    assert not floods.is_flooding(7)
