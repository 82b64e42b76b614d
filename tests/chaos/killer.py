"""The hand with SIGKILL: kills the bot inside a request, or a moment after it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

from bot.playground.faults import When
from tests.chaos.pace import Death
from tests.chaos.plan import KillPoint


class Killer:
    """Watches the requests of a local Telegram as its `faults.on_request`.

    Args:
        find_pid: The process to kill, None while there is none.
        find_flood_wait: Until when the database forbids sending, UTC microseconds.
    """

    def __init__(self, find_pid: Callable[[], int | None], find_flood_wait: Callable[[], int]) -> None:
        self._find_pid = find_pid
        self._find_flood_wait = find_flood_wait
        self._point: KillPoint | None = None
        self._method = ""
        self._seen = 0
        self._chosen: set[int] = set()
        self._struck = asyncio.Event()
        self.deaths: list[Death] = []
        self.killed: list[tuple[int, int]] = []
        """When which process was killed, UTC microseconds."""

    def arm(self, point: KillPoint, *, method: str = "") -> None:
        """Kill at this point, counted from now; in requests of one method if it is named."""
        self._point, self._method, self._seen = point, method, 0
        self._chosen.clear()
        self._struck.clear()

    async def until_struck(self, timeout_seconds: float) -> bool:
        """Wait for the death that was armed; False if the request it hangs on does not come."""
        try:
            await asyncio.wait_for(self._struck.wait(), timeout_seconds)
        except TimeoutError:
            self._point = None
            return False
        return True

    def on_request(self, number: int, method: str, when: When) -> bool:
        """Look at a request; False for one that must not have its effect, since its sender died over it."""
        point = self._point
        if point is None or self._method not in {"", method} or self._find_victim() is None:
            return True  # the last words of a process that is dead already are not counted
        if when == "before":
            self._note(number, point)
        if when != point.when or number not in self._chosen:
            return True
        self._point = None
        if point.later_ms:
            asyncio.get_running_loop().call_later(point.later_ms / 1000, self.strike)
            return True
        self.strike()
        return when == "after"

    def strike(self) -> None:
        """Kill now."""
        victim = self._find_victim()
        if victim is not None:
            with suppress(ProcessLookupError):  # it has ended by itself, which its keeper tells
                os.kill(victim, signal.SIGKILL)
                self.killed.append((time.time_ns() // 1000, victim))
                self.deaths.append(Death(self.killed[-1][0], self._find_flood_wait()))
        self._struck.set()

    def _note(self, number: int, point: KillPoint) -> None:
        """The n-th request is meant, and those behind it where a fault keeps it from having an effect."""
        self._seen += 1
        if self._seen >= point.request:
            self._chosen.add(number)

    def _find_victim(self) -> int | None:
        """A process that was not killed before: the dead are found for a moment longer."""
        pid = self._find_pid()
        return None if any(pid == killed for _, killed in self.killed) else pid
