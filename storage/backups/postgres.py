"""Backups of PostgreSQL: by pg_dump, or all tables by COPY, in one snapshot, with the version they are of.

The file of COPY is gzip. Inside, each part is a line of JSON; after a line that names a table follow its rows in COPY's text
format, in chunks of `length (4 bytes) + bytes`, ended by a chunk of no length. The last line says that it is the last.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, cast

import psycopg
from psycopg import sql

from storage.backups.postgres_tools import MAGIC, dump_by_tool, find_pg_dump, load_by_tool, read_tool_backup
from storage.engines.postgres import hold_alone
from storage.engines.postgres_connection import Connection, connect, explain
from storage.engines.postgres_upgrade import read_version, run_migrations
from storage.errors import BackupRefused
from storage.migrations import Version, needs_upgrade

FORMAT = "passalong-copy-1"
_LENGTH = struct.Struct(">I")
_VERSION_TABLE = "alembic_version"

_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
  AND table_name NOT IN ('alembic_version', 'passalong_lease', 'passalong_process')
ORDER BY table_name
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_PARENTS = """
SELECT child.relname, parent.relname FROM pg_constraint
JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
WHERE contype = 'f' AND connamespace = quote_ident(current_schema())::regnamespace AND conrelid <> confrelid
"""
_NUMBERED = """
SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
FROM information_schema.columns WHERE table_schema = current_schema()
"""
"""Asked of what is found alone: as a condition it may be asked of tables that cannot be named without their schema, and fails, where the
server's plan has it so."""


def dump(url: str, file: Path) -> None:
    """Write all tables as they are at one moment, by pg_dump where it serves; writers do not wait for it."""
    try:
        with connect(url) as connection:
            tool = find_pg_dump(connection.info.server_version)
            if tool is not None and read_version(connection) is not None:
                dump_by_tool(tool, url, _find_schema(connection), file)
                return
        with connect(url) as connection, _create(file) as out:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            with connection.transaction():
                version = read_version(connection)
                _write_line(out, {"format": FORMAT, "revision": version.revision if version else None})
                for table in _list_in_order(connection):
                    _write_table(connection, out, table)
                _write_line(out, {"end": True})
    except psycopg.Error as error:
        raise explain(error, url) from None


def load(url: str, file: Path) -> None:
    """Fill a database that has no tables yet, all of it or nothing."""
    try:
        with hold_alone(url), connect(url) as connection:
            if has_tables(connection):
                raise BackupRefused("The database has tables already. Name an empty one.")
            if _is_by_tool(file):
                _load_by_tool(connection, url, file)
                return
            connection.autocommit = False
            _load_into(connection, _open(file))
    except (gzip.BadGzipFile, EOFError, json.JSONDecodeError, struct.error, UnicodeDecodeError):
        raise BackupRefused(f"{file} is no whole backup of a PostgreSQL database.") from None
    except psycopg.Error as error:
        raise explain(error, url) from None


def has_tables(connection: Connection) -> bool:
    """Whether anything was ever made in the schema."""
    return read_version(connection) is not None or connection.execute(_TABLES.encode()).fetchone() is not None


def _is_by_tool(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _load_by_tool(connection: Connection, url: str, file: Path) -> None:
    schema, revision = read_tool_backup(file)
    needs_upgrade(Version(revision), name="in the backup", allowed=True)
    if schema != (here := _find_schema(connection)):
        raise BackupRefused(f"The backup is of the schema {schema}, and this one is called {here}. Name it alike.")
    load_by_tool(url, schema, file)


def _find_schema(connection: Connection) -> str:
    row = connection.execute(b"SELECT current_schema()").fetchone()
    return str(row[0]) if row else "public"


def _create(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file, "wb", compresslevel=6))


def _open(file: Path) -> IO[bytes]:
    with file.open("rb") as opened:
        if opened.read(2) != b"\x1f\x8b":
            raise BackupRefused(f"{file} is no backup of a PostgreSQL database.")
    return cast("IO[bytes]", gzip.open(file, "rb"))


def _load_into(connection: Connection, backup: IO[bytes]) -> None:
    with backup:
        head = _read_line(backup)
        if head.get("format") != FORMAT or not isinstance(head.get("revision"), str):
            raise BackupRefused("The file is no backup of Passalong.")
        needs_upgrade(Version(head["revision"]), name="in the backup", allowed=True)
        run_migrations(connection, upto=head["revision"], then=lambda: _fill(connection, backup))


def _fill(connection: Connection, backup: IO[bytes]) -> None:
    with emptied(connection):
        while "end" not in (part := _read_line(backup)):
            _read_table(connection, backup, part["table"], part["columns"])
        if backup.read(1):  # reads on to the checksum
            raise EOFError
    go_on_numbering(connection)


@contextmanager
def emptied(connection: Connection) -> Iterator[None]:
    """Empty all tables of what migrations have written, and have no trigger fire while they are filled.

    What triggers keep is brought along as rows, and would be counted twice.
    """
    tables = [sql.Identifier(table) for table in reversed(_list_in_order(connection))]
    for table in tables:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    for table in tables:
        if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone():
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
    yield
    for table in tables:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))


def _list_in_order(connection: Connection) -> list[str]:
    """All tables, each after those that it points to."""
    left = [str(name) for (name,) in connection.execute(_TABLES.encode())]
    parents = {(str(child), str(parent)) for child, parent in connection.execute(_PARENTS.encode())}
    ordered: list[str] = []
    while left:
        ready = [name for name in left if not any(child == name and parent in left for child, parent in parents)]
        ordered += ready or left
        left = [name for name in left if name not in ordered]
    return ordered


def _write_table(connection: Connection, out: IO[bytes], table: str) -> None:
    columns = [str(name) for (name,) in connection.execute(_COLUMNS.encode(), [table])]
    _write_line(out, {"table": table, "columns": columns})
    with connection.cursor() as cursor, cursor.copy(_compose_copy(table, columns, "TO STDOUT")) as copy:
        for chunk in copy:
            out.write(_LENGTH.pack(len(chunk)) + bytes(chunk))
    out.write(_LENGTH.pack(0))


def _read_table(connection: Connection, backup: IO[bytes], table: str, columns: list[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(_compose_copy(table, columns, "FROM STDIN")) as copy:
        for chunk in _read_chunks(backup):
            copy.write(chunk)


def _compose_copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(cast("Any", direction)))


def _read_chunks(backup: IO[bytes]) -> Iterator[bytes]:
    while length := _LENGTH.unpack(backup.read(_LENGTH.size))[0]:
        chunk = backup.read(length)
        if len(chunk) < length:
            raise EOFError
        yield chunk


def go_on_numbering(connection: Connection, given: Mapping[str, int] = MappingProxyType({})) -> None:
    """Have each table number its rows from above the highest there is, or that it was ever `given`, by name."""
    for table, column, sequence in connection.execute(_NUMBERED.encode()).fetchall():
        if sequence is None:
            continue
        highest = sql.SQL("SELECT setval({}, greatest(coalesce(max({}), 0), {}) + 1, false) FROM {}")
        number = sql.Literal(given.get(table, 0))
        connection.execute(highest.format(sequence, sql.Identifier(column), number, sql.Identifier(table)))


def _write_line(out: IO[bytes], said: dict[str, object]) -> None:
    out.write(json.dumps(said).encode() + b"\n")


def _read_line(backup: IO[bytes]) -> dict[str, Any]:
    line = backup.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    said: dict[str, Any] = json.loads(line)
    return said
