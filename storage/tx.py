"""A unit of work on its way: its transaction, the statements it runs, and what becomes of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeAlias, cast

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Executable, TableClause
from sqlalchemy.sql.selectable import ForUpdateArg
from sqlalchemy.sql.visitors import iterate

from storage.errors import CommitUnknown, LeaseLost, StoreDamaged, StoreError, StoreLeaving, StoreLost, StoreUnavailable
from storage.frozen import frozen
from storage.records import CommitDoubted, Event

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

STATEMENTS_KEPT = 1_000
"""Statements are constants of modules, far fewer than this; beyond it somebody builds them on the fly."""

InsertInto: TypeAlias = "Callable[[TableClause], Insert]"
"""The `insert` of a dialect: each has its own, alike in its ON CONFLICT methods."""


@frozen(kw_only=False, eq=False)
class Conflicting:
    """An INSERT with an ON CONFLICT clause, built with the `insert` of the engine that runs it."""

    build: Callable[[InsertInto], Executable]


Statement = Executable | Conflicting

SPREADS_KEPT = 100
"""Texts of one statement, for as many lengths of its lists as come again and again."""


class Spreading:
    """A statement with lists in it, whose text depends on how long they are: spread once for each length."""

    __slots__ = ("_compiled", "_lists", "_texts")

    def __init__(self, compiled: SQLCompiler) -> None:
        self._compiled = compiled
        self._lists = [compiled.bind_names[each] for each in compiled.post_compile_params]
        self._texts: dict[tuple[int, ...], tuple[str, Mapping[str, Sequence[str]]]] = {}

    def render(self, values: Mapping[str, Any]) -> tuple[str, Mapping[str, object]]:
        """Return the text, and the values with each item of a list under a name of its own."""
        lengths = tuple([len(values[name]) for name in self._lists])
        sql, items = self._texts.get(lengths) or self._spread(lengths, values)
        spread = {name: value for name, value in values.items() if name not in items}
        for name, names in items.items():
            spread.update(zip(names, values[name], strict=True))
        return sql, spread

    def _spread(self, lengths: tuple[int, ...], values: Mapping[str, Any]) -> tuple[str, Mapping[str, Sequence[str]]]:
        if len(self._texts) >= SPREADS_KEPT:
            self._texts.clear()
        state = self._compiled.construct_expanded_state(dict(values))
        self._texts[lengths] = (state.statement, state.parameter_expansion)
        return self._texts[lengths]


@frozen(kw_only=False)
class Prepared:
    """A compiled statement: its text, the values fixed in it, and what spreads its lists where it has some."""

    sql: str
    fixed: dict[str, Any]
    spreading: Spreading | None


class Statements:
    """The statements of one dialect; safe to share between threads, since compiling twice does no harm."""

    def __init__(self, dialect: DefaultDialect, insert: InsertInto) -> None:
        self._dialect = dialect
        self._insert = insert
        self._prepared: dict[Statement, Prepared] = {}

    def render(self, statement: Statement, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Return the text and the values to hand to the driver."""
        prepared = self._prepared.get(statement) or self._prepare(statement)
        values = {**prepared.fixed, **values} if prepared.fixed else values
        return (prepared.sql, values) if prepared.spreading is None else prepared.spreading.render(values)

    def _prepare(self, statement: Statement) -> Prepared:
        if len(self._prepared) >= STATEMENTS_KEPT:
            self._prepared.clear()
        executable = statement.build(self._insert) if isinstance(statement, Conflicting) else statement
        # The public compile() is typed for any clause; statements compile to SQLCompiler on both engines.
        compiled = cast("SQLCompiler", cast("Any", executable).compile(dialect=self._dialect))
        fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        spreading = Spreading(compiled) if compiled.post_compile_params else None
        self._prepared[statement] = Prepared(compiled.string, fixed, spreading)
        return self._prepared[statement]


Row = tuple[Any, ...]
Values = Mapping[str, object]


class Session(Protocol):
    """One engine's connection while a transaction is open on it."""

    def fetch(self, statement: Statement, values: Values) -> list[Row]:
        """Run a statement and return all of its rows."""

    def run(self, statement: Statement, values: Values) -> int:
        """Run a statement and return how many rows it changed."""

    def fetch_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run a statement once per values, in order, and return the first row of each run."""

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Run a statement without rows once per values, in order."""

    def wait_for_writers(self, table: str) -> None:
        """Wait until every transaction that has written to this table is over, and let none begin until this one is."""

    def take_turn(self, what: str) -> None:
        """Wait until no other transaction that has asked for this turn is open."""

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Likewise the quicker way, and as far as that comes in the time."""

    def list_corruption(self) -> list[str]:
        """Let the engine check its own files; an empty list is good news."""


class Tx:
    """A running transaction: `now`, `writable`, `tell`, and what `storage.tables` (and nobody else) needs to reach its rows.

    It returns plain values only and is dead once the unit of work has returned.
    """

    __slots__ = ("_session", "kept", "now", "seen", "told", "writable")

    def __init__(self, session: Session, now: int, *, writable: bool, kept: dict[str, Any] | None = None) -> None:
        self._session: Session | None = session
        self.told: list[Event] = []
        """The events told so far."""
        self.now = now
        self.writable = writable
        self.kept: dict[str, Any] = {} if kept is None else kept
        """What never changes once it is written, so that a store reads it once; shared by all its transactions."""
        self.seen: dict[str, Any] = {}
        """What this transaction has read and need not read again."""

    def tell(self, event: Event) -> None:
        """Have an event delivered to the store's listeners, once this transaction is committed."""
        self.told.append(event)

    def rows(self, statement: Statement, **values: object) -> list[Row]:
        """Return all rows."""
        return self._reach(statement).fetch(statement, values)

    def row(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        rows = self._reach(statement).fetch(statement, values)
        return rows[0] if rows else None

    def scalar(self, statement: Statement, **values: object) -> Any:
        """Return the first column of the first row, or None."""
        rows = self._reach(statement).fetch(statement, values)
        return rows[0][0] if rows else None

    def run(self, statement: Statement, **values: object) -> int:
        """Change rows and return how many."""
        return self._reach(statement).run(statement, values)

    def row_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run once per values, in order, and return the row of each run, None where it gave none."""
        return self._reach(statement).fetch_each(statement, values)

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Change rows once per values, in order."""
        self._reach(statement).run_each(statement, values)

    def wait_for_writers(self, table: str) -> None:
        """Wait until every transaction that has written to this table is over, and let none begin until this one is.

        To be asked first in a transaction that does next to nothing else, and once.
        """
        self._reach().wait_for_writers(table)

    def take_turn(self, what: str) -> None:
        """Wait until no other transaction that has asked for this turn is open: their rows are numbered as they are committed."""
        self._reach().take_turn(what)

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Likewise the quicker way, and as far as that comes in the time."""
        return self._reach().list_corruption_quickly(limit_seconds)

    def list_corruption(self) -> list[str]:
        """Let the engine check its own files; an empty list is good news."""
        return self._reach().list_corruption()

    def end(self) -> list[Event]:
        """Make this facade useless and return the events told; called by the engine alone."""
        self._session = None
        return self.told

    def _reach(self, statement: Statement | None = None) -> Session:
        """What runs statements; a lock where one only reads, which PostgreSQL refuses and SQLite overlooks, is refused here."""
        if self._session is None:
            raise RuntimeError("This transaction has ended: a unit of work must not keep its tx.")
        if not self.writable and statement is not None and _is_locking(statement):
            raise RuntimeError("A unit of work that only reads must not lock rows: leave the lock out, or write.")
        return self._session


@lru_cache(maxsize=STATEMENTS_KEPT)
def _is_locking(statement: Statement) -> bool:
    parts = () if isinstance(statement, Conflicting) else iterate(cast("ClauseElement", statement))
    return any(isinstance(each, ForUpdateArg) for each in parts)


Clock = Callable[[], int]


def utc_now() -> int:
    """Return the wall clock in UTC microseconds."""
    return time.time_ns() // 1_000


logger = logging.getLogger(__name__)

Announce = Callable[[Sequence[Event]], None]


class Job:
    """A unit of work, its caller's future and its outcome; made on the loop, run on a connection's thread."""

    __slots__ = ("_future", "_kept", "_result", "_unit", "_writable", "error", "events", "seconds")

    def __init__(self, unit: Callable[[Tx], Any], *, writable: bool, kept: dict[str, Any] | None = None) -> None:
        self._unit = unit
        self._writable = writable
        self._kept = kept
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._result: Any = None
        self.error: BaseException | None = None
        """Why this unit changed nothing; None where all went well."""
        self.events: list[Event] = []
        """What a committed unit told; empty for one that failed."""
        self.seconds = 0.0
        """What it has taken of a processor so far, in all its runs."""

    def run(self, session: Session, clock: Clock) -> None:
        """Run the unit inside the transaction that is open; may be called again after a rollback."""
        tx = Tx(session, clock(), writable=self._writable, kept=self._kept)
        self.error = None
        began = time.thread_time()
        try:
            self._result = self._unit(tx)
        finally:
            self.events = tx.end()
            self.seconds += time.thread_time() - began

    def fail(self, error: BaseException) -> None:
        """Note why this unit changed nothing."""
        self._result, self.events = None, [CommitDoubted()] if isinstance(error, CommitUnknown) else []
        self.error = error

    def settle(self) -> None:
        """Hand the outcome to the caller; on the loop."""
        if self._future.done():
            if self.error is not None:
                self._report_abandoned(self.error)
        elif self.error is None:
            self._future.set_result(self._result)
        elif isinstance(self.error, StopIteration):  # a future refuses to carry it
            self._future.set_exception(RuntimeError("A unit of work raised StopIteration."))
        else:
            self._future.set_exception(self.error)

    async def wait(self) -> Any:
        """Wait for the outcome. Cancelling the waiting does not cancel the unit."""
        try:
            return await self._future  # which ends here with its caller: the unit goes on, and `settle` finds it ended
        except asyncio.CancelledError:
            if not self._future.cancelled() and self.error is not None:
                self._report_abandoned(self.error)
            raise

    def abandon(self) -> None:
        """Nobody waits for the outcome; an error is logged."""
        self._future.cancel()

    @staticmethod
    def _report_abandoned(error: BaseException) -> None:
        if isinstance(error, LeaseLost):  # another process does what this one could not
            return
        if isinstance(error, StoreUnavailable):  # which whoever still waits for the database says as well
            logger.warning("A unit of work that nobody waited for any more ended with the database away: %s", error)
        else:
            logger.error("A unit of work failed after its caller had been cancelled: %r", error)


class Loss:
    """Whether the store is lost, and by what; noted on the event loop.

    Whoever is to leave because the shop moves elsewhere may still write what they have begun.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._leaving: StoreLeaving | None = None
        self.error: StoreError | None = None

    def note(self, error: BaseException | None) -> None:
        """Note what a unit of work or a watch has met; what is no end of the store passes by."""
        if isinstance(error, StoreLost | StoreDamaged) and self.error is None:
            self.error = error
            self._event.set()
        elif isinstance(error, StoreLeaving):
            self._leaving = error
            self._event.set()

    async def wait(self) -> NoReturn:
        """Wait, as a rule for ever.

        Raises:
            StoreLost: another process may own the database now.
            StoreDamaged: the files are broken, gone or others.
            StoreLeaving: the shop is leaving for another database.
        """
        await self._event.wait()
        error = self.error or self._leaving
        assert error is not None
        raise error


def settle(jobs: Iterable[Job], announce: Announce) -> None:
    """Tell the events of jobs that are done, then wake their callers; on the loop."""
    jobs = list(jobs)
    events = [event for job in jobs for event in job.events]
    if events:
        announce(events)
    for job in jobs:
        job.settle()
