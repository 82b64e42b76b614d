"""Leases on PostgreSQL: the rows that say who runs which shop, and how they change hands.

A shop's lease is one row in its own schema, so that whoever opens the shop, by whatever settings, meets it. Processes are rows in
a schema that those who share shops agree on; a lease says in which. These tables are no part of the shop: no migration
makes them, no backup holds them.
"""

from __future__ import annotations

import json

import psycopg
from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import Connection, describe
from storage.engines.postgres_fence import wait_for_fence
from storage.engines.postgres_line import CHANNEL, LEASES, compose_telling
from storage.errors import StoreBusy
from storage.frozen import frozen
from storage.leases import DEAD_SECONDS
from storage.process_place import is_surely_dead

LOCK_MILLISECONDS = 2_000
"""For how long a lease is waited for that somebody else is just taking."""

PROCESSES = "passalong_process"
LEASE = "passalong_lease"
ENGINE_TABLES = (PROCESSES, LEASE)
"""What of the tables in a schema is not the shop's."""

_MAKE_PROCESSES = """
CREATE TABLE IF NOT EXISTS {}.passalong_process (
  id bigint PRIMARY KEY, name text NOT NULL, place text NOT NULL, beat bigint NOT NULL, seen_at timestamptz NOT NULL,
  wanted text NOT NULL, held text NOT NULL
)
"""
_MAKE_LEASE = """
CREATE TABLE IF NOT EXISTS {}.passalong_lease (
  id smallint PRIMARY KEY CHECK (id = 1), epoch bigint NOT NULL, holder bigint, control text
)
"""
_ENTER = """
INSERT INTO {}.passalong_process (id, name, place, beat, seen_at, wanted, held)
VALUES (%s, %s, %s, 0, clock_timestamp(), '[]', '[]')
"""
_SWEEP = "DELETE FROM {}.passalong_process WHERE seen_at < clock_timestamp() - interval '1 day'"
_AGE = "extract(epoch FROM clock_timestamp() - greatest(seen_at, pg_postmaster_start_time()))::float8"
"""Seconds since a process was heard of; while the server was away nobody could be."""

BEAT = f"""
WITH mine AS (
  UPDATE {{0}}.passalong_process SET beat = beat + 1, seen_at = clock_timestamp(), wanted = %s, held = %s
  WHERE id = %s RETURNING id
)
SELECT id, name, place, beat, {_AGE}, wanted, held, EXISTS (SELECT FROM mine) FROM {{0}}.passalong_process
"""  # noqa: S608 -- a constant
_HOLDER = f"SELECT beat, name, place, {_AGE} FROM {{}}.passalong_process WHERE id = %s"  # noqa: S608 -- a constant
_BURY = "DELETE FROM {}.passalong_process WHERE id = %s AND beat = %s"


@frozen(kw_only=False)
class Claim:
    """What a process wants to have: a shop's lease."""

    shop: str
    url: str
    schema: str
    control: str
    """The schema in which the process has its row."""
    process: int
    alive: frozenset[int]
    """Processes of which is known that they live, however long ago the server heard of them."""
    held: frozenset[str]
    """What it holds already; others see what it holds as soon as they see what it does not."""


def find_current_schema(connection: Connection) -> str:
    """The schema that the server chooses where a URL names none."""
    row = connection.execute("SELECT current_schema()").fetchone()
    return str(row[0]) if row and row[0] else "public"


def make_schema(connection: Connection, schema: str) -> None:
    """Make a schema that is not there; whoever may not make one may use one that is."""
    if not _has(connection, "SELECT to_regnamespace(%s)", Identifier(schema).as_string()):
        connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(schema)))


def enter_process(connection: Connection, control: str, process: int, name: str, place: str) -> None:
    """Write down a process that lives."""
    _make_table(connection, control, PROCESSES, _MAKE_PROCESSES)
    with connection.transaction():
        connection.execute(SQL(_SWEEP).format(Identifier(control)))
        connection.execute(SQL(_ENTER).format(Identifier(control)), (process, name, place))


def leave_process(connection: Connection, control: str, process: int) -> None:
    """Strike a process out that ends: its leases are free."""
    with connection.transaction():
        connection.execute(
            SQL("DELETE FROM {}.passalong_process WHERE id = %s").format(Identifier(control)), (process,)
        )
        _tell(connection)


def take_lease(connection: Connection, claim: Claim) -> int:
    """Take a lease that is free, or whose holder is dead, and return its epoch once nothing of the former is under way.

    Raises:
        StoreBusy: a process that lives has it.
    """
    make_schema(connection, claim.schema)
    _make_table(connection, claim.schema, LEASE, _MAKE_LEASE)
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_MILLISECONDS}ms'".encode())
        epoch = _take(connection, claim)
        _note_held(connection, claim.control, claim.process, claim.held | {claim.shop})
        _tell(connection)
    try:
        wait_for_fence(connection, claim.schema, describe(claim.url))
    except StoreBusy:
        free_lease(connection, claim, epoch)
        raise
    return epoch


def free_lease(connection: Connection, claim: Claim, epoch: int) -> None:
    """Give a lease back that is still ours, and tell who stands by."""
    free = "UPDATE {}.passalong_lease SET holder = NULL, control = NULL WHERE holder = %s AND epoch = %s"
    with connection.transaction():
        connection.execute(SQL(free).format(Identifier(claim.schema)), (claim.process, epoch))
        _note_held(connection, claim.control, claim.process, claim.held - {claim.shop})
        _tell(connection)


def _take(connection: Connection, claim: Claim) -> int:
    lease = SQL("{}.passalong_lease").format(Identifier(claim.schema))
    try:
        connection.execute(SQL("INSERT INTO {} VALUES (1, 0, NULL, NULL) ON CONFLICT DO NOTHING").format(lease))
        row = connection.execute(SQL("SELECT holder, control FROM {} FOR UPDATE").format(lease)).fetchone()
    except psycopg.errors.LockNotAvailable:
        raise _say_busy(claim, "another process, which is just taking it") from None
    holder, control = row or (None, None)
    if holder is not None and holder != claim.process:
        _bury(connection, claim, int(holder), str(control))
    taken = connection.execute(
        SQL("UPDATE {} SET epoch = epoch + 1, holder = %s, control = %s RETURNING epoch").format(lease),
        (claim.process, claim.control),
    ).fetchone()
    assert taken is not None
    return int(taken[0])


def _bury(connection: Connection, claim: Claim, holder: int, control: str) -> None:
    """Declare a holder dead that has not been heard of; its next renewal finds no row to renew.

    Raises:
        StoreBusy: it lives, or may.
    """
    if not _has(
        connection, "SELECT to_regclass(%s)", SQL("{}.passalong_process").format(Identifier(control)).as_string()
    ):
        return
    found = connection.execute(SQL(_HOLDER).format(Identifier(control)), (holder,)).fetchone()
    if found is None:
        return
    beat, name, place, age = found
    dead = is_surely_dead(place) or (age >= DEAD_SECONDS and holder not in claim.alive)
    if not dead or connection.execute(SQL(_BURY).format(Identifier(control)), (holder, beat)).rowcount != 1:
        raise _say_busy(claim, f"another process ({name})")


def _note_held(connection: Connection, control: str, process: int, held: frozenset[str]) -> None:
    connection.execute(
        SQL("UPDATE {}.passalong_process SET held = %s WHERE id = %s").format(Identifier(control)),
        (dump_names(held), process),
    )


def _say_busy(claim: Claim, who: str) -> StoreBusy:
    return StoreBusy(f"The database {describe(claim.url)} is in use by {who}.")


def _make_table(connection: Connection, schema: str, table: str, statement: str) -> None:
    """Make a table that is not there; two processes at once make it one after the other."""
    if _has(
        connection, "SELECT to_regclass(%s)", SQL("{}.{}").format(Identifier(schema), Identifier(table)).as_string()
    ):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('passalong tables', 0))")
        connection.execute(SQL(statement).format(Identifier(schema)))


def _has(connection: Connection, question: str, value: str) -> bool:
    row = connection.execute(question.encode(), (value,)).fetchone()
    return row is not None and row[0] is not None


def _tell(connection: Connection) -> None:
    """Wake whoever stands by, once this is committed."""
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, compose_telling("", LEASES, "")))


def dump_names(names: frozenset[str]) -> str:
    """Names of shops as they are kept in a process's row."""
    return json.dumps(sorted(names), separators=(",", ":"))
