from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from bot.jobs.backups import BackupPlan, compose_name, list_backup_jobs, list_backups, make_backup
from storage import open_store
from storage.backups import restore
from storage.errors import BackupRefused, StoreError
from storage.tables import directory
from tests.journeys.shop_at_work import open_shop, sqlite_in
from tests.logged import list_values
from tests.storage.cast import add_members
from tests.storage.clock import Clock


def plan(url: str, folder: Path, keep: int = 3) -> BackupPlan:
    """Daily, of which a few stay."""
    return BackupPlan(database_url=url, folder=folder, every_seconds=86_400, keep=keep, recipient="")


async def test_the_newest_backups_stay(
    sqlite_url: str, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """One more each time, the oldest go, and what else lies in the folder is nobody's to remove; the log says where it is."""
    caplog.set_level(logging.INFO, "bot.jobs.backups")
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "passalong-precious.backup").touch()
    made = []
    async with open_store(sqlite_url, clock=clock) as store:
        await store.write(add_members, 4)
        for _ in range(5):
            made.append(await make_backup(plan(sqlite_url, folder), clock()))
            clock.advance(86_400)
    assert list_backups(folder) == made[2:]
    assert list_values(caplog) == [(str(each),) for each in made]
    assert (folder / "passalong-precious.backup").exists()
    restore(f"sqlite:///{tmp_path}/other.db", made[-1])
    async with open_store(f"sqlite:///{tmp_path}/other.db") as store:
        assert await store.read(directory.count_members) == 4


async def test_a_backup_for_a_recipient_is_sealed(sqlite_url: str, tmp_path: Path) -> None:
    """It is called so, nobody reads it without the identity, and with it, it is like any other."""
    identity, key = import_module("pyrage").x25519.Identity.generate(), tmp_path / "key.txt"
    key.write_text(f"{identity}\n")
    async with open_store(sqlite_url) as store:
        await store.write(add_members, 4)
        sealed = replace(plan(sqlite_url, tmp_path), recipient=str(identity.to_public()))
        file = await make_backup(sealed, 1)
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert list_backups(tmp_path) == [file]
    other = f"sqlite:///{tmp_path}/other.db"
    with pytest.raises(BackupRefused, match="encrypted"):
        restore(other, file)
    restore(other, file, identity=key)
    async with open_store(other) as store:
        assert await store.read(directory.count_members) == 4


async def test_a_running_bot_makes_backups(tmp_path: Path) -> None:
    """Where a folder is named for them, the first is made at the first start."""
    folder = tmp_path / "backups"
    folder.mkdir()
    settings = {"PASSALONG_BACKUP_FOLDER": str(folder), "PASSALONG_BACKUP_EVERY": "6h"}
    async with open_shop(sqlite_in(tmp_path), settings=settings), asyncio.timeout(60):
        while not list_backups(folder):  # noqa: ASYNC110  # a folder tells nobody of what is put into it
            await asyncio.sleep(0.02)
    assert list_backup_jobs("sqlite:///x.db", None, 60, keep=1, recipient="") == []


async def test_a_backup_that_fails_removes_none(tmp_path: Path, clock: Clock) -> None:
    """Those that are there may be the last of what is lost."""
    for number in range(1, 6):
        (tmp_path / f"passalong-2026010{number}T000000Z.backup").touch()
    with pytest.raises(StoreError):
        await make_backup(plan(f"sqlite:///{tmp_path}/nothing.db", tmp_path, keep=1), clock())
    assert len(list_backups(tmp_path)) == 5


def test_names_say_the_moment_everywhere_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of the machine, backups of two machines would not sort, and in autumn not even those of one."""
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    try:
        assert compose_name(1_000_000, sealed=False) == "passalong-19700101T000001Z.backup"
    finally:
        monkeypatch.undo()
        time.tzset()
