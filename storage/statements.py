"""SQLAlchemy statements, compiled once per engine and then run as text.

Going through an SQLAlchemy connection costs about five times the statement itself; its compiler alone keeps one
code for both engines at the price of a dictionary lookup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable, TableClause

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

STATEMENTS_KEPT = 1_000
"""Statements are constants of modules, far fewer than this; beyond it somebody builds them on the fly."""


InsertInto: TypeAlias = "Callable[[TableClause], Insert]"
"""The `insert` of a dialect: each has its own, alike in its ON CONFLICT methods."""


@dataclass(frozen=True, slots=True, eq=False)
class Conflicting:
    """An INSERT with an ON CONFLICT clause, built with the `insert` of the engine that runs it."""

    build: Callable[[InsertInto], Executable]


Statement = Executable | Conflicting


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compiled statement: its text, the values fixed in it, and the compiler where lists must be spread."""

    sql: str
    fixed: dict[str, Any]
    spreading: SQLCompiler | None


class Statements:
    """The statements of one dialect; safe to share between threads, since compiling twice does no harm."""

    def __init__(self, dialect: DefaultDialect, insert: InsertInto) -> None:
        self._dialect = dialect
        self._insert = insert
        self._prepared: dict[Statement, Prepared] = {}

    def render(self, statement: Statement, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """Return the text and the values to hand to the driver."""
        prepared = self._prepared.get(statement) or self._prepare(statement)
        if prepared.spreading is not None:
            spread = prepared.spreading.construct_expanded_state(dict(values))
            return spread.statement, spread.parameters
        return prepared.sql, {**prepared.fixed, **values} if prepared.fixed else values

    def _prepare(self, statement: Statement) -> Prepared:
        if len(self._prepared) >= STATEMENTS_KEPT:
            self._prepared.clear()
        executable = statement.build(self._insert) if isinstance(statement, Conflicting) else statement
        # The public compile() is typed for any clause; statements compile to SQLCompiler on both engines.
        compiled = cast("SQLCompiler", cast("Any", executable).compile(dialect=self._dialect))
        fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self._prepared[statement] = Prepared(compiled.string, fixed, compiled if compiled.post_compile_params else None)
        return self._prepared[statement]
