"""Whether the bot kept to the pace, as its requests came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.playground.world import Happening, World
from bot.playground.world.journal import SECOND, SENDING, Call

STORING = SECOND * 3 // 10
"""A process killed so soon after the 429 may have had no time to write it down for the next one."""


@dataclass(frozen=True, slots=True)
class Ban:
    """A 429 with a time: when it was answered and until when nothing may start, UTC microseconds."""

    answered_at: int
    until_at: int

    def covers(self, call: Call, travel_seconds: float) -> bool:
        """Whether a request came within it, and was not on its way before."""
        return self.answered_at + travel_seconds * SECOND < call.at < self.until_at


class BanWatch:
    """Writes down every 429 that names a time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.bans: list[Ban] = []
        world.listen(self._hear)

    def _hear(self, happening: Happening) -> None:
        if happening.kind == "call" and happening.about.status == 429:
            self.bans.append(Ban(self._world.now, self._world.journal.banned_until))


def list_sends_in_bans(
    calls: Sequence[Call], bans: Sequence[Ban], deaths: Sequence[int], *, travel_seconds: float
) -> list[Call]:
    """Return the sends that began while a ban ran which the process knew of, or could have read.

    Args:
        calls: Every request.
        bans: Every 429 with a time.
        deaths: When the bot was killed, UTC microseconds.
        travel_seconds: What comes so soon after the 429 was answered had been started before.
    """
    known = [ban for ban in bans if not any(0 <= death - ban.answered_at <= STORING for death in deaths)]
    sends = [call for call in calls if call.method in SENDING]
    return [call for call in sends if any(ban.covers(call, travel_seconds) for ban in known)]


def judge_pace(
    world: World, watch: BanWatch, deaths: Sequence[int], *, send_rate: int, travel_seconds: float
) -> list[str]:
    """Return what was too fast, in words."""
    problems = []
    too_early = list_sends_in_bans(world.calls, watch.bans, deaths, travel_seconds=travel_seconds)
    if too_early:
        problems.append(
            f"{len(too_early)} sends came while a 429's time ran: {[call.number for call in too_early[:9]]}"
        )
    if world.busiest_second() > send_rate:
        problems.append(f"{world.busiest_second()} sends in one second, {send_rate} are allowed")
    return problems
