"""Whoever is forgotten takes with them what each table has of them, and nothing of anybody else."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Integer
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

import storage.tables
from storage import Tx
from storage.engines.sqlite_lane import SqliteSession
from storage.records import PersonId
from storage.schema.everything import metadata
from storage.tables import ticket_words
from storage.tx import Statement, Values
from tests.storage.clock import NOON

LEAVING, STAYING = 1, 2
"""Two people: every number of the rows of each is theirs, every text says it."""

PLACES = [each.stem for each in Path(storage.tables.__path__[0]).glob("[a-z]*.py")]


class Counting(SqliteSession):
    """Notes how many rows each change changes."""

    __slots__ = ("changed",)

    def __init__(self, raw: sqlite3.Connection) -> None:
        super().__init__(raw)
        self.changed: list[tuple[str, int]] = []

    def run(self, statement: Statement, values: Values) -> int:
        """As it is, and written down."""
        count = super().run(statement, values)
        self.changed.append((str(statement), count))
        return count


def list_leavings() -> Iterator[tuple[str, Callable[[Tx, PersonId], None]]]:
    """All functions by which a table lets go of a person."""
    for place in PLACES:
        module = import_module(f"storage.tables.{place}")
        for name in ("delete_of", "forget_of"):
            function = getattr(module, name, None)
            if function is not None and list(inspect.signature(function).parameters) == ["tx", "person_id"]:
                yield f"{place}.{name}", function


def fill(raw: sqlite3.Connection, table: Any, who: int) -> None:
    """A row of every table, all of it somebody's."""
    values = [
        True if isinstance(column.type, Boolean) else who if isinstance(column.type, Integer | BigInteger) else f"{who}"
        for column in table.columns
    ]
    raw.execute(f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(values))})', values)


@pytest.fixture
def raw() -> Iterator[sqlite3.Connection]:
    """Every table with a row of each, where no rule of the tables asks what else there is."""
    connection = sqlite3.connect(":memory:")
    for table in metadata.tables.values():
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    connection.execute("PRAGMA ignore_check_constraints=ON")
    for table in metadata.tables.values():
        fill(connection, table, LEAVING)
        fill(connection, table, STAYING)
    yield connection
    connection.close()


def read(raw: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of whoever stays."""
    rows = {name: raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in metadata.tables}
    return {name: [row for row in found if f"{STAYING}" in row or STAYING in row] for name, found in rows.items()}


LEAVINGS = dict(list_leavings())
OTHERWISE = {"ideas.forget_of", "ticket_words.forget_of"}
"""What stays of an idea that was taken up, and of an answer to another's question: `tests/storage/test_ideas.py` and below."""


@pytest.mark.parametrize("name", sorted(LEAVINGS.keys() - OTHERWISE))
def test_a_table_lets_go_of_one_person(name: str, raw: sqlite3.Connection) -> None:
    """Each of its statements finds something of them, and what is another's is as it was."""
    session, before = Counting(raw), read(raw)
    LEAVINGS[name](Tx(session, NOON, writable=True), PersonId(LEAVING))
    assert session.changed
    assert [statement for statement, count in session.changed if count != 1] == []
    assert read(raw) == before


def test_what_others_were_answered_stays_without_who_said_it(raw: sqlite3.Connection) -> None:
    """Their own questions go with all that was said; in others' questions their words stay, unsigned, and no copy leads to them."""
    raw.execute("UPDATE ticket_said SET author_id = ? WHERE ticket_id = ?", (LEAVING, STAYING))
    said = raw.execute("SELECT words, said_at FROM ticket_said WHERE ticket_id = ?", (STAYING,)).fetchall()
    session = Counting(raw)
    ticket_words.forget_of(Tx(session, NOON, writable=True), PersonId(LEAVING))
    assert [count for _, count in session.changed] == [1] * 4
    assert raw.execute("SELECT ticket_id, author_id, chat_id, message_id FROM ticket_said").fetchall() == [
        (STAYING, None, 0, 0)
    ]
    assert raw.execute("SELECT words, said_at FROM ticket_said").fetchall() == said
    assert raw.execute("SELECT person_id FROM ticket_signer").fetchall() == [(STAYING,)]
