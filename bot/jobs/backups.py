"""Backups at the bot's own pace: one more, and no more of the old ones than are wanted."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import UTC, datetime
from pathlib import Path

from bot.updates.job import Job
from storage.backups import back_up
from storage.frozen import frozen
from storage.store import Store
from storage.tx import Clock, utc_now

logger = logging.getLogger(__name__)

LIMIT_SECONDS = 3600.0
_NAME = re.compile(r"passalong-\d{8}T\d{6}Z\.backup(\.age)?")


@frozen
class BackupPlan:
    """Where backups go, how often, how many stay, and for whom they are encrypted (empty: not)."""

    database_url: str
    folder: Path
    every_seconds: int
    keep: int
    recipient: str


async def make_backup(plan: BackupPlan, now: int) -> Path:
    """Make one more backup, named after `now` (UTC microseconds), then remove the oldest beyond those that stay.

    Raises:
        StoreError: it cannot be made; then none is removed.
        OSError: the disk is full, or the folder not ours to write to; likewise.
    """
    file = plan.folder / compose_name(now, sealed=bool(plan.recipient))
    await asyncio.to_thread(back_up, plan.database_url, file, recipient=plan.recipient)
    for old in list_backups(plan.folder)[: -plan.keep]:
        old.unlink(missing_ok=True)
    logger.info("The database was backed up to %s", file)
    return file


def list_backup_jobs(
    database_url: str, folder: Path | None, every_seconds: int, *, keep: int, recipient: str
) -> list[Job]:
    """The job that makes backups; none where no folder is named for them."""
    if folder is None:
        return []
    plan = BackupPlan(
        database_url=database_url, folder=folder, every_seconds=every_seconds, keep=keep, recipient=recipient
    )
    return [make_backup_job(plan)]


def make_backup_job(plan: BackupPlan, *, clock: Clock = utc_now) -> Job:
    """The plan as a job: where it fails again and again, the admins are told."""

    async def run(_store: Store) -> None:
        await make_backup(plan, clock())

    return Job(name="backup", every_seconds=plan.every_seconds, run=run, limit_seconds=LIMIT_SECONDS)


def compose_name(now: int, *, sealed: bool) -> str:
    """What a backup is called: later ones sort after earlier ones."""
    moment = datetime.fromtimestamp(now // 1_000_000, UTC)
    return f"passalong-{moment:%Y%m%dT%H%M%SZ}.backup{'.age' if sealed else ''}"


def list_backups(folder: Path) -> list[Path]:
    """The backups of a folder, oldest first; nothing else that lies there."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
