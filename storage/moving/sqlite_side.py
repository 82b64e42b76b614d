"""A SQLite database that a shop leaves, or comes to."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from storage.engines.sqlite_upgrade import NOTES, drop_notes, read_version
from storage.errors import StoreUnavailable
from storage.frozen import frozen
from storage.migrations import Version, compose_gone, refuse_other
from storage.moving.shapes import Shape

BUSY_MILLISECONDS = 30_000
"""For how long the bot's own writing is waited for."""

Key = tuple[object, ...]


@frozen(kw_only=False)
class Changes:
    """Rows that were written or removed: by table, the keys of each."""

    upto: int
    keys: Mapping[str, Sequence[Key]]

    def count(self) -> int:
        """How many rows, all tables together."""
        return sum(map(len, self.keys.values()))


@contextmanager
def opened(path: Path, *, writable: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a database that is there, on one picture of it, or with nobody else writing.

    Raises:
        StoreMoved: the shop has gone from here.
        StoreOutdated: it is older than this program.
        StoreUnavailable: it is not there, or cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as raw:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("BEGIN IMMEDIATE" if writable else "BEGIN")
            refuse_other(read_version(raw), name=str(path))
            raw.text_factory = bytes
            try:
                yield raw
            finally:
                if raw.in_transaction:  # closing alone waits for whatever is still being read
                    raw.rollback()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be read: {error}") from error


def find_version(path: Path) -> Version | None:
    """What a database says of its version; None where there is none."""
    if not path.exists():
        raise StoreUnavailable(f"There is no database {path}.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as raw:
            return read_version(raw)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be read: {error}") from error


def read_lines(raw: sqlite3.Connection, shape: Shape) -> Iterator[bytes]:
    """All rows of a table as lines, in the order of their keys."""
    return map(shape.encode, raw.execute(f"SELECT {_list(shape.columns)} FROM {_quote(shape.name)} ORDER BY {_list(shape.key)}"))  # fmt: skip  # noqa: S608  # names of our own


def count_rows(raw: sqlite3.Connection, shape: Shape) -> int:
    """How many rows a table has."""
    count: int = raw.execute(f"SELECT count(*) FROM {_quote(shape.name)}").fetchone()[0]  # noqa: S608  # likewise
    return count


def begin_notes(raw: sqlite3.Connection, shapes: Iterable[Shape]) -> None:
    """Have the database itself note the key of each row that anybody writes from now on, in the same transaction."""
    drop_notes(raw)
    raw.execute(f"CREATE TABLE {NOTES} (seq INTEGER PRIMARY KEY, place TEXT NOT NULL, key TEXT NOT NULL)")
    for shape in shapes:
        for verb, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            raw.execute(_compose_trigger(shape, verb, rows))
    raw.execute("COMMIT")


def _compose_trigger(shape: Shape, verb: str, rows: Sequence[str]) -> str:
    keys = ["json_array({})".format(", ".join(f"{row}.{_quote(each)}" for each in shape.key)) for row in rows]
    noted = f" INSERT INTO {NOTES} (place, key) VALUES " + ", ".join(f"('{shape.name}', {key})" for key in keys)  # noqa: S608  # likewise
    return (
        f"CREATE TRIGGER {_quote(f'{NOTES}_{shape.name}_{verb.lower()}')} AFTER {verb} ON {_quote(shape.name)}"
        f" BEGIN{noted}; END"
    )


def find_last_note(raw: sqlite3.Connection) -> int:
    """The number of the last change that was noted; 0 for none."""
    last: int = raw.execute(f"SELECT coalesce(max(seq), 0) FROM {NOTES}").fetchone()[0]  # noqa: S608  # likewise
    return last


def list_changes(raw: sqlite3.Connection, after: int) -> Changes:
    """Which rows were written since a note, each once."""
    keys: dict[str, list[Key]] = defaultdict(list)
    noted = f"SELECT DISTINCT place, key FROM {NOTES} WHERE seq > ?"  # noqa: S608  # likewise
    for place, key in raw.execute(noted, (after,)):
        keys[place.decode()].append(tuple(json.loads(key)))
    return Changes(find_last_note(raw), keys)


def read_rows(raw: sqlite3.Connection, shape: Shape, keys: Iterable[Key]) -> tuple[list[bytes], list[Key]]:
    """The rows of these keys as lines, and the keys that no row has any more."""
    asked = " AND ".join(f"{_quote(each)} = ?" for each in shape.key)
    sql = f"SELECT {_list(shape.columns)} FROM {_quote(shape.name)} WHERE {asked}"  # noqa: S608  # likewise
    found = {key: raw.execute(sql, key).fetchone() for key in keys}
    gone = [key for key, row in found.items() if row is None]
    return [shape.encode(row) for row in found.values() if row is not None], gone


def read_numbering(raw: sqlite3.Connection) -> dict[str, int]:
    """The highest number that each table ever gave a row, where it numbers them for good."""
    found = raw.execute("SELECT name, max(seq) FROM sqlite_sequence WHERE seq > 0 GROUP BY name")
    return {name.decode(): int(number) for name, number in found}


def set_gone(raw: sqlite3.Connection, token: str, place: str) -> None:
    """Say for good where the shop has gone; from this commit on nobody may work here."""
    drop_notes(raw)
    raw.execute("UPDATE alembic_version SET version_num = ?", (compose_gone(token, place),))
    raw.execute("COMMIT")


def _list(columns: Iterable[str]) -> str:
    return ", ".join(map(_quote, columns))


def _quote(name: str) -> str:
    return f'"{name}"'
