from __future__ import annotations

from pathlib import Path

import pytest

from storage import open_store
from storage.backups import back_up, restore
from storage.backups.postgres import go_on_numbering
from storage.backups.postgres_tools import MAGIC, dump_by_tool, find_pg_dump, name_database
from storage.engines.postgres_connection import connect
from storage.errors import BackupRefused
from storage.tables import directory
from tests.storage.cast import add_members
from tests.storage.server import Server

pytestmark = pytest.mark.postgres

URL = "postgresql://shop:hunter2@db/bakery?schema=north"


def make_pg_dump(folder: Path, script: str) -> Path:
    """Put a tool of that name there, which does what the script says."""
    tool = folder / "pg_dump"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return tool


def test_an_older_pg_dump_does_not_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses newer servers; without one that serves the tables are copied by ourselves."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    for version, serves in (("15.18", False), ("16.14", True), ("17beta1", True), ("no number", False)):
        make_pg_dump(tmp_path, f"echo 'pg_dump (PostgreSQL) {version} (Debian)'")
        assert (find_pg_dump(160_014) is not None) == serves, version
    make_pg_dump(tmp_path, "echo 'a library is missing' >&2; exit 127")
    assert find_pg_dump(160_014) is None


def test_a_command_line_holds_no_password() -> None:
    """Everybody on the machine can read it."""
    assert name_database(URL) == "host=db dbname=bakery user=shop"


def test_a_password_goes_by_the_environment(tmp_path: Path) -> None:
    """And is not among the words that a tool is called with; where there is none, the surroundings' own stays."""
    tool, file = make_pg_dump(tmp_path, f'echo "$PGPASSWORD" "$@" > "{tmp_path}/said"'), tmp_path / "shop.backup"
    dump_by_tool(str(tool), URL, "north", file)
    password, *words = (tmp_path / "said").read_text().split()
    assert password == "hunter2"
    assert f"--file={file}" in words
    assert "hunter2" not in " ".join(words)
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("PGPASSWORD", "theirs")
        dump_by_tool(str(tool), "postgresql://shop@db/bakery", "north", file)
    assert (tmp_path / "said").read_text().split()[0] == "theirs"


@pytest.fixture
def tools(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own tools, on the path."""
    monkeypatch.setenv("PATH", f"{postgres_server.tools}:/usr/bin:/bin")


@pytest.mark.usefixtures("tools")
async def test_a_schema_goes_back_into_one_of_its_name(empty_postgres_url: str, tmp_path: Path) -> None:
    """What pg_dump wrote names its schema; another one is refused in words, and so is a machine without pg_restore."""
    mark, file = "&" if "?" in empty_postgres_url else "?", tmp_path / "shop.backup"
    north, south = (f"{empty_postgres_url}{mark}schema={name}" for name in ("north", "south"))
    async with open_store(north) as store:
        await store.write(add_members, 3)
    back_up(north, file)
    assert file.read_bytes().startswith(MAGIC)
    with pytest.raises(BackupRefused, match="of the schema north, and this one is called south"):
        restore(south, file)
    with pytest.MonkeyPatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        with pytest.raises(BackupRefused, match="needs pg_restore"):
            restore(south, file)


@pytest.mark.usefixtures("tools")
async def test_a_schema_of_its_own_comes_back(empty_postgres_url: str, postgres_server: Server, tmp_path: Path) -> None:
    """Into another database, under the same name."""
    file = tmp_path / "shop.backup"
    with postgres_server.lend_empty() as other:
        here, there = (f"{url}{'&' if '?' in url else '?'}schema=north" for url in (empty_postgres_url, other))
        async with open_store(here) as store:
            await store.write(add_members, 3)
        back_up(here, file)
        restore(there, file)
        async with open_store(there) as store:
            assert await store.read(directory.count_members) == 3


@pytest.mark.parametrize("forbidden", ["enable_nestloop", "enable_hashjoin", "enable_mergejoin", "enable_indexscan"])
def test_numbering_goes_on_whatever_the_plan(postgres_url: str, forbidden: str) -> None:
    """The server's plans change with what it knows; by some of them tables of all schemas are looked at before the shop's are chosen."""
    with connect(postgres_url) as connection:
        connection.execute(f"SET {forbidden} = off".encode())
        go_on_numbering(connection, {"person": 41})
        connection.execute(b"RESET ALL")
        found = connection.execute(b"SELECT nextval('person_id_seq'), nextval('referral_id_seq')").fetchone()
    assert found == (42, 1)
