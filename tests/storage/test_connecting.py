"""What is said of a database: never its password, and enough to know which it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from storage import RuleBroken, StoreUnavailable, open_store
from storage.engines.postgres_connection import DEFAULTS, describe, explain, find_schema, parse_address
from storage.tx import Tx

URL = "postgresql://sari:p%40ss%2Fword@db.example.org:5433/shop"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (URL, "shop on db.example.org"),
        (f"{URL}?schema=oven", "shop on db.example.org, schema oven"),
        ("postgresql:///shop", "shop on this machine"),
        ("postgresql://db.example.org", "on db.example.org"),
    ],
)
def test_a_database_is_called_by_its_name_and_place(url: str, said: str) -> None:
    """Neither user, password nor port."""
    assert describe(url) == said


@pytest.mark.parametrize(
    ("query", "schema", "left"),
    [
        ("", "", {}),
        ("?schema=oven", "oven", {}),
        ("?schema=little%20oven&application_name=till", "little oven", {"application_name": "till"}),
        ("?application_name=till&schema=oven", "oven", {"application_name": "till"}),
        ("?connect_timeout=9&schema=oven&application_name=till", "oven", {"connect_timeout": "9"}),
    ],
)
def test_the_schema_is_ours_and_the_rest_is_the_drivers(query: str, schema: str, left: dict[str, str]) -> None:
    """Wherever it stands; and what the URL says wins over what we say of ourselves."""
    assert find_schema(URL + query) == schema
    options = parse_address(URL + query)
    assert "schema" not in options
    assert options.items() >= left.items()
    assert options.items() >= {key: said for key, said in DEFAULTS.items() if key not in query}.items()
    assert (options["host"], options["port"], options["dbname"]) == ("db.example.org", "5433", "shop")


@pytest.mark.parametrize(
    "url", ["postgresql://sari:a@b@host/shop", "postgresql://sari:a/b@host:1/shop", "postgresql://["]
)
def test_an_address_with_a_raw_password_is_refused_unquoted(url: str) -> None:
    """A special character puts parts of the password where a host or a name belongs: nothing of it is repeated."""
    with pytest.raises(StoreUnavailable, match="Write postgresql://user:password@host") as refused:
        describe(url)
    assert "sari" not in str(refused.value)


@pytest.mark.parametrize("spelling", ["p@ss/word", "p%40ss/word", "p%40ss%2Fword"])
def test_what_the_driver_says_is_passed_on_without_the_password(spelling: str) -> None:
    """In whatever spelling it quotes it; and without the driver's own error behind it."""
    said = explain(psycopg.OperationalError(f"cannot reach {spelling} twice: {spelling}"), URL)
    assert isinstance(said, StoreUnavailable)
    assert str(said) == "The database shop on db.example.org failed: cannot reach *** twice: ***"
    assert said.__cause__ is None


def test_a_broken_rule_is_told_without_its_values() -> None:
    """Details hold values, and values may be personal; what is nobody's error passes as it is."""
    broken = psycopg.errors.UniqueViolation("secret")
    said = explain(broken, URL)
    assert isinstance(said, RuleBroken)
    assert str(said) == "a constraint was broken"
    assert said.__cause__ is broken
    other = ValueError("x")
    assert explain(other, URL) is other


@pytest.mark.parametrize("name", ["100% rye.db", "rye#1.db", "rye%3f.db"])
async def test_a_file_may_have_any_name(name: str, tmp_path: Path) -> None:
    """What means something in an address means nothing in a path; the file has that name, and opens again."""
    path = tmp_path / name
    for _ in range(2):
        async with open_store(f"sqlite:///{path}") as store:
            await store.read(_look)
    assert path.exists()
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    raw.close()


def _look(tx: Tx) -> int:
    return tx.now
