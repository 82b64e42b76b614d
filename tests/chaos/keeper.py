"""Keeps the bot alive as a supervisor would: whenever it is dead, it is started again."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from tests.journeys.program import Home, Program

MOST_ENDS = 5
"""Ends that nobody asked for, before the run is given up."""


class BotGaveUpError(Exception):
    """The bot ended by itself again and again."""


class Keeper:
    """Starts the bot in `home`, and again after every death, until it is told to stop; `command` is what it runs."""

    def __init__(self, home: Home, command: str = "run") -> None:
        self._home = home
        self._command = command
        self._program: Program | None = None
        self._task: asyncio.Task[None] | None = None
        self.lives: list[tuple[int, int]] = []
        """When each began, UTC microseconds, and its process."""
        self._leaving = False
        self._back = asyncio.Event()
        self.problems: list[str] = []
        """Ends that no SIGKILL explains."""

    def find_pid(self) -> int | None:
        """The process that runs now."""
        program = self._program
        return program.process.pid if program is not None and program.status is None else None

    def start(self) -> None:
        """Keep it alive from now on."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Have it leave by SIGTERM; a wrong exit status is a problem like any other."""
        task, self._task = self._task, None
        if task is None:
            return
        if task.done():
            task.result()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if self._program is not None and self._program.status is None:
            status = await self._program.stop(signal.SIGTERM)
            if status != 0:
                self.problems.append(f"SIGTERM ended it with {status}: {self._program.read_errors()[-500:]}")

    async def replace(self) -> None:
        """Have it leave by SIGTERM and another one start in its place, as in a roll-out."""
        if self.find_pid() is None or self._program is None:
            return
        self._leaving = True
        self._back.clear()
        self._program.send(signal.SIGTERM)
        await self._back.wait()

    async def kill(self) -> None:
        """Leave nothing behind."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._program is not None:
            await self._program.kill()

    def raise_if_gone(self) -> None:
        """Raise what ended the keeping, if anything did."""
        if self._task is not None and self._task.done():
            self._task.result()

    async def _keep(self) -> None:
        while True:
            program = await self._start()
            self._back.set()
            status = await program.process.wait()
            asked, self._leaving = self._leaving, False
            if status == -signal.SIGKILL or (asked and status == 0):
                continue
            self.problems.append(f"ended by itself with {status}: {program.read_errors()[-500:]}")
            if len(self.problems) >= MOST_ENDS:
                raise BotGaveUpError(self.problems[-1])

    async def _start(self) -> Program:
        starting = asyncio.ensure_future(self._home.start(self._command))
        try:
            await asyncio.shield(starting)
        finally:
            program = self._program = await starting  # also when told to stop meanwhile: nobody else knows this process
            self.lives.append((program.started_at, program.process.pid))
        return program
