"""A PostgreSQL schema that a shop comes to, or leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from storage.engines.postgres_connection import Connection, explain
from storage.errors import MoveRefused, StoreError
from storage.moving.shapes import Shape, compare, cut_lines

_PART = sql.Identifier("moving_part")

PATIENCE_MILLISECONDS = 10_000
"""For how long whoever writes is waited for."""

_REFUSE = """
CREATE FUNCTION refuse_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the shop has moved to another database' USING ERRCODE = 'read_only_sql_transaction';
END $$
"""

_KEYS = """
SELECT child.relname, conname FROM pg_constraint JOIN pg_class child ON child.oid = conrelid
WHERE contype = 'f' AND connamespace = quote_ident(current_schema())::regnamespace
"""


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Say what hinders a move, without a password and without what a row says.

    Raises:
        MoveRefused: something cannot be kept in this database.
        StoreError: it cannot be reached, read or written.
    """
    try:
        yield
    except psycopg.Error as error:
        told = explain(error, url)
        if isinstance(told, StoreError) and not isinstance(error, psycopg.IntegrityError):
            raise told from None
        where = (error.diag.context or error.diag.table_name or "").partition(",")[0]
        raise MoveRefused(
            f"PostgreSQL cannot keep what the shop has ({error.sqlstate} in {where}); nothing has moved."
        ) from None


def keep_writers_out(connection: Connection, shapes: Sequence[Shape]) -> None:
    """Wait for whoever writes without a lease, as a web side does, and let none begin until this transaction is over."""
    connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE_MILLISECONDS}ms'".encode())
    tables = sql.SQL(", ").join(sql.Identifier(each.name) for each in shapes)
    connection.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables))


def set_gone(connection: Connection, shapes: Sequence[Shape], version: str) -> None:
    """Say where the shop has gone, and let nobody write here any more, who was let in before either."""
    connection.execute(_REFUSE.encode())
    refusing = sql.SQL(
        "CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON {} FOR EACH STATEMENT EXECUTE FUNCTION refuse_moved()"
    )
    for shape in shapes:
        connection.execute(refusing.format(sql.Identifier(shape.name)))
    connection.execute(b"ALTER TABLE alembic_version ALTER COLUMN version_num TYPE text")
    connection.execute(b"UPDATE alembic_version SET version_num = %s", [version])


@contextmanager
def reading(connection: Connection, shape: Shape) -> Iterator[Iterator[bytes]]:
    """All rows of a table as lines, in the order of their keys.

    Who leaves in the middle has the server stop sending; without that a rollback would wait for it for ever.
    """
    asked = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT")
    whole = asked.format(_list(shape.columns), sql.Identifier(shape.name), _order(shape))
    with connection.cursor() as cursor, cursor.copy(whole) as copy:
        yield cut_lines(copy)


def write_lines(
    connection: Connection, shape: Shape, lines: Iterable[bytes], *, into: sql.Identifier | None = None
) -> None:
    """Add rows to a table."""
    target = into or sql.Identifier(shape.name)
    taking = sql.SQL("COPY {} ({}) FROM STDIN").format(target, _list(shape.columns))
    with connection.cursor() as cursor, cursor.copy(taking) as copy:
        for line in lines:
            copy.write(line)


def allow_long(connection: Connection) -> None:
    """Have the server not break off what takes long as a whole."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(sql.SQL("SET {} = 0").format(sql.Identifier(limit)))


def look_over(connection: Connection, shape: Shape) -> None:
    """Have the server know how many rows there are of which kind, before it plans anything."""
    connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(shape.name)))


def count_rows(connection: Connection, shape: Shape) -> int:
    """How many rows a table has."""
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(shape.name))).fetchone()
    assert row is not None
    return int(row[0])


def find_last_number(connection: Connection, shape: Shape) -> int:
    """The highest number that a table ever gave a row, or holds."""
    column = sql.Identifier(shape.numbered or "")
    asked = sql.SQL("SELECT greatest(pg_sequence_last_value({}::regclass), max({}), 0) FROM {}")
    held = sql.SQL("pg_get_serial_sequence(quote_ident({}), {})").format(shape.name, shape.numbered)
    row = connection.execute(asked.format(held, column, sql.Identifier(shape.name))).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def keys_checked_late(connection: Connection) -> Iterator[None]:
    """Let rows come in any order, as long as each points to one that is there in the end."""
    keys = connection.execute(_KEYS.encode()).fetchall()
    how = sql.SQL("ALTER TABLE {} ALTER CONSTRAINT {} {}")
    for table, name in keys:
        connection.execute(
            how.format(sql.Identifier(table), sql.Identifier(name), sql.SQL("DEFERRABLE INITIALLY DEFERRED"))
        )
    yield
    connection.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in keys:
        connection.execute(how.format(sql.Identifier(table), sql.Identifier(name), sql.SQL("NOT DEFERRABLE")))


def remove_rows(connection: Connection, shape: Shape, keys: Sequence[Sequence[object]]) -> None:
    """Remove the rows of these keys, as far as there are any."""
    asked = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(each), sql.Placeholder()) for each in shape.key
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(shape.name), asked), keys)


def replace_rows(connection: Connection, shape: Shape, lines: Sequence[bytes]) -> None:
    """Bring rows to what their lines say, new ones among them, and look at each again.

    Raises:
        MoveRefused: one came out otherwise.
    """
    table = sql.Identifier(shape.name)
    connection.execute(sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS TABLE {} WITH NO DATA").format(_PART, table))
    write_lines(connection, shape, lines, into=_PART)
    try:
        with connection.transaction():
            connection.execute(_compose_replacing(shape))
    except psycopg.errors.UniqueViolation:  # two rows have changed what only one may have
        same = sql.SQL("DELETE FROM {} USING {} AS part WHERE {}")
        connection.execute(same.format(table, _PART, _join(shape)))
        connection.execute(_compose_replacing(shape))
    _look_again(connection, shape, lines)
    connection.execute(sql.SQL("DROP TABLE {}").format(_PART))


def _compose_replacing(shape: Shape) -> sql.Composed:
    others = [each for each in shape.columns if each not in shape.key]
    taken = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(each)) for each in others]
    action = sql.SQL("DO UPDATE SET {}").format(sql.SQL(", ").join(taken)) if taken else sql.SQL("DO NOTHING")
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT ({}) {}").format(
        sql.Identifier(shape.name), _list(shape.columns), _list(shape.columns), _PART, _list(shape.key), action
    )


def _look_again(connection: Connection, shape: Shape, lines: Sequence[bytes]) -> None:
    columns = sql.SQL(", ").join(sql.Identifier(shape.name, each) for each in shape.columns)
    asked = sql.SQL("COPY (SELECT {} FROM {} JOIN {} AS part ON {}) TO STDOUT")
    whole = asked.format(columns, sql.Identifier(shape.name), _PART, _join(shape))
    with connection.cursor() as cursor, cursor.copy(whole) as copy:
        compare(shape, sorted(lines), sorted(cut_lines(copy)))


def _join(shape: Shape) -> sql.Composed:
    same = sql.SQL("{} = part.{}")
    return sql.SQL(" AND ").join(
        same.format(sql.Identifier(shape.name, each), sql.Identifier(each)) for each in shape.key
    )


def _order(shape: Shape) -> sql.Composed:
    plainly = [
        sql.SQL('{} COLLATE "C"' if shape.is_text(each) else "{}").format(sql.Identifier(each)) for each in shape.key
    ]
    return sql.SQL(", ").join(plainly)


def _list(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
