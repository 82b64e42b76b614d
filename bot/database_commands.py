"""`passalong migrate`, `backup`, `restore` and `forget`: what is done to the database itself."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.complaint import complain

if TYPE_CHECKING:
    from bot.settings import Settings

ReadSettings = Callable[[], "Settings"]


def add_database_parsers(commands: Any, read_settings: ReadSettings) -> None:
    """The four of them, among the `commands` of a parser."""
    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(command=lambda _chosen: _migrate(read_settings()))
    backup = commands.add_parser("backup", help="write one consistent file of the database, also while the bot runs")
    backup.add_argument("file", type=Path, help="must not exist yet")
    backup.add_argument("--recipient", default="", help="encrypt it for this age public key (age1…)")
    backup.set_defaults(command=lambda chosen: _backup(read_settings(), chosen))
    restore = commands.add_parser("restore", help="make a database of a backup; refuses one that is there already")
    restore.add_argument("file", type=Path)
    restore.add_argument("--identity", type=Path, help="file with the age identity, where the backup is encrypted")
    restore.set_defaults(command=lambda chosen: _restore(read_settings(), chosen))
    forget = commands.add_parser("forget", help="take somebody out of the database who asks for it by letter")
    forget.add_argument(
        "telegram_id", type=int, help="the person's number at Telegram; links in their name are closed by the bot"
    )
    forget.set_defaults(command=lambda chosen: _forget(read_settings(), chosen))


def _migrate(settings: Settings) -> int:
    return asyncio.run(_migrate_store(settings))


async def _migrate_store(settings: Settings) -> int:
    from storage import StoreError, open_store  # noqa: PLC0415 -- only this command needs it

    try:
        async with open_store(settings.database_url):
            sys.stdout.write("The database is up to date.\n")
    except StoreError as error:
        return complain(str(error), 1)
    return 0


def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import back_up  # noqa: PLC0415 -- likewise

    try:
        back_up(settings.database_url, chosen.file, recipient=chosen.recipient or settings.backup_recipient)
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    sys.stdout.write(f"The database was backed up to {chosen.file}.\n")
    return 0


def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import restore  # noqa: PLC0415 -- likewise

    try:
        restore(settings.database_url, chosen.file, identity=chosen.identity)
        faults = asyncio.run(_look_at_restored(settings))
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    said = "The backup was restored with its faults." if faults else "The database was restored and is up to date."
    sys.stdout.write(f"{said}\n")
    return 1 if faults else 0


async def _look_at_restored(settings: Settings) -> list[str]:
    from storage import open_store  # noqa: PLC0415 -- only this command needs it
    from storage.checks import list_faults  # noqa: PLC0415 -- likewise

    async with open_store(settings.database_url) as store:
        return await list_faults(store)


def _forget(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.services.privacy import forget  # noqa: PLC0415 -- only this command needs it
    from storage import StoreError  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    try:
        known = run_once(settings.database_url, forget, telegram_id=chosen.telegram_id, by_letter=True)
    except StoreError as error:
        return complain(str(error), 1)
    said = "Forgotten." if known else "Nobody of this number ever came; what else was known by it is gone."
    sys.stdout.write(f"{said}\n")
    return 0
