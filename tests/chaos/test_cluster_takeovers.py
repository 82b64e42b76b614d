"""How take-overs are measured: each that is too slow is seen, and what says nothing about the program is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.playground.world.journal import SECOND, Call
from tests.chaos.cluster_takeovers import (
    DATABASE_AWAY,
    NOBODY_THERE,
    TAKER_HIT,
    Hardships,
    Tally,
    Watched,
    find_takeovers,
)
from tests.chaos.cluster_verdict import Glance

FIRST, SECOND_ONE, THIRD, NEXT = 1, 2, 3, 4
"""Processes; the last one begins in the first one's place."""

DIED_AT = 100 * SECOND
NEVER = 10_000 * SECOND

CALM = Hardships(
    deaths=[(DIED_AT, FIRST)],
    pauses=[],
    aways=[],
    lives=[[(0, FIRST), (DIED_AT + 5 * SECOND, NEXT)], [(0, SECOND_ONE)], [(0, THIRD)]],
)
"""The first dies while the two others are well."""


def watch(taken_after: float, worked_after: float) -> Watched:
    """The first had the shop, and the second has it so many seconds after its death."""
    taken_at = DIED_AT + round(taken_after * SECOND)
    moments = range(90 * SECOND, 130 * SECOND, SECOND // 10)
    asks = [(99.9, FIRST), (100 + worked_after, SECOND_ONE), (101 + worked_after, SECOND_ONE)]
    words = [(100.1, FIRST, "sendMessage"), *((at, pid, "getUpdates") for at, pid in asks)]
    return Watched(
        name="oven",
        glances=[Glance(at, FIRST if at < taken_at else SECOND_ONE) for at in moments],
        calls=[
            Call(number=number, at=round(at * SECOND), method=method, params={}, port=pid)
            for number, (at, pid, method) in enumerate(words)
        ],
        find_senders=lambda port, *_: {port},
        find_delay=lambda _: 0,
    )


def tally(shop: Watched, hardships: Hardships = CALM, end: tuple[int, int, int] = (FIRST, DIED_AT, NEVER)) -> Tally:
    """What comes of one end."""
    return Tally(find_takeovers(shop, [end], hardships))


def test_a_takeover_that_takes_too_long_is_found() -> None:
    """It lasts until the next process asks for updates, however soon that had the lease."""
    quick, slow = tally(watch(2.0, 3.0)), tally(watch(2.0, 10.5))
    assert (quick.longest, quick.list_slow(10.0)) == (3.0, [])
    assert slow.longest == 10.5
    assert len(slow.list_slow(10.0)) == 1
    assert "oven was without a process for 10.5 s" in slow.list_slow(10.0)[0]
    assert "its lease for 2.0 s" in slow.list_slow(10.0)[0]


def test_what_came_late_by_the_watchers_own_fault_is_told_earlier() -> None:
    """While the test itself stood still nobody could see the request."""
    assert tally(replace(watch(2.0, 10.5), find_delay=lambda _: SECOND)).longest == 9.5


def test_the_death_of_another_is_no_takeover() -> None:
    """Nor is one after which the shop came to nobody."""
    assert tally(watch(2.0, 3.0), end=(THIRD, DIED_AT, NEVER)).all == []
    assert tally(watch(99.0, 3.0)).all == []


def test_whoever_wakes_up_in_time_keeps_its_shop() -> None:
    """That it goes elsewhere later is another story."""
    assert tally(watch(7.0, 8.0), end=(FIRST, DIED_AT, DIED_AT + 8 * SECOND)).longest == 8.0
    assert tally(watch(7.0, 8.0), end=(FIRST, DIED_AT, DIED_AT + 6 * SECOND)).all == []


@pytest.mark.parametrize(
    ("hardships", "excuse"),
    [
        (replace(CALM, aways=[(DIED_AT + SECOND, DIED_AT + 2 * SECOND)]), DATABASE_AWAY),
        (replace(CALM, aways=[(DIED_AT + 13 * SECOND, DIED_AT + 14 * SECOND)]), ""),
        (replace(CALM, aways=[(DIED_AT - 9 * SECOND, DIED_AT - SECOND)]), ""),
        (replace(CALM, pauses=[(SECOND_ONE, DIED_AT + 3 * SECOND, DIED_AT + 4 * SECOND)]), TAKER_HIT),
        (replace(CALM, deaths=[*CALM.deaths, (DIED_AT + 3 * SECOND, SECOND_ONE)]), TAKER_HIT),
        (replace(CALM, pauses=[(THIRD, DIED_AT + 3 * SECOND, DIED_AT + 4 * SECOND)]), ""),
        (replace(CALM, pauses=[(each, 95 * SECOND, 103 * SECOND) for each in (SECOND_ONE, THIRD)]), NOBODY_THERE),
        (replace(CALM, pauses=[(each, 95 * SECOND, DIED_AT + SECOND // 2) for each in (SECOND_ONE, THIRD)]), ""),
        (replace(CALM, pauses=[(SECOND_ONE, 95 * SECOND, 103 * SECOND)]), ""),
        (
            replace(
                CALM, pauses=[(SECOND_ONE, 95 * SECOND, 103 * SECOND)], deaths=[(99 * SECOND, THIRD), *CALM.deaths]
            ),
            NOBODY_THERE,
        ),
    ],
)
def test_what_says_nothing_about_the_program_is_left_out_and_counted(hardships: Hardships, excuse: str) -> None:
    """Somebody was there all the time, was not hit, and could reach the database; else it is told why not."""
    found = tally(watch(2.0, 12.0), hardships)
    assert [each.excuse for each in found.all] == [excuse]
    assert found.left_out == ({excuse: 1} if excuse else {})
    assert len(found.list_slow(10.0)) == (not excuse)
