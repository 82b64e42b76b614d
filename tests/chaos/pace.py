"""Whether the bot kept to the pace, as its requests came in."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from bot.playground.world import Happening, World
from bot.playground.world.journal import SECOND, SENDING, Call

FIRST_REQUEST = "getMe"
"""Of every process."""

_BEAT = SECOND // 100

_HEARING = SECOND // 10
"""A 429 answered so shortly before a death was hardly heard, and another chat's may stand in the table instead."""


@dataclass(frozen=True, slots=True)
class Ban:
    """A 429 with a time: when it was answered and until when nothing may start, UTC microseconds."""

    answered_at: int
    until_at: int
    chat: object = None
    """Whom it is about; None for everybody."""

    def covers(self, call: Call, travel_seconds: float) -> bool:
        """Whether a request came within it, and was not on its way before."""
        meant = self.chat in {None, call.params.get("chat_id")}
        return meant and self.answered_at + travel_seconds * SECOND < call.at < self.until_at


@dataclass(frozen=True, slots=True)
class Death:
    """When the bot was killed, and until when its successor could read that nothing may be sent."""

    at: int
    flood_wait_until: int

    def excuses(self, ban: Ban, call: Call) -> bool:
        """Whether a request comes from a successor that cannot know of the ban: it was not written down in time."""
        unheard = self.at - ban.answered_at < _HEARING or self.flood_wait_until < ban.until_at - SECOND
        return ban.answered_at <= self.at <= call.at and unheard


class Pulse:
    """Feels when this process stands still: what comes meanwhile is seen too late, and all at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stalls: list[tuple[int, int]] = []  # when one was over, and how long it was, one after the other

    async def beat(self) -> None:
        """Feel for ever."""
        while True:
            began = self._world.now
            await asyncio.sleep(_BEAT / SECOND)
            self.note(began, self._world.now)

    def note(self, began: int, ended: int) -> None:
        """A beat, which was to be short."""
        stall = ended - began - _BEAT
        if stall > _BEAT:
            self._stalls.append((ended, stall))

    def find_delay(self, at: int) -> int:
        """Return by how much something seen at a moment may have come earlier, in microseconds."""
        first = bisect_left(self._stalls, (at - _BEAT, 0))
        felt = takewhile(lambda each: each[0] - each[1] - _BEAT <= at, islice(self._stalls, first, None))
        return max((stall for _, stall in felt), default=0)


class BanWatch:
    """Writes down every 429 that names a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bans: list[Ban] = []
        world.listen(self._hear)

    def _hear(self, happening: Happening) -> None:
        if happening.kind == "call" and happening.about.status == 429:
            chat = happening.about.params.get("chat_id")
            self.bans.append(Ban(self._world.now, self._world.journal.banned_until, chat))


def list_sends_in_bans(
    calls: Sequence[Call], bans: Sequence[Ban], deaths: Sequence[Death], *, travel_seconds: float
) -> list[Call]:
    """Return the sends that began while a ban ran which the process knew of, or could have read.

    Args:
        calls: Every request.
        bans: Every 429 with a time.
        deaths: Every death.
        travel_seconds: What comes so soon after the 429 was answered had been started before.
    """
    sends = [call for call in calls if call.method in SENDING]
    heard = [ban for ban in bans if _is_heard(ban, calls, deaths)]
    pairs = ((call, ban) for call in sends for ban in heard if ban.covers(call, travel_seconds))
    return [call for call, ban in pairs if not any(death.excuses(ban, call) for death in deaths)]


def _is_heard(ban: Ban, calls: Sequence[Call], deaths: Sequence[Death]) -> bool:
    """Whether there was a process to hear the 429: the last requests of a dead one are still answered."""
    died_at = max((death.at for death in deaths if death.at <= ban.answered_at), default=0)
    return any(call.method == FIRST_REQUEST and died_at < call.at <= ban.answered_at for call in calls)


def count_busiest_second(moments: Sequence[int], find_delay: Callable[[int], int]) -> int:
    """Return the most that surely came within one sliding second, each moment being late by an unknown bit."""
    first = most = 0
    earliest = [moment - find_delay(moment) for moment in moments]
    for number, moment in enumerate(moments):
        while earliest[first] <= moment - SECOND:
            first += 1
        most = max(most, number - first + 1)
    return most


def judge_pace(
    world: World, watch: BanWatch, pulse: Pulse, deaths: Sequence[Death], *, send_rate: int, travel_seconds: float
) -> list[str]:
    """Return what was too fast, in words."""
    problems = []
    too_early = list_sends_in_bans(world.calls, watch.bans, deaths, travel_seconds=travel_seconds)
    if too_early:
        problems.append(
            f"{len(too_early)} sends came while a 429's time ran: {[call.number for call in too_early[:9]]}"
        )
    moments = [call.at for call in world.calls if call.method in SENDING]
    busiest = count_busiest_second(moments, pulse.find_delay)
    if busiest > send_rate:
        problems.append(f"{busiest} sends in one second, {send_rate} are allowed")
    return problems
