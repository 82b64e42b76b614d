"""The facade a unit of work holds while its transaction is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from storage.records import Event
from storage.statements import Statement

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

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Likewise the quicker way, and as far as that comes in the time."""

    def list_corruption(self) -> list[str]:
        """Let the engine check its own files; an empty list is good news."""


class Tx:
    """A running transaction: `now`, `writable`, `tell`, and what `storage.tables` (and nobody else) needs to reach its rows.

    It returns plain values only and is dead once the unit of work has returned.
    """

    __slots__ = ("_events", "_session", "now", "writable")

    def __init__(self, session: Session, now: int, *, writable: bool) -> None:
        self._session: Session | None = session
        self._events: list[Event] = []
        self.now = now
        self.writable = writable

    def tell(self, event: Event) -> None:
        """Have an event delivered to the store's listeners, once this transaction is committed."""
        self._events.append(event)

    def rows(self, statement: Statement, **values: object) -> list[Row]:
        """Return all rows."""
        return self._open_session.fetch(statement, values)

    def row(self, statement: Statement, **values: object) -> Row | None:
        """Return the first row, or None."""
        rows = self._open_session.fetch(statement, values)
        return rows[0] if rows else None

    def scalar(self, statement: Statement, **values: object) -> Any:
        """Return the first column of the first row, or None."""
        rows = self._open_session.fetch(statement, values)
        return rows[0][0] if rows else None

    def run(self, statement: Statement, **values: object) -> int:
        """Change rows and return how many."""
        return self._open_session.run(statement, values)

    def row_each(self, statement: Statement, values: Iterable[Values]) -> list[Row | None]:
        """Run once per values, in order, and return the row of each run, None where it gave none."""
        return self._open_session.fetch_each(statement, values)

    def run_each(self, statement: Statement, values: Sequence[Values]) -> None:
        """Change rows once per values, in order."""
        self._open_session.run_each(statement, values)

    def list_corruption_quickly(self, limit_seconds: float) -> list[str]:
        """Likewise the quicker way, and as far as that comes in the time."""
        return self._open_session.list_corruption_quickly(limit_seconds)

    def list_corruption(self) -> list[str]:
        """Let the engine check its own files; an empty list is good news."""
        return self._open_session.list_corruption()

    def end(self) -> list[Event]:
        """Make this facade useless and return the events told; called by the engine alone."""
        self._session = None
        return self._events

    @property
    def _open_session(self) -> Session:
        if self._session is None:
            raise RuntimeError("This transaction has ended: a unit of work must not keep its tx.")
        return self._session
