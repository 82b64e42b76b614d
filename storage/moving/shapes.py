"""A row as one line of bytes, the same whichever engine it is read from: COPY's text format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from sqlalchemy import Boolean, LargeBinary, Table, Text

from storage.errors import MoveRefused
from storage.frozen import frozen
from storage.schema.complete import metadata
from storage.tx import Row

_NULL = rb"\N"
_ESCAPES = {
    b"\\": rb"\\",
    b"\b": rb"\b",
    b"\t": rb"\t",
    b"\n": rb"\n",
    b"\v": rb"\v",
    b"\f": rb"\f",
    b"\r": rb"\r",
}
_PLAIN = {escaped: plain for plain, escaped in _ESCAPES.items()}
_SPECIAL = re.compile(rb"[\\\x08-\x0d]")
_ESCAPED = re.compile(rb"\\.")


@frozen(kw_only=False)
class Moved:
    """What a move brought over, and where to, without a password."""

    place: str
    tables: int
    rows: int


@dataclass(frozen=True)
class Shape:
    """A table: its columns, and by which of them a row is known."""

    table: Table

    @property
    def name(self) -> str:
        """The table's."""
        return self.table.name

    @cached_property
    def columns(self) -> list[str]:
        """All of them, in the order of a line."""
        return [each.name for each in self.table.columns]

    @cached_property
    def key(self) -> list[str]:
        """Those of the primary key."""
        return [each.name for each in self.table.primary_key.columns]

    @cached_property
    def numbered(self) -> str | None:
        """The column that the database numbers by itself, where there is one."""
        column = self.table.autoincrement_column
        return None if column is None else column.name

    def is_text(self, column: str) -> bool:
        """Whether a column holds text, which engines sort each in their own way unless told."""
        return isinstance(self.table.columns[column].type, Text)

    @cached_property
    def _writers(self) -> list[Callable[[object], bytes]]:
        return [_choose_writer(each.type) for each in self.table.columns]

    @cached_property
    def _readers(self) -> list[Callable[[bytes], object]]:
        return [_choose_reader(each.type) for each in self.table.columns]

    def encode(self, row: Sequence[object]) -> bytes:
        """Return a row as a line; text comes as bytes."""
        fields = [_NULL if value is None else write(value) for write, value in zip(self._writers, row, strict=True)]
        return b"\t".join(fields) + b"\n"

    def decode(self, line: bytes) -> Row:
        """Return a line as the values that SQLite keeps."""
        fields = line[:-1].split(b"\t")
        return tuple(None if field == _NULL else read(field) for read, field in zip(self._readers, fields, strict=True))


def list_shapes() -> list[Shape]:
    """Return all tables, each after those that it points to."""
    return [Shape(table) for table in metadata.sorted_tables]


def compare(shape: Shape, here: Iterable[bytes], there: Iterable[bytes]) -> int:
    """Hold all rows of a table against those that were brought over, both in the order of their keys; how many there are.

    Raises:
        MoveRefused: one differs.
    """
    count = 0
    for one, other in zip_longest(here, there):
        if one != other:
            raise MoveRefused(f"A row of {shape.name} came out otherwise than it was; nothing has moved.")
        count += 1
    return count


def cut_lines(chunks: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Return the lines of what comes in pieces."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + bytes(chunk)).split(b"\n")
        for line in lines:
            yield line + b"\n"


def _choose_writer(sort: object) -> Callable[[object], bytes]:
    if isinstance(sort, Text):
        return _write_text
    if isinstance(sort, Boolean):
        return lambda value: b"t" if value else b"f"
    if isinstance(sort, LargeBinary):
        return lambda value: rb"\\x" + bytes(value).hex().encode()  # type: ignore[call-overload]  # bytes
    return lambda value: str(value).encode()  # what is no number is refused where it is to be kept


def _write_text(value: object) -> bytes:
    text = value if isinstance(value, bytes) else str(value).encode()
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text) if _SPECIAL.search(text) else text


def _choose_reader(sort: object) -> Callable[[bytes], object]:
    if isinstance(sort, Text):
        return _read_text
    if isinstance(sort, Boolean):
        return lambda field: int(field == b"t")
    if isinstance(sort, LargeBinary):
        return lambda field: bytes.fromhex(field[3:].decode())
    return int


def _read_text(field: bytes) -> str:
    return _ESCAPED.sub(lambda found: _PLAIN[found[0]], field).decode()
