"""Whatever the database says of itself is its own trouble, never that of whoever asked; what it says of a unit is the unit's."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest

from storage import StoreDamaged
from storage.engines.postgres_connection import connect
from storage.engines.postgres_connection import explain as explain_postgres
from storage.engines.sqlite_faults import explain
from storage.errors import RuleBroken, is_fault

TROUBLES = {
    "40001": "serialization_failure",
    "40P01": "deadlock_detected",
    "40003": "statement_completion_unknown",
    "25006": "read_only_sql_transaction",
    "25P03": "idle_in_transaction_session_timeout",
    "25P04": "transaction_timeout",
    "08006": "connection_failure",
    "0A000": "cached plan must not change result type",
    "28000": "invalid_authorization_specification",
    "3F000": "invalid_schema_name",
    "42501": "insufficient_privilege",
    "42P01": "undefined_table",
    "53000": "insufficient_resources",
    "53100": "disk_full",
    "53200": "out_of_memory",
    "53300": "too_many_connections",
    "53400": "configuration_limit_exceeded",
    "54000": "program_limit_exceeded",
    "55000": "object_not_in_prerequisite_state",
    "55P03": "lock_not_available",
    "57014": "query_canceled",
    "57P01": "admin_shutdown",
    "57P02": "crash_shutdown",
    "57P03": "cannot_connect_now",
    "57P05": "idle_session_timeout",
    "58000": "system_error",
    "F0000": "config_file_error",
    "XX000": "internal_error",
}
"""What a PostgreSQL server may say of itself, by its five characters."""

DAMAGE = {"58030": "io_error", "58P01": "undefined_file", "XX001": "data_corrupted", "XX002": "index_corrupted"}
OURS = {"22P02": "invalid_text_representation", "42601": "syntax_error", "42703": "undefined_column"}


def provoke(url: str, state: str) -> BaseException:
    """What becomes of an error of a server, by its five characters."""
    with connect(url) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{state}'; END $$")
    assert caught.value.sqlstate == state
    return explain_postgres(caught.value, url)


def test_a_servers_own_trouble_never_counts_against_an_update(postgres_url: str) -> None:
    """The unit changed nothing, and may fare better another time."""
    explained = {state: provoke(postgres_url, state) for state in TROUBLES}
    assert [state for state, error in explained.items() if not is_fault(error)] == []
    assert [state for state, error in explained.items() if isinstance(error, StoreDamaged)] == []


def test_a_servers_damage_is_the_end(postgres_url: str) -> None:
    """As SQLite's is: what it says cannot be trusted any more."""
    explained = {state: provoke(postgres_url, state) for state in DAMAGE}
    assert {state for state, error in explained.items() if isinstance(error, StoreDamaged)} == DAMAGE.keys()
    assert all("so it is" in str(error) and "passalong restore" in str(error) for error in explained.values())


def test_a_mistaken_unit_is_no_fault_of_the_store(postgres_url: str) -> None:
    """It is counted and given up, or it would be tried for ever."""
    explained = {state: provoke(postgres_url, state) for state in OURS}
    assert [state for state, error in explained.items() if is_fault(error)] == []


SQLITE = {
    sqlite3.SQLITE_PERM: True,
    sqlite3.SQLITE_ABORT: True,
    sqlite3.SQLITE_BUSY: True,
    sqlite3.SQLITE_LOCKED: True,
    sqlite3.SQLITE_READONLY: True,
    sqlite3.SQLITE_READONLY_DBMOVED: True,
    sqlite3.SQLITE_INTERRUPT: True,
    sqlite3.SQLITE_FULL: True,
    sqlite3.SQLITE_CANTOPEN: True,
    sqlite3.SQLITE_PROTOCOL: True,
    sqlite3.SQLITE_NOMEM: True,
    sqlite3.SQLITE_CORRUPT: True,
    sqlite3.SQLITE_NOTADB: True,
    sqlite3.SQLITE_IOERR_READ: True,
    sqlite3.SQLITE_AUTH: True,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: False,
    sqlite3.SQLITE_TOOBIG: False,
    sqlite3.SQLITE_MISMATCH: False,
}
"""By SQLite's numbers: whether it is the store's fault."""


@pytest.mark.parametrize("code", SQLITE)
def test_sqlites_own_trouble_never_counts_against_an_update(code: int) -> None:
    """Whatever class of error the driver makes of it."""
    kinds: dict[int, type[sqlite3.Error]] = {
        sqlite3.SQLITE_CORRUPT: sqlite3.DatabaseError,
        sqlite3.SQLITE_NOTADB: sqlite3.DatabaseError,
        sqlite3.SQLITE_AUTH: sqlite3.DatabaseError,
        sqlite3.SQLITE_TOOBIG: sqlite3.DataError,
        sqlite3.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
        sqlite3.SQLITE_MISMATCH: sqlite3.IntegrityError,
    }
    error: Exception = kinds.get(code & 0xFF, sqlite3.OperationalError)("so it is")
    error.sqlite_errorcode = code  # type: ignore[attr-defined]  # as the driver does
    error = MemoryError() if code == sqlite3.SQLITE_NOMEM else error
    explained = explain(error)
    assert is_fault(explained) is SQLITE[code]
    assert isinstance(explained, StoreDamaged) is (code & 0xFF in {10, 11, 26})
    assert isinstance(explained, RuleBroken) is (code & 0xFF in {19, 20})
