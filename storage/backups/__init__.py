"""Backups: one consistent file of a database that goes on working, and a database made of such a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.backups.sealing import is_sealed, open_sealed, seal
from storage.errors import BackupRefused

PRIVATE = 0o600


def back_up(url: str, file: Path, *, recipient: str = "") -> None:
    """Write a backup beside a running process, and give it its name once it is whole. Blocks while it does.

    Args:
        url: The database.
        file: Must not exist; nobody else may read it.
        recipient: An age public key (`age1…`) that the file is encrypted for; empty for none.

    Raises:
        BackupRefused: the file exists, or cannot be encrypted.
        StoreUnavailable: the database cannot be read, or the file not be written.
    """
    if file.exists():
        raise BackupRefused(f"{file} exists already. Give the backup a name of its own.")
    with TemporaryDirectory(prefix=f".{file.name}.", dir=file.absolute().parent) as folder:
        plain = Path(folder) / "plain"
        os.close(os.open(plain, os.O_WRONLY | os.O_CREAT, PRIVATE))
        _choose(url, "dump")(url, plain)
        whole = seal(plain, Path(folder) / "sealed", recipient) if recipient else plain
        _finish(whole, file)


def restore(url: str, file: Path, *, identity: Path | None = None) -> None:
    """Make a database of a backup. Blocks while it does; bring the database up to date afterwards.

    Args:
        url: Must name a database that is not there yet, or holds nothing.
        file: The backup.
        identity: The file with the age identity (`AGE-SECRET-KEY-1…`), where the backup is encrypted.

    Raises:
        BackupRefused: the file is no whole backup, is of the other kind of database or cannot be decrypted, or the
            target is not empty.
        StoreBusy: another process works in the target.
        StoreTooNew: the backup is of a newer program.
        StoreUnavailable: the database cannot be written.
    """
    if not file.is_file():
        raise BackupRefused(f"{file} is no file.")
    with TemporaryDirectory(prefix="passalong-restore-") as folder:
        plain = open_sealed(file, Path(folder) / "plain", identity) if is_sealed(file) else file
        _choose(url, "load")(url, plain)


def _choose(url: str, name: str) -> Callable[[str, Path], None]:
    """The function of the engine's own file; what the other engine needs is not imported."""
    if url.startswith("sqlite:"):
        from storage.backups import sqlite as engine  # noqa: PLC0415  # only what is used is imported
    else:
        from storage.backups import postgres as engine  # type: ignore[no-redef]  # noqa: PLC0415  # likewise
    chosen: Callable[[str, Path], None] = getattr(engine, name)
    return chosen


def _finish(whole: Path, file: Path) -> None:
    whole.chmod(PRIVATE)
    with whole.open("rb") as written:
        os.fsync(written.fileno())
    try:
        os.link(whole, file)  # unlike a renaming it never takes the place of another file
    except FileExistsError:
        raise BackupRefused(f"{file} exists already. Give the backup a name of its own.") from None
