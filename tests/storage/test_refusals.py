"""What a person reads whose database or backup is refused, word for word: it says which one, and what would be right."""

from __future__ import annotations

import gzip
import importlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage import StoreError, open_store
from storage.backups import back_up, restore
from storage.backups.postgres import FORMAT
from storage.migrations import HEAD

_NEWER = (
    f"The database in the backup is at version 9999, but this program knows versions up to {HEAD}: "
    "it was written by a newer Passalong. Update this one; it will not touch the database as it is."
)


def refuse_restore(url: str, file: Path, content: bytes, identity: Path | None = None) -> str:
    """Let a backup be restored that is none, and return what is said of it."""
    file.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        restore(url, file, identity=identity)
    return str(refused.value)


def change(whole: bytes, file: Path, statement: str) -> bytes:
    """Do something to the database in a backup."""
    file.write_bytes(whole)
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute(statement)
    return file.read_bytes()


def test_a_backup_that_is_refused_says_why(sqlite_url: str, empty_sqlite_url: str, tmp_path: Path) -> None:
    """Of something else, cut off, newer or in the way; nothing is left where the database was to be."""
    file, target = tmp_path / "shop.backup", tmp_path / "new.db"
    back_up(sqlite_url, file)
    whole = file.read_bytes()
    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as raw:
        raw.execute("CREATE TABLE thing (id INTEGER)")
    spoilt = {
        b"hello": f"{file} is no backup of a SQLite database.",
        b"": f"{file} is no backup of a SQLite database.",
        whole + bytes(4096): "The backup is damaged: it was cut off.",
        (tmp_path / "other.db").read_bytes(): "The backup holds no database of Passalong.",
        change(whole, file, "UPDATE alembic_version SET version_num = '9999'"): _NEWER,
    }
    for content, words in spoilt.items():
        assert refuse_restore(empty_sqlite_url, file, content) == words
    assert refuse_restore(empty_sqlite_url, file, whole[:200]).startswith("The backup is damaged: ")
    assert target.stat().st_size == 0
    assert not list(tmp_path.glob(".new.db*"))
    target.write_bytes(b"x")
    there = f"{target} is there already. Name a database that is not, or move this one away."
    assert refuse_restore(empty_sqlite_url, file, whole) == there
    target.write_bytes(b"")
    restore(empty_sqlite_url, file)
    assert target.stat().st_size == len(whole)


def test_a_backup_that_cannot_be_made_says_why(sqlite_url: str, tmp_path: Path) -> None:
    """Its name is taken, its database is not there, or the key that it is to be sealed with is none."""
    file, gone = tmp_path / "shop.backup", tmp_path / "gone.db"
    taken = f"{file} exists already. Give the backup a name of its own."
    key = "The key to encrypt backups for is no age public key, which begins with age1."
    with pytest.raises(StoreError) as refused:
        back_up(sqlite_url, file, recipient="age1nothing")
    assert str(refused.value) == key
    file.write_bytes(b"")
    with pytest.raises(StoreError) as refused:
        back_up(sqlite_url, file)
    assert str(refused.value) == taken
    with pytest.raises(StoreError) as refused:
        back_up(f"sqlite:///{gone}", tmp_path / "other.backup")
    assert str(refused.value).startswith(f"The database {gone} cannot be backed up: ")
    with pytest.raises(StoreError) as refused:
        restore(f"sqlite:///{gone}", tmp_path / "none.backup")
    assert str(refused.value) == f"{tmp_path}/none.backup is no file."


def test_a_sealed_backup_says_what_it_needs(sqlite_url: str, empty_sqlite_url: str, tmp_path: Path) -> None:
    """The file with the key, and the right one."""
    x25519 = importlib.import_module("pyrage").x25519
    file, key = tmp_path / "shop.backup", tmp_path / "key.txt"
    back_up(sqlite_url, file, recipient=str(x25519.Identity.generate().to_public()))
    sealed = file.read_bytes()
    needed = f"{file} is encrypted. Give the file with the age identity: --identity key.txt"
    assert refuse_restore(empty_sqlite_url, file, sealed) == needed
    assert refuse_restore(empty_sqlite_url, file, sealed, key) == needed
    for content in (f"{x25519.Identity.generate()}\n", "no key\n"):
        key.write_text(content)
        said = refuse_restore(empty_sqlite_url, file, sealed, key)
        assert said == f"{file} cannot be decrypted with {key}."


async def test_an_address_that_names_no_database_is_told_how_one_is_named(sqlite_url: str, tmp_path: Path) -> None:
    """Of another kind, in memory or without a name; and a file does not belong to two."""
    unknown = "Unknown kind of database 'mysql': sqlite:///file.db and postgresql://… are known."
    nameless = " names no file: write sqlite:///file.db or sqlite:////absolute/file.db."
    addresses = {
        "mysql://there": unknown,
        "sqlite:///": f"'sqlite:///'{nameless}",
        "sqlite:///:memory:": f"'sqlite:///:memory:'{nameless}",
        "sqlite://file.db": f"'sqlite://file.db'{nameless}",
        "sqlite:///file.db?mode=ro": f"'sqlite:///file.db?mode=ro'{nameless}",
    }
    for url, words in addresses.items():
        with pytest.raises(StoreError) as refused:
            async with open_store(url):
                pass
        assert str(refused.value) == words
    with pytest.raises(StoreError) as refused:
        async with open_store(sqlite_url, guest=True):
            pass
    assert str(refused.value) == "A SQLite file belongs to one process. Several share a shop on PostgreSQL."
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("CREATE TABLE thing (id INTEGER)")
    with pytest.raises(StoreError) as refused:
        async with open_store(f"sqlite:///{tmp_path}/other.db"):
            pass
    other = f"The database {tmp_path}/other.db is another program's. Look at DATABASE_URL: it names the wrong file."
    assert str(refused.value) == other


@pytest.mark.postgres
def test_a_backup_that_postgres_is_not_filled_from_says_why(
    empty_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of something else, cut off or newer; and a database with a table in it is filled by none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "shop.backup"
    head: dict[str, str | None] = {"format": FORMAT, "revision": HEAD}
    spoilt = {
        b"hello": f"{file} is no backup of a PostgreSQL database.",
        gzip.compress(b"{}\n"): "The file is no backup of Passalong.",
        gzip.compress(b"{}"): f"{file} is no whole backup of a PostgreSQL database.",
        gzip.compress(compose_head(head | {"format": "tar"})): "The file is no backup of Passalong.",
        gzip.compress(compose_head(head | {"revision": None})): "The file is no backup of Passalong.",
        gzip.compress(compose_head(head | {"revision": "9999"})): _NEWER,
    }
    for content, words in spoilt.items():
        assert refuse_restore(empty_postgres_url, file, content) == words
    with closing(psycopg.connect(empty_postgres_url, autocommit=True)) as raw:
        raw.execute("CREATE TABLE thing (id INTEGER)")
    there = "The database has tables already. Name an empty one."
    assert refuse_restore(empty_postgres_url, file, b"hello") == there


def compose_head(said: dict[str, str | None]) -> bytes:
    """The first line of a backup."""
    return json.dumps(said).encode() + b"\n"
