"""What a list of a shop's rows is: declared columns of a table, read page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum, auto
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, FromClause, Select, Table, bindparam, select, tuple_

from storage.frozen import frozen
from storage.tx import Row, Tx

PAGE_ROWS = 1_000
"""A page is read in a transaction of its own: nobody who writes waits for a list, and memory stays flat."""


class Kind(Enum):
    """How a value is to be written."""

    PLAIN = auto()
    FLAG = auto()
    MOMENT = auto()
    """UTC microseconds."""


@frozen
class Export:
    """One list: `keys` put its rows in order, one after the other for ever, so that the next page begins where one ended."""

    name: str
    about: str
    """In a few words, for who chooses."""
    source: FromClause
    keys: tuple[Column[Any], ...]
    values: Mapping[str, ColumnElement[Any]]
    first: Select[Any] = field(init=False)
    further: Select[Any] = field(init=False)
    latest: Select[Any] = field(init=False)

    def __post_init__(self) -> None:
        """Build the statements once."""
        page = select(*self.values.values(), *self.keys).select_from(self.source).order_by(*self.keys)
        page = page.limit(bindparam("most"))
        after = tuple_(*(bindparam(f"key_{at}") for at in range(len(self.keys))))
        object.__setattr__(self, "first", page)
        object.__setattr__(self, "latest", page.order_by(None).order_by(*(key.desc() for key in self.keys)))
        object.__setattr__(self, "further", page.where(tuple_(*self.keys) > after))

    @property
    def columns(self) -> tuple[str, ...]:
        """What its columns are called, in order."""
        return tuple(self.values)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """How to write each of them."""
        return tuple(_find_kind(name, value) for name, value in self.values.items())


@frozen
class Page:
    """Some rows of a list, and the key behind which the next ones are; None after the last."""

    rows: Sequence[Row]
    last: Row | None


def read_page(tx: Tx, export: Export, after: Row | None, *, most: int = PAGE_ROWS) -> Page:
    """Return up to `most` rows, from behind a key on."""
    statement = export.first if after is None else export.further
    found = tx.rows(statement, most=most, **{f"key_{at}": key for at, key in enumerate(after or ())})
    width = len(export.values)
    return Page(rows=[row[:width] for row in found], last=tuple(found[-1][width:]) if len(found) == most else None)


def read_latest(tx: Tx, export: Export, *, most: int) -> list[Row]:
    """Return the last rows of a list, the last first."""
    return [row[: len(export.values)] for row in tx.rows(export.latest, most=most)]


def declare_list(
    name: str,
    about: str,
    table: Table,
    names: str,
    *,
    joined: FromClause | None = None,
    more: Mapping[str, ColumnElement[Any]] | None = None,
) -> Export:
    """A list with a row for each row of a table, `joined` to what `more` columns are taken of."""
    return Export(
        name=name,
        about=about,
        source=table if joined is None else joined,
        keys=tuple(table.primary_key),
        values={**pick_columns(table, names), **(more or {})},
    )


def _find_kind(name: str, value: ColumnElement[Any]) -> Kind:
    if isinstance(value.type, Boolean):
        return Kind.FLAG
    return Kind.MOMENT if name.endswith(("_at", "_since")) else Kind.PLAIN


def pick_columns(table: FromClause, names: str) -> dict[str, ColumnElement[Any]]:
    """Columns by their names, `theirs:ours` where a list calls one otherwise."""
    pairs = [name.partition(":") for name in names.split()]
    return {ours or theirs: table.c[theirs] for theirs, _, ours in pairs}
