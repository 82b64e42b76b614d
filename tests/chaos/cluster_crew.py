"""The processes that share the shops: each is kept alive, may be killed, paused and replaced, and speaks by a port of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.chaos.keeper import Keeper
from tests.journeys.program import Home

SETTLED_SECONDS = 2.0
"""After a process was replaced, until the next is: a roll-out waits for each to be there."""


@dataclass(frozen=True, slots=True)
class Pause:
    """When a process stood still, UTC microseconds."""

    slot: int
    pid: int
    began_at: int
    ended_at: int


class Crew:
    """Processes by their slots, 0 and up; those that run shops come first.

    Args:
        homes: Where each lives.
        ports: By which port of the local Telegram each speaks.
        doors: How many of them, the last ones, are web sides alone.
    """

    def __init__(self, homes: Sequence[Home], ports: Sequence[int], doors: int = 0) -> None:
        self.runners = range(len(homes) - doors)
        self.doors = range(len(homes) - doors, len(homes))
        self.keepers = [Keeper(home, "web" if slot in self.doors else "run") for slot, home in enumerate(homes)]
        self._slots = dict(zip(ports, range(len(homes)), strict=True))
        self._paused: dict[int, asyncio.Task[None]] = {}
        self.pauses: list[Pause] = []
        self.roll_outs = 0

    @property
    def problems(self) -> list[str]:
        """Ends that nobody asked for."""
        return [f"process {slot} {words}" for slot, keeper in enumerate(self.keepers) for words in keeper.problems]

    def start(self) -> None:
        """Keep all of them alive from now on."""
        for keeper in self.keepers:
            keeper.start()

    def find_slot(self, port: int) -> int:
        """Return whose port it is; -1 where it is nobody's."""
        return self._slots.get(port, -1)

    def find_senders(self, port: int, since: int, until: int) -> set[int]:
        """Return the processes that spoke by a port between two moments: the one at the first, and those begun since."""
        lives = self.keepers[self._slots[port]].lives if port in self._slots else []
        before = [pid for at, pid in lives if at <= since]
        return {*before[-1:], *(pid for at, pid in lives if since < at <= until)}

    def find_pid(self, slot: int) -> int | None:
        """Return the process that runs in a slot now."""
        return self.keepers[slot].find_pid()

    def list_alike(self, slot: int) -> range:
        """Return all that do what this one does."""
        return self.doors if slot in self.doors else self.runners

    def is_paused(self, slot: int) -> bool:
        """Whether it stands still."""
        return slot in self._paused

    def kill(self, slot: int) -> bool:
        """SIGKILL; False where nothing runs there."""
        pid = self.find_pid(slot)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid is not None

    def pause(self, slot: int, seconds: float) -> bool:
        """Have one stand still for a while; False where it does already, or nothing runs there."""
        pid = self.find_pid(slot)
        if pid is None or self.is_paused(slot):
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
        began_at = time.time_ns() // 1000
        self._paused[slot] = asyncio.create_task(asyncio.sleep(seconds))
        self._paused[slot].add_done_callback(lambda _: self._resume(slot, pid, began_at))
        return True

    async def roll_out(self) -> None:
        """Replace each in turn, as a new version is brought out."""
        for slot, keeper in enumerate(self.keepers):
            await self.wake(slot)
            await keeper.replace()
            await asyncio.sleep(SETTLED_SECONDS)
        self.roll_outs += 1

    async def wake(self, slot: int) -> None:
        """End a pause before its time."""
        task = self._paused.get(slot)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def wake_all(self) -> None:
        """End all pauses."""
        for slot in list(self._paused):
            await self.wake(slot)

    async def outwait(self) -> None:
        """Wait until every pause is over by itself."""
        await asyncio.gather(*self._paused.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Have all of them leave by SIGTERM, at once."""
        await self.wake_all()
        await asyncio.gather(*(keeper.stop() for keeper in self.keepers))

    async def end(self) -> None:
        """Leave nothing behind."""
        await self.wake_all()
        await asyncio.gather(*(keeper.kill() for keeper in self.keepers))

    def raise_if_gone(self) -> None:
        """Raise what ended the keeping, if anything did."""
        for keeper in self.keepers:
            keeper.raise_if_gone()

    def _resume(self, slot: int, pid: int, began_at: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
        self.pauses.append(Pause(slot, pid, began_at, time.time_ns() // 1000))
        del self._paused[slot]
