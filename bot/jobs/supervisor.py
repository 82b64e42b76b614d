"""One loop for all work at the bot's own pace: each job when it is due, whatever became of the others."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from bot.core.scheduling import (
    MICROSECONDS,
    compute_left_seconds,
    compute_look,
    compute_rest_seconds,
    decide_told,
)
from bot.telemetry import OWN_PACE, Metrics
from bot.updates.job import Job
from storage.store import Store
from storage.tables import due_jobs
from storage.tables.due_jobs import DueJob
from storage.tx import Tx

logger = logging.getLogger(__name__)

STORE_RETRY_SECONDS = 5.0
SOON_SECONDS = 15.0
"""What is due within this time, and within a quarter of its rest, is done together with what is due: a shop that nothing
happens in wakes once for all of it."""

QUIET_LOOK_SECONDS = 5.0
"""So often it is looked for whether somebody has written, for all jobs that rest because nobody has; each shop at moments of its
own, since those that were written to have all their jobs to do then, and members of others wait meanwhile."""

NOTED_SECONDS = 600.0
"""A job that rests no longer may be hurried by a restart, and is not worth a row each time."""

SAID_LENGTH = 500
"""Of what a failure said, that much is written down."""

Tell = Callable[[Tx, str, str], object]
"""Owes the admins a word about a job (its name) that fails again and again (what it said), unless they have it already;
what went well again says nothing, and the next trouble is another."""


class Supervisor:
    """Runs jobs one after the other, each when it is due; `run` ends by cancelling alone.

    When a job is due next is written down, so that a restart neither skips nor hurries it; for one that rests a few minutes
    only, whether it fails. Inside the process the monotonic clock decides, and what was written down by another clock is
    believed for one period at most. Where nothing was written since a job began its last run, by nobody, it would find
    what it found then: it rests for its `quiet_seconds`, or until the next moment that it knows of.

    Args:
        store: Where it is written down.
        jobs: By different names.
        metrics: What counts runs.
        tell: Called in the transaction that notes the third failure in a row, each further one, and a run that went well.
        clock: Seconds, monotonic.
        draw: A number from 0 to below 1, by which this shop's looks are apart from another's.
    """

    def __init__(
        self,
        *,
        store: Store,
        jobs: Collection[Job],
        metrics: Metrics,
        tell: Tell,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._jobs = {job.name: job for job in jobs}
        self._metrics = metrics
        self._tell = tell
        self._clock = clock
        self._sleep = sleep
        self._offset = draw() * QUIET_LOOK_SECONDS
        self._due: dict[str, float] = {}
        self._hurried: dict[str, float] = {}
        """From when on each may be done together with others."""
        self._failures: dict[str, int] = {}
        self._noted: set[str] = set()
        """Jobs with a row of their own."""
        self._found: dict[str, tuple[float, object]] = {}
        """Until when a job's last run holds, as far as nobody writes, and the store's mark as it began."""
        self._resting: set[str] = set()
        """Jobs that would run by now, had anybody written."""
        self._mark: object = None
        """The store's, when it was looked at last."""
        self._patient_until = 0.0
        """Until then the job that runs has its time."""

    async def run(self) -> None:
        """Do what is due, for ever."""
        OWN_PACE.set(True)
        await self._insist(self._load)
        while self._due:
            await self._sleep(max(0.0, self._find_next() - self._clock()))
            await self._run_due()

    def _find_next(self) -> float:
        """When to wake: for what is due first, or to see whether somebody has written."""
        first = min(self._due.values())
        if not self._resting:
            return first
        return min(first, self._find_look(self._clock()))

    def _find_look(self, moment: float) -> float:
        """The first look after a moment."""
        return compute_look(moment - self._offset, QUIET_LOOK_SECONDS, QUIET_LOOK_SECONDS) + self._offset

    def find_latest(self) -> tuple[str, float]:
        """The job that is due longest, and for how many seconds beyond what the one that runs may take; 0 where none is.

        Jobs wait for each other: nothing is late behind one that has its time left.
        """
        if not self._due:
            return "", 0.0
        name, now = min(self._due, key=self._due.__getitem__), self._clock()
        patience = max(0.0, self._patient_until - now)
        return name, max(0.0, now - self._due[name]) if patience == 0 else 0.0

    async def _load(self) -> None:
        known, wall = await self._store.read(_read_due)
        now = self._clock()
        for job in self._jobs.values():
            noted = known.get(job.name, DueJob(name=job.name, due_at=0))
            self._failures[job.name] = noted.failures
            self._set_due(job, now + compute_left_seconds(noted.due_at, wall, job.every_seconds))
        self._noted = set(known)

    async def _run_due(self) -> None:
        """Do what is due, and what soon will be; first what is due longest."""
        now, mark = self._clock(), self._store.find_mark()
        if self._resting and mark != self._mark:
            self._wake(now)
        self._mark = mark
        for name in sorted((name for name, at in self._hurried.items() if at <= now), key=self._due.__getitem__):
            rests_until = self._find_rest(name, mark)
            if rests_until > self._clock():
                self._due[name] = self._hurried[name] = rests_until
                self._resting.add(name)
            else:
                self._resting.discard(name)
                await self._run_job(self._jobs[name])
                mark = self._store.find_mark()

    def _wake(self, now: float) -> None:
        for name in self._resting:
            self._due[name] = self._hurried[name] = now
        self._resting.clear()

    def _find_rest(self, name: str, mark: object) -> float:
        """Until when a job would find what it found the last time; `mark` is the store's now."""
        until, found = self._found.get(name, (0.0, None))
        return until if found is not None and self._failures[name] == 0 and found == mark else 0.0

    def _set_due(self, job: Job, moment: float) -> None:
        self._due[job.name], self._hurried[job.name] = moment, moment - self._compute_slack(job)

    def _compute_slack(self, job: Job) -> float:
        """By how many seconds a job may be hurried."""
        return min(SOON_SECONDS, compute_rest_seconds(self._failures[job.name], job.every_seconds) / 4)

    async def _run_job(self, job: Job) -> None:
        said, self._patient_until = "", self._clock() + job.limit_seconds
        mark, quiet = self._store.find_mark(), job.quiet_seconds - self._compute_slack(job)
        holds_until = self._find_look(self._clock() + quiet)
        try:
            async with asyncio.timeout(job.limit_seconds):
                await job.run(self._store)
                if job.find_next is not None:
                    left_seconds = await self._store.read(_read_left, job.find_next)
                    holds_until = min(holds_until, self._clock() + left_seconds)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:SAID_LENGTH]
            logger.exception("The job %s failed; it is tried again", job.name)
        self._found[job.name] = holds_until, mark
        self._patient_until = self._clock()
        self._metrics.count("jobs_failed" if said else "jobs_done")
        before, failures = self._failures[job.name], self._failures[job.name] + 1 if said else 0
        rest = compute_rest_seconds(failures, job.every_seconds)
        self._failures[job.name] = failures
        self._set_due(job, self._clock() + rest)
        if before or failures or job.every_seconds >= NOTED_SECONDS or job.name not in self._noted:
            due = DueJob(name=job.name, due_at=int(rest * MICROSECONDS), failures=failures, error=said)
            await self._note(due)

    async def _note(self, due: DueJob) -> None:
        try:
            await self._store.write(_note_run, due, self._tell)
            self._noted.add(due.name)
        except Exception as error:  # noqa: BLE001 -- what is due is known here as well; only a restart would forget it
            logger.warning("When the job %s is due next could not be written down: %s", due.name, error)

    async def _insist(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await step()
            except Exception as error:  # noqa: BLE001 -- a store that is away is somebody else's alarm
                logger.warning("When jobs are due cannot be read yet: %s", error)
                await self._sleep(STORE_RETRY_SECONDS)


def _read_left(tx: Tx, find_next: Callable[[Tx], int | None]) -> float:
    """Seconds until the next moment."""
    moment = find_next(tx)
    return (moment - tx.now) / MICROSECONDS if moment is not None else float("inf")


def _read_due(tx: Tx) -> tuple[dict[str, DueJob], int]:
    return due_jobs.list_all(tx), tx.now


def _note_run(tx: Tx, rested: DueJob, tell: Tell) -> None:
    """Write down when a job is due; in `rested` that is how long from now."""
    due_jobs.set_due(tx, replace(rested, due_at=tx.now + rested.due_at))
    if decide_told(rested.failures) or rested.failures == 0:
        tell(tx, rested.name, rested.error)
