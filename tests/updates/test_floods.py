from __future__ import annotations

from dataclasses import dataclass

from telegram.ext import MessageHandler, filters

from bot.updates.dispatch import Dispatch
from bot.updates.fair_queue import LONGEST_SECONDS, MOST_WAITING, Floods
from bot.updates.raw_updates import RawUpdate, parse_update
from tests.updates.rig import Application, record
from tests.wire.server import make_update


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


def _read(entry: dict[str, object]) -> RawUpdate:
    update = parse_update(entry)
    assert update is not None
    return update
