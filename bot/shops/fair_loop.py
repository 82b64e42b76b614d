"""An event loop on which many shops take turns: none waits for all that another has to do, whatever that is."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

from bot.shops.garbage import Pauses
from bot.telemetry import OWN_PACE, SHOP

TURN_SECONDS = 0.0002
"""A shop whose turn it is goes on for so long while others wait; one step is never broken off."""

PORTION = 0.1
"""The part of the loop's time that a shop may have in the long run while there are others, with what its units of work take on
other threads. The answers that Telegram takes from a bot, 30 a second, need about as much."""

SAVED_SECONDS = 0.02
"""So much a shop that has done little may have at once; five commands take as much, with what they ask the database."""

BESIDE_SECONDS = 0.2
"""Whoever did something within this time is beside the others; a shop that is alone may have all."""

LONGEST_REST_SECONDS = 0.5

OWED_SECONDS = 2 * LONGEST_REST_SECONDS * PORTION
"""No shop ever owes more than this, two rests, however long something has taken: its people wait as well."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(slots=True, eq=False)
class Line:
    """What one shop has to do, and the time that it may have for it."""

    shop: str
    """Empty: what belongs to none, and never rests."""
    handles: deque[asyncio.Handle] = field(default_factory=deque)
    is_called: bool = False
    """Whether its next turn is coming."""
    saved_seconds: float = SAVED_SECONDS
    """Below nothing it has had more than its portion."""
    counted_at: float = 0.0
    rests_until: float = 0.0


class Portions:
    """Who has had how much of the loop's time: a token bucket for each shop.

    Args:
        portion: Of the time, for a shop that is not alone.
    """

    def __init__(self, portion: float) -> None:
        self._portion = portion
        self._latest: tuple[Line | None, float] = (None, float("-inf"))
        """Who had the last turn, and when."""
        self._other_at = float("-inf")
        """When somebody else had one."""

    def count(self, line: Line, began: float, ended: float, paused_seconds: float = 0.0) -> float:
        """Note a turn, in seconds of one clock; returns for how many seconds the shop has to rest.

        For `paused_seconds` of it the process stood still, for no work of the shop's.
        """
        if not line.shop:
            return 0.0
        latest, at = self._latest
        if latest is not line:
            self._other_at = at
        self._latest = (line, ended)
        saved = min(SAVED_SECONDS, line.saved_seconds + (began - line.counted_at) * self._portion)
        is_alone = ended - self._other_at > BESIDE_SECONDS
        least = 0.0 if is_alone else -OWED_SECONDS
        line.saved_seconds, line.counted_at = max(least, saved - (ended - began - paused_seconds)), began
        return min(LONGEST_REST_SECONDS, max(0.0, -line.saved_seconds / self._portion))


class FairLoop(asyncio.SelectorEventLoop):
    """Runs what is due shop by shop, in turns, instead of in the order in which it became due.

    An event loop runs first what became due first, so that a message to one shop waits behind hundreds of steps of another that
    is flooded, and again before each step of its own. Here what a shop has to do stands in a line, by the `SHOP` of its context,
    and of each line a little is done before the next one's turn; within a line the order stays. What comes from the network and
    from clocks goes ahead, and does little more than put something into a line.

    Turns alone would leave the loop full, and each step would find one of somebody else's under way. So a shop that has had
    more than its portion rests, as long as there are others.

    Args:
        turn_seconds: A turn's length; what is begun in it is finished.
        portion: Of the loop's time, for each shop that is not alone.
        clock: Seconds, monotonic.
        pauses: Of the process, for nobody's work.
    """

    def __init__(
        self,
        turn_seconds: float = TURN_SECONDS,
        portion: float = PORTION,
        clock: Callable[[], float] = time.monotonic,
        pauses: Pauses | None = None,
    ) -> None:
        super().__init__()
        self._pauses = pauses or Pauses()
        self._turn_seconds = turn_seconds
        self._portions = Portions(portion)
        self._clock_of_turns = clock
        self._shop_lines: dict[str, Line] = {}
        self._of_nobody = Context()

    def call_soon(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        """As `asyncio` has it, at the end of the line of the context's shop."""
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        if context is None:
            context = copy_context()
        shop = context.get(SHOP, "")
        line = self._shop_lines.get(shop)
        if line is None:
            line = self._shop_lines[shop] = Line(shop)
        handle = asyncio.Handle(callback, args, self, context)
        line.handles.append(handle)
        if not line.is_called:
            self._call_up(line)
        return handle

    def charge(self, seconds: float) -> None:
        """Take so much off what the shop of this context may have: it was done for it on another thread.

        The interpreter is one thread's at a time, so that whatever a shop does there holds up the loop as well. What is done at
        the shop's own pace is left out: it has a thread for as long as it takes, and nobody's rest would make that shorter.
        """
        line = self._shop_lines.get(SHOP.get())
        if line is not None and not OWN_PACE.get():
            line.saved_seconds -= seconds

    def _call_up(self, line: Line) -> None:
        line.is_called = True
        rest_seconds = line.rests_until and line.rests_until - self._clock_of_turns()
        if rest_seconds > 0:
            self.call_later(rest_seconds, self._take_turn, line, context=self._of_nobody)
        else:
            super().call_soon(self._take_turn, line, context=self._of_nobody)

    def _take_turn(self, line: Line) -> None:
        began = now = self._clock_of_turns()
        paused = self._pauses.seconds
        try:
            while line.handles and (now == began or now < began + self._turn_seconds):
                handle = line.handles.popleft()
                if not handle.cancelled():
                    handle._run()  # noqa: SLF001 -- what the loop itself does with it
                now = self._clock_of_turns()
        finally:  # what ends the loop (SystemExit) leaves it with all that is to be done as it is taken down
            line.is_called = False
            rest_seconds = self._portions.count(line, began, now, self._pauses.seconds - paused)
            line.rests_until = now + rest_seconds if rest_seconds else 0.0
            if line.handles:
                self._call_up(line)


def charge_shop(seconds: float) -> None:
    """See `FairLoop.charge`; where shops take no turns nobody counts."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, FairLoop):
        loop.charge(seconds)


def run_fairly(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, on a loop on which shops take turns."""
    pauses = Pauses()
    with pauses.counted(), asyncio.Runner(loop_factory=lambda: FairLoop(pauses=pauses)) as runner:
        return runner.run(main)
