from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from storage import open_store
from storage.migrations import HEAD, REVISIONS
from storage.migrations.upgrade import compose_config
from storage.schema.complete import metadata
from storage.schema.referrals import HOUSE_ACCOUNT

LOOK = """
import asyncio, sys
from storage import open_store

async def main() -> None:
    async with open_store(sys.argv[1]):
        pass

asyncio.run(main())
print(sorted({"alembic", "psycopg", "sqlalchemy.ext.asyncio", "mako"} & sys.modules.keys()))
"""


_NOT_OURS = ("alembic_version", "passalong_")
"""Tables of whoever migrates, and of the processes that share a database."""


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(_NOT_OURS)


def connect(url: str) -> Connection:
    """Connect to a database of either engine by SQLAlchemy."""
    parsed = make_url(url)
    driver = "postgresql+psycopg" if parsed.drivername == "postgresql" else "sqlite"
    return create_engine(parsed.set(drivername=driver), poolclass=NullPool).connect()


def describe(connection: Connection) -> dict[str, Any]:
    """Return everything a database knows of its tables."""
    inspector = inspect(connection)
    tables = [name for name in inspector.get_table_names() if not name.startswith(_NOT_OURS)]
    return {name: describe_table(inspector, name) for name in tables}


def describe_table(inspector: Any, name: str) -> dict[str, Any]:
    """Return columns, constraints and indexes of a table, in an order of their own."""
    columns = [
        (each["name"], str(each["type"]), each["nullable"], each["default"]) for each in inspector.get_columns(name)
    ]
    listed = {
        "foreign keys": inspector.get_foreign_keys(name),
        "unique": inspector.get_unique_constraints(name),
        "checks": inspector.get_check_constraints(name),
        "indexes": inspector.get_indexes(name),
    }
    ordered = {kind: sorted(spell(each) for each in found) for kind, found in listed.items()}
    return {"columns": columns, "key": inspector.get_pk_constraint(name), **ordered}


def spell(found: Any) -> str:
    """Return what was found as one text; the conditions of partial indexes are objects without a text of their own."""
    if isinstance(found, dict):
        return str(sorted((key, spell(value)) for key, value in found.items()))
    return str(found)


def test_migrations_lead_to_the_schema_on_sqlite(sqlite_url: str, empty_sqlite_url: str) -> None:
    """The tables made by the migrations are those of the schema, to the last constraint, default and index."""
    compare(sqlite_url, empty_sqlite_url)


@pytest.mark.postgres
def test_migrations_lead_to_the_schema_on_postgresql(postgres_url: str, empty_postgres_url: str) -> None:
    """Likewise."""
    compare(postgres_url, empty_postgres_url)


def compare(migrated_url: str, empty_url: str) -> None:
    """Compare the migrated tables with those made from the schema."""
    with connect(migrated_url) as migrated, connect(empty_url) as created:
        metadata.create_all(created)
        assert describe(migrated) == describe(created)
        assert set(describe(migrated)) == set(metadata.tables)
        ours = MigrationContext.configure(migrated, opts={"include_name": _is_ours})
        assert compare_metadata(ours, metadata) == []


def test_ids_are_never_used_again(sqlite_url: str) -> None:
    """In SQLite, the tables that number their rows say AUTOINCREMENT."""
    with connect(sqlite_url) as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")).scalars()
        expected = {
            table.name for table in metadata.tables.values() if table.dialect_options["sqlite"]["autoincrement"]
        }
        assert set(found) == expected


async def test_a_new_database_has_the_house_account(store_url: str) -> None:
    """It is the first account and belongs to nobody."""
    with connect(store_url) as connection:
        assert connection.execute(text("SELECT id, owner_id, balance FROM account")).all() == [(HOUSE_ACCOUNT, None, 0)]


def test_the_revisions_told_are_those_that_exist() -> None:
    """The list that spares a start from importing Alembic agrees with Alembic's own."""
    script = ScriptDirectory.from_config(compose_config())
    assert script.get_current_head() == HEAD
    assert tuple(each.revision for each in reversed(list(script.walk_revisions()))) == REVISIONS


def test_a_current_database_opens_without_what_it_does_not_need(sqlite_url: str) -> None:
    """Alembic, psycopg and SQLAlchemy's asyncio are imported by those who need them."""
    looked = subprocess.run([sys.executable, "-c", LOOK, sqlite_url], check=True, capture_output=True, text=True)
    assert looked.stdout.strip() == "[]"


async def test_opening_again_changes_nothing(store_url: str) -> None:
    """Migrating what is up to date is no change."""
    for _ in range(2):
        async with open_store(store_url):
            pass
    with connect(store_url) as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).all() == [(HEAD,)]
