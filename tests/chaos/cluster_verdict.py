"""What must hold over all processes: whose turn it is to send, how fast all of them are together, in which order people are served."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.playground.world.journal import SECOND, SENDING, Call

TRAVEL = SECOND // 2
"""What comes so soon after a lease went to somebody else may have been on its way."""

_MISSING, _REPEATED = 2, 6
"""So many answers may be missing in a row, and so many may be said again after a death."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Which process had a shop's lease when somebody looked, UTC microseconds; 0 is none."""

    at: int
    pid: int


FindSenders = Callable[[int, int, int], set[int]]
"""Which processes may have sent what came by a port between two moments."""


def list_strays(
    calls: Iterable[Call], glances: Sequence[Glance], find_senders: FindSenders, find_delay: Callable[[int], int]
) -> list[str]:
    """Return the sends of a shop that came from a process which had not its lease, in words.

    Args:
        calls: All requests of the shop's bot.
        glances: Who had its lease, in order of time; between two glances it may have changed.
        find_senders: Who speaks by which port.
        find_delay: By how much a request may have come earlier than it was seen.
    """
    moments = [glance.at for glance in glances]
    found = []
    for call in calls:
        if call.method in SENDING:
            since = call.at - TRAVEL - find_delay(call.at)
            rightful, senders = _find_holders(glances, moments, since, call.at), find_senders(call.port, since, call.at)
            if rightful and not senders & rightful:
                words = f"{call.method} {call.number} came from process {sorted(senders)}"
                found.append(f"{words} while {sorted(rightful)} had the lease")
    return found


def _find_holders(glances: Sequence[Glance], moments: Sequence[int], since: int, until: int) -> set[int]:
    """Whoever may have had the lease within a time; nothing is said where nobody looked before or after it."""
    first, last = bisect_right(moments, since) - 1, bisect_left(moments, until)
    return {glance.pid for glance in glances[first : last + 1]} if first >= 0 and last < len(glances) else set()


def list_wrong_choices(chosen: Mapping[int, Sequence[str]], known: Mapping[int, str]) -> list[str]:
    """Return whose last choice is not the one that holds, in words: what they chose before it came after it."""
    return [
        f"person {who} chose {list(choices)}, and {known.get(who, 'nothing')} holds"
        for who, choices in chosen.items()
        if known.get(who) != choices[-1]
    ]


Words = Sequence[tuple[int, str]]
"""What was asked or answered, each with its moment, UTC microseconds, in order."""


def list_wrong_answers(said: Mapping[int, Words], heard: Mapping[int, Words], deaths: Sequence[int]) -> list[str]:
    """Return who was answered in another order than they asked, in words.

    An answer may be missing, where nobody can know whether it arrived. Those before a death may be said again after it,
    in order: that a question was answered need not have been written down yet.
    """
    return [
        f"person {who} asked {_tell(asked)} and was answered {_tell(heard.get(who, ()))}"
        for who, asked in said.items()
        if not _follows(heard.get(who, ()), asked, deaths)
    ]


def _follows(heard: Words, asked: Words, deaths: Sequence[int]) -> bool:
    """Whether there is a way to give each answer to a question."""
    places, before = {-1}, 0
    for at, word in heard:
        back = _REPEATED if _has_between(deaths, before - SECOND, at) else 0
        reach = {place for last in places for place in range(max(0, last + 1 - back), last + 2 + _MISSING)}
        places = {each for each in reach if each < len(asked) and asked[each][1] == word and asked[each][0] <= at}
        before = at
    return bool(places)


def _has_between(moments: Sequence[int], since: int, until: int) -> bool:
    return bisect_right(moments, since) < bisect_right(moments, until)


def _tell(words: Words) -> str:
    return " ".join(f"{word}@{at / SECOND % 1000:.3f}" for at, word in words)


def count_by_slot(calls: Iterable[Call], find_slot: Callable[[int], int]) -> dict[int, int]:
    """Count the sends by the process they came from."""
    counts: defaultdict[int, int] = defaultdict(int)
    for call in calls:
        if call.method in SENDING:
            counts[find_slot(call.port)] += 1
    return dict(counts)
