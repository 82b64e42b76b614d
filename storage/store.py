"""The store: units of work in, their results out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, NoReturn, ParamSpec, Protocol, TypeVar, cast, get_args

from storage.errors import StoreClosed
from storage.leases import Tenure
from storage.records import Event
from storage.tx import Job, Loss, Tx


class Engine(Protocol):
    """An open database under its instance lock. Its methods are called on the event loop."""

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""

    def find_mark(self) -> object:
        """What equals an earlier answer only where nothing was written in between."""

    @property
    def loss(self) -> Loss:
        """Whether it is of no use any more."""

    @property
    def tenure(self) -> Tenure | None:
        """The lease under which it is open; None where a lock on a file says all, or nobody here runs the shop."""


logger = logging.getLogger(__name__)

Listener = Callable[[Sequence[Any]], None]


class Listeners:
    """Functions called on the event loop after each commit, with the events of the committed units."""

    def __init__(self) -> None:
        self._listeners: list[tuple[Listener, tuple[type[Any], ...]]] = []

    def add(self, listener: Listener, kinds: tuple[type[Any], ...]) -> None:
        """Have a listener called from now on, with events of these kinds alone."""
        self._listeners.append((listener, kinds))

    def announce(self, events: Sequence[Event]) -> None:
        """Deliver events; a listener that fails harms neither the commit nor the other listeners."""
        for listener, kinds in self._listeners:
            heard = [event for event in events if type(event) in kinds]
            try:
                if heard:
                    listener(heard)
            except Exception:
                logger.exception("A listener of the store failed; the commit stands.")


CLOSED = "The store is closed."

P = ParamSpec("P")
T = TypeVar("T")


NoteSpent = Callable[[float], None]
"""Told after each unit, on the loop and in its caller's context, how many seconds of a processor it took."""


class Store:
    """Runs units of work: plain synchronous functions `unit(tx, ...)`, each in one transaction of its own.

    A unit may be run again after a rollback, so it must do nothing but read and write through `tx`; it must not catch
    the errors of the database. What it raises undoes what it wrote and reaches the caller.
    """

    def __init__(self, engine: Engine, listeners: Listeners, note_spent: NoteSpent | None = None) -> None:
        self._engine = engine
        self._listeners = listeners
        self._note_spent = note_spent
        self._closed = False
        self._kept: dict[str, Any] = {}

    async def write(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that may change rows; returns once it is committed.

        Cancelling the caller does not cancel the unit.

        Raises:
            StoreLost: the instance lock is gone; nothing may be written any more.
            StoreDamaged: the files are not what they were; likewise.
            RuleBroken: a constraint refused what the unit wrote.
            StoreUnavailable: the database cannot be reached or written to.
        """
        if self._closed:
            raise StoreClosed(CLOSED)
        if (error := self._engine.loss.error) is not None:
            raise type(error)(str(error))
        job = Job(lambda tx: unit(tx, *args, **kwargs), writable=True, kept=self._kept)
        self._engine.write(job)
        try:
            return cast("T", await job.wait())
        finally:
            if self._note_spent is not None:
                self._note_spent(job.seconds)

    async def read(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that only reads, on one consistent picture of the database, beside all writing."""
        if self._closed:
            raise StoreClosed(CLOSED)
        job = Job(lambda tx: unit(tx, *args, **kwargs), writable=False, kept=self._kept)
        self._engine.read(job)
        try:
            return cast("T", await job.wait())
        finally:
            if self._note_spent is not None:
                self._note_spent(job.seconds)

    def subscribe(self, listener: Listener, *kinds: type[Event]) -> None:
        """Have a listener called on the event loop, after each commit, with the events of the committed units.

        With `kinds` it hears of those alone, and is not called where there is none of them.
        """
        self._listeners.add(listener, kinds or get_args(Event))

    def find_mark(self) -> object:
        """A mark of what is written: where an earlier one equals it, nothing was committed in between, by no process of ours.

        Cheap, and on the event loop. Where the engine cannot say, and of a store that is closed or lost, no two are equal. What
        somebody writes by hand changes it on SQLite; on PostgreSQL it is `WrittenBeside` five minutes later at most.
        """
        return object() if self._closed or self.is_lost else self._engine.find_mark()

    @property
    def is_lost(self) -> bool:
        """Whether nothing may be written any more; the process should leave."""
        return self._engine.loss.error is not None

    async def wait_lost(self) -> NoReturn:
        """Wait until nothing may be written any more, or soon, which for most runs is never.

        Raises:
            StoreLost: the instance lock is another's.
            StoreDamaged: the files are broken, gone, or not the ones that were opened.
            StoreLeaving: the shop is leaving for another database; what has begun may still be written.
        """
        await self._engine.loss.wait()

    @property
    def tenure(self) -> Tenure | None:
        """The lease under which this process runs the shop; None where nobody else can, as on SQLite, or this one does not."""
        return self._engine.tenure

    def close(self) -> None:
        """Refuse further units; those under way are finished as `open_store` is left."""
        self._closed = True
