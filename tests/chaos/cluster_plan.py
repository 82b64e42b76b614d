"""What befalls the processes of a cluster and its server, all of it fixed by a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from tests.chaos.plan import KillPoint, draw_kill

LONGEST_PAUSE_SECONDS = 40.0
GAPS_SECONDS = (0.0, 0.3, 1.0, 3.0)
"""After a blow, before the next part of what people do."""

MOST_REQUESTS = 40
"""A death that hangs on a request hangs on one of so many next ones at most."""


class Blow(StrEnum):
    """What can happen."""

    KILL = "kill"
    """SIGKILL; whoever keeps the process alive starts it again."""
    PAUSE = "pause"
    """SIGSTOP, and SIGCONT a while later, as a machine does that is suspended."""
    RESTART = "restart"
    """Of the database's server."""
    ROLL_OUT = "roll_out"
    """Each process in turn is asked to stop, and another is started in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """One blow: to whom, and when exactly."""

    blow: Blow
    slot: int = 0
    """The process meant, where it is hit at any time; one that is paused already is passed over."""
    point: KillPoint | None = None
    """Of a death in a request of the big shop: its sender is killed, whichever process that is."""
    seconds: float = 0.0
    """How long a pause is."""
    is_crash: bool = False
    """Whether the server falls instead of being restarted by hand."""
    gap_seconds: float = 0.0
    """Until people go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How often what happens."""

    kills: int
    pauses: int
    restarts: int
    roll_outs: int

    @classmethod
    def of(cls, kills: int) -> Weather:
        """Return as much as belongs to so many deaths: sixty go with thirty pauses, six restarts and four roll-outs."""
        return cls(kills=kills, pauses=-(-kills // 2), restarts=-(-kills // 10), roll_outs=-(-kills // 15))


def draw_strokes(
    seed: int, weather: Weather, *, processes: int, doors: int = 0, longest_seconds: float
) -> list[Stroke]:
    """Draw all that happens, in order; pauses are of 1 second to the longest, and one is as long as that.

    Web sides, `doors` of them, are hit like other processes, behind which they come.
    """
    random = Random(seed)
    strokes = [_draw_kill(random, number, processes + doors) for number in range(weather.kills)]
    for number in range(weather.pauses):
        seconds = longest_seconds if number == 0 else random.uniform(1.0, longest_seconds)
        strokes.append(Stroke(blow=Blow.PAUSE, slot=random.randrange(processes + doors), seconds=seconds))
    strokes += [Stroke(blow=Blow.RESTART, is_crash=bool(number % 2)) for number in range(weather.restarts)]
    strokes += [Stroke(blow=Blow.ROLL_OUT) for _ in range(weather.roll_outs)]
    random.shuffle(strokes)
    return [replace(stroke, gap_seconds=random.choice(GAPS_SECONDS)) for stroke in strokes]


def _draw_kill(random: Random, number: int, processes: int) -> Stroke:
    """Two of three die over a request of the big shop, the third is any of them at any time."""
    if number % 3 == 2:
        return Stroke(blow=Blow.KILL, slot=random.randrange(processes))
    return Stroke(blow=Blow.KILL, point=draw_kill(random, least=1, most=MOST_REQUESTS))
