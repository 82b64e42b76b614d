"""From a PostgreSQL schema, in which nobody is at work, into a SQLite file that is not there yet."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from storage.checks import find_faults
from storage.engines.file_lock import PRIVATE, hold_file_lock
from storage.engines.postgres import hold_alone
from storage.engines.postgres_connection import Connection, connect, describe
from storage.engines.postgres_session import PostgresSession
from storage.engines.postgres_upgrade import read_version
from storage.engines.sqlite import parse_path
from storage.engines.sqlite_lane import SqliteSession
from storage.engines.sqlite_upgrade import prepare
from storage.errors import MoveRefused, StoreMoved, StoreUnavailable
from storage.migrations import HEAD, compose_arriving, compose_gone, find_gone, refuse_other
from storage.moving import postgres_side as here
from storage.moving import sqlite_side as there
from storage.moving.shapes import Moved, Shape, compare, list_shapes
from storage.tx import Tx, utc_now


def move_to_sqlite(url: str, to: str, say: Callable[[str], None]) -> Moved:
    """See `storage.moving.move`."""
    path, token = parse_path(to), secrets.token_hex(8)
    if not path.parent.is_dir():
        raise MoveRefused(f"The folder {path.parent} is not there. Make it, or name another place.")
    with here.explained(url), hold_alone(url), connect(url) as connection, hold_file_lock(path):
        version = read_version(connection)
        if gone := find_gone(version):
            token = gone[0]
            arrived = there.find_version(path) if path.stat().st_size else None
            if arrived is None or arrived.revision != compose_arriving(token):
                raise StoreMoved(f"The shop has moved from {describe(url)} to {gone[1]} already.")
            rows = _count(path)
        else:
            refuse_other(version, name=describe(url))
            if path.stat().st_size:
                raise MoveRefused(f"{path} is there already. Name a file that is not.")
            here.allow_long(connection)
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with connection.transaction():
                here.keep_writers_out(connection, list_shapes())
                rows = _bring(connection, path, token, say)
                here.set_gone(connection, list_shapes(), compose_gone(token, str(path.absolute())))
        _set_version(path, HEAD)
        return Moved(str(path), len(list_shapes()), rows)


def _bring(connection: Connection, path: Path, token: str, say: Callable[[str], None]) -> int:
    """Fill a file beside its place, and put it there once it is whole."""
    part = path.with_name(f".{path.name}.part")
    _discard(part)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    try:
        with _opened(part) as raw:
            prepare(raw, path=part, migrate=True)
            rows = _fill(raw, connection, say)
            raw.execute("UPDATE alembic_version SET version_num = ?", (compose_arriving(token),))
            raw.execute("COMMIT")
        part.replace(path)
    finally:
        _discard(part)
    return rows


def _discard(part: Path) -> None:
    """Take away what a move wrote before it broke off; a journal left over would be played into the next file of this name."""
    for each in (part, part.with_name(f"{part.name}-journal")):
        each.unlink(missing_ok=True)


def _fill(raw: sqlite3.Connection, connection: Connection, say: Callable[[str], None]) -> int:
    say("Copying everything.")
    shapes, count = list_shapes(), 0
    raw.execute("PRAGMA foreign_keys=OFF")  # looked at as a whole
    raw.execute("BEGIN IMMEDIATE")
    with _emptied(raw, shapes):
        for shape in shapes:
            with here.reading(connection, shape) as lines:
                raw.executemany(_compose_insert(shape), map(shape.decode, lines))
    _go_on_numbering(raw, connection, shapes)
    say("Comparing row by row.")
    raw.text_factory = bytes
    for shape in shapes:
        with here.reading(connection, shape) as lines:
            count += compare(shape, lines, there.read_lines(raw, shape))
    raw.text_factory = str
    _check_books(raw, connection)
    return count


@contextmanager
def _emptied(raw: sqlite3.Connection, shapes: Sequence[Shape]) -> Iterator[None]:
    """Without rows of migrations, and without triggers, which would count again what is brought along."""
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f'DROP TRIGGER "{name}"')
    for shape in shapes:
        raw.execute(f'DELETE FROM "{shape.name}"')  # noqa: S608  # names of our own
    yield
    for _, sql in triggers:
        raw.execute(sql)


def _compose_insert(shape: Shape) -> str:
    columns = ", ".join(f'"{each}"' for each in shape.columns)
    return f'INSERT INTO "{shape.name}" ({columns}) VALUES ({", ".join("?" * len(shape.columns))})'  # noqa: S608  # likewise


def _go_on_numbering(raw: sqlite3.Connection, connection: Connection, shapes: Sequence[Shape]) -> None:
    """No number that a row ever had is given to another."""
    raw.execute("DELETE FROM sqlite_sequence")
    for shape in shapes:
        if shape.numbered and shape.table.dialect_options["sqlite"]["autoincrement"]:
            last = here.find_last_number(connection, shape)
            raw.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (shape.name, last))


def _check_books(raw: sqlite3.Connection, connection: Connection) -> None:
    found = find_faults(Tx(SqliteSession(raw), utc_now(), writable=False))
    if found and not find_faults(Tx(PostgresSession(connection), utc_now(), writable=False)):
        raise MoveRefused(f"The books came out otherwise than they were: {found[0]}. Nothing has moved.")


def _set_version(path: Path, version: str) -> None:
    with _opened(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))


def _count(path: Path) -> int:
    with _opened(path) as raw:
        return sum(there.count_rows(raw, shape) for shape in list_shapes())


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as raw:
            raw.execute("PRAGMA synchronous=FULL")
            yield raw
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path} cannot be written: {error}") from error
