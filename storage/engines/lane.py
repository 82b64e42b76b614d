"""A lane: one SQLite connection, its thread, and the jobs waiting for it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import aiosqlite

from storage.engines.jobs import Announce, Job, Loss, settle
from storage.engines.sqlite_thread import call_on_thread


class RunJobs(Protocol):
    """Runs jobs on a raw connection, on that connection's thread."""

    def __call__(self, raw: sqlite3.Connection, jobs: Sequence[Job]) -> None:
        """Run them all; each notes its own outcome."""


class Lane:
    """Runs jobs in the order they came, as many as wait (up to `limit`) per call on the thread."""

    def __init__(
        self, connection: aiosqlite.Connection, run: RunJobs, limit: int, announce: Announce, loss: Loss
    ) -> None:
        self._connection = connection
        self._run = run
        self._limit = limit
        self._announce = announce
        self._loss = loss
        self._waiting: deque[Job] = deque()
        self._running: Sequence[Job] = ()
        self._worker: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many jobs wait or run."""
        return len(self._waiting) + len(self._running)

    def add(self, job: Job) -> None:
        """Queue a job; on the loop."""
        self._waiting.append(job)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def drain(self) -> None:
        """Wait until nothing waits or runs."""
        while self._worker is not None:
            await asyncio.wait((self._worker,))

    async def _work(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), self._limit)
                self._running = [self._waiting.popleft() for _ in range(count)]
                try:  # the thread reports through the jobs; an error here means that it did not run them
                    await call_on_thread(self._connection, partial(self._run, jobs=self._running))
                except Exception as error:  # noqa: BLE001  # whatever it is, every caller must hear of it
                    for job in self._running:
                        job.fail(error)
                settle(self._running, self._announce)
                for job in self._running:
                    if job.error is not None:
                        self._loss.note(job.error)
        finally:
            self._running = ()
            self._worker = None
