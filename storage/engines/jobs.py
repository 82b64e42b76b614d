"""A unit of work on its way through an engine, and what ends an engine."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from storage.clock import Clock
from storage.errors import StoreDamaged, StoreError, StoreLost
from storage.records import Event
from storage.tx import Session, Tx

logger = logging.getLogger(__name__)

Announce = Callable[[Sequence[Event]], None]
Explain = Callable[[BaseException], BaseException]


class Job:
    """A unit of work, its caller's future and its outcome; made on the loop, run on a connection's thread."""

    __slots__ = ("_future", "_result", "_unit", "_writable", "error", "events")

    def __init__(self, unit: Callable[[Tx], Any], *, writable: bool) -> None:
        self._unit = unit
        self._writable = writable
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._result: Any = None
        self.error: BaseException | None = None
        """Why this unit changed nothing; None where all went well."""
        self.events: list[Event] = []
        """What a committed unit told; empty for one that failed."""

    def run(self, session: Session, clock: Clock) -> None:
        """Run the unit inside the transaction that is open; may be called again after a rollback."""
        tx = Tx(session, clock(), writable=self._writable)
        self.error = None
        try:
            self._result = self._unit(tx)
        finally:
            self.events = tx.end()

    def fail(self, error: BaseException) -> None:
        """Note why this unit changed nothing."""
        self._result, self.events = None, []
        self.error = error

    def settle(self) -> None:
        """Hand the outcome to the caller; on the loop."""
        if self._future.done():
            return
        if self.error is None:
            self._future.set_result(self._result)
        elif isinstance(self.error, StopIteration):  # a future refuses to carry it
            self._future.set_exception(RuntimeError("A unit of work raised StopIteration."))
        else:
            self._future.set_exception(self.error)

    async def wait(self) -> Any:
        """Wait for the outcome. Cancelling the waiting does not cancel the unit."""
        try:
            await asyncio.wait((self._future,))
        except asyncio.CancelledError:
            self._future.add_done_callback(_report_abandoned)
            raise
        return self._future.result()


class Loss:
    """Whether the store is lost, and by what; noted on the event loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.error: StoreError | None = None

    def note(self, error: BaseException | None) -> None:
        """Note what a unit of work or a watch has met; what is no end of the store passes by."""
        if isinstance(error, StoreLost | StoreDamaged) and self.error is None:
            self.error = error
            self._event.set()

    async def wait(self) -> NoReturn:
        """Wait, as a rule for ever.

        Raises:
            StoreLost: another process may own the database now.
            StoreDamaged: the files are broken, gone or others.
        """
        await self._event.wait()
        assert self.error is not None
        raise self.error


def settle(jobs: Iterable[Job], announce: Announce) -> None:
    """Tell the events of jobs that are done, then wake their callers; on the loop."""
    jobs = list(jobs)
    events = [event for job in jobs for event in job.events]
    if events:
        announce(events)
    for job in jobs:
        job.settle()


def _report_abandoned(future: asyncio.Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None:
        logger.error("A unit of work failed after its caller had been cancelled: %r", error)
