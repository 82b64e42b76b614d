"""Telegram's limits on sending, when they are switched on, and the pace that is always measured."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.playground.world import ApiError, Chat, Content, World
from bot.playground.world.floods import PRIVATE_BURST
from bot.playground.world.journal import Journal

SECOND = 1_000_000


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = 1_700_000_000 * SECOND

    def __call__(self) -> int:
        """Return the time it was moved to."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock to move by hand."""
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    """A world that limits."""
    world = World(clock=clock)
    world.floods.enabled = True
    return world


def open_private(world: World) -> Chat:
    """Return the chat of somebody new who has pressed START."""
    ann = world.add_person("Ann")
    world.press_start(ann)
    return world.open_chat(ann)


def send(world: World, chat: Chat) -> int:
    """Send a text; returns the wait that was named, 0 if it went through."""
    try:
        world.post(chat, Content(text="x"))
    except ApiError as error:
        return int(error.parameters["retry_after"])
    return 0


def test_thirty_a_second_pass_in_all(world: World, clock: Clock) -> None:
    """The 31st of a second is refused, the next second takes it."""
    chats = [open_private(world) for _ in range(31)]
    assert [send(world, chat) for chat in chats] == [0] * 30 + [1]
    clock.now += SECOND
    assert send(world, chats[30]) == 0


def test_a_private_chat_takes_a_burst_and_then_one_a_second(world: World, clock: Clock) -> None:
    """After a burst each second allows one more; a bot that sends three and then one a second is never refused."""
    chat = open_private(world)
    assert [send(world, chat) for _ in range(PRIVATE_BURST + 1)] == [0] * PRIVATE_BURST + [1]
    calm = open_private(world)
    waits = [send(world, calm) for _ in range(3)]
    for _ in range(20):
        clock.now += SECOND
        waits.append(send(world, calm))
    assert set(waits) == {0}


def test_a_group_takes_twenty_a_minute(world: World, clock: Clock) -> None:
    """The 21st waits until the first is a minute old."""
    owner = world.add_person("Owner")
    group = world.add_group("Club", owner)
    world.add_bot(owner, group)
    for _ in range(20):
        assert send(world, group) == 0
        clock.now += SECOND
    assert send(world, group) == 40
    clock.now += 40 * SECOND
    assert send(world, group) == 0


def test_big_uploads_of_one_size_are_held_back(world: World, clock: Clock) -> None:
    """Above 100,000 bytes five a second of equal size pile up until a minute's wait; others pass."""
    for size in [100_000] * 100 + [150_000] * 26:
        world.floods.check_upload(size, clock.now)
    with pytest.raises(ApiError, match="retry after 60"):
        world.floods.check_upload(150_000, clock.now)
    world.floods.check_upload(150_001, clock.now)


def test_nothing_is_limited_unless_it_is_switched_on(world: World) -> None:
    """Tests of other things may send as fast as they like."""
    world.floods.enabled = False
    chat = open_private(world)
    assert {send(world, chat) for _ in range(100)} == {0}


def test_the_busiest_second_is_measured_in_every_sliding_second() -> None:
    """Half of one second and half of the next count together; calls that send nothing do not."""
    journal = Journal()
    for at in [0, *[900_000] * 20, *[1_100_000] * 20, 5_000_000]:
        journal.note_call(at, "sendMessage", {})
        journal.note_call(at, "getMe", {})
    assert journal.busiest_second == 40


def test_what_is_paid_for_passes_and_costs_a_tenth_of_a_star_beyond_thirty_a_second(world: World, clock: Clock) -> None:
    """Free messages have their thirty beside it; without Stars it is a message like any other."""
    world.gifts.balance = 1
    chats = [open_private(world) for _ in range(75)]

    def pay_for(chat: Chat) -> int:
        try:
            world.post(chat, Content(text="x"), paid=True)
        except ApiError as error:
            return int(error.parameters["retry_after"])
        return 0

    assert [pay_for(chat) for chat in chats[:35]] == [0] * 35
    assert (world.gifts.balance, world.gifts.nanostars) == (0, 500_000_000)
    assert [send(world, chat) for chat in chats[35:65]] == [0] * 30
    assert [pay_for(chat) for chat in chats[65:71]] == [0] * 5 + [1]
    assert (world.gifts.balance, world.gifts.nanostars) == (0, 0)
