"""`passalong migrate`, `backup`, `restore` and `forget`: what is done to the database itself."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.complaint import WRONG_SETTING, complain
from bot.shops.folder import ShopFolder
from bot.shops.shop_file import furnish
from storage.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.settings_reader import SettingsReader


def add_migrate_parser(migrate: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """Nothing more to say."""
    migrate.set_defaults(command=lambda _chosen: _for_each(reader, _migrate))


def add_backup_parser(backup: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """Where to, and for whom."""
    backup.add_argument("file", type=Path, help="must not exist yet; with several shops a folder, for a file each")
    backup.add_argument("--recipient", default="", help="encrypt it for this age public key (age1…)")
    backup.set_defaults(command=lambda chosen: _backup(reader, chosen))


def add_restore_parser(restore: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """Where from."""
    restore.add_argument("file", type=Path)
    restore.add_argument("--identity", type=Path, help="file with the age identity, where the backup is encrypted")
    restore.set_defaults(command=lambda chosen: _restore(reader, chosen))


def add_forget_parser(forget: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """Whom."""
    forget.add_argument(
        "telegram_id", type=int, help="the person's number at Telegram; links in their name are closed by the bot"
    )
    forget.set_defaults(command=lambda chosen: _forget(reader.read(), chosen))


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


def _for_each(reader: SettingsReader, work: Callable[[Settings], int]) -> int:
    """For the shop that is meant, or with several and none named for each of them; the first status that is not 0."""
    common = None if reader.shop else reader.find_shops()
    if common is None:
        return work(reader.read())
    contents = ShopFolder(common.shops, common.given).read()
    statuses = [complain(words, WRONG_SETTING) for words in contents.mistakes.values()]
    for name, settings in contents.shops.items():
        sys.stdout.write(f"{name}: ")
        sys.stdout.flush()
        try:
            furnish(settings)
        except StoreUnavailable as error:
            statuses.append(complain(str(error), 1))
            continue
        statuses.append(work(settings))
    return next(filter(None, statuses), 0)


def _backup(reader: SettingsReader, chosen: argparse.Namespace) -> int:
    """One shop's database to a file, or those of several into a folder."""
    file: Path = chosen.file
    if reader.shop or reader.find_shops() is None or not file.is_dir():
        return _back_up(reader.read(), file, chosen.recipient)
    return _for_each(reader, lambda each: _back_up(each, file / f"{each.shop}.backup", chosen.recipient))


def _back_up(settings: Settings, file: Path, recipient: str) -> int:
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import back_up  # noqa: PLC0415 -- likewise

    try:
        back_up(settings.database_url, file, recipient=recipient or settings.backup_recipient)
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    sys.stdout.write(f"The database was backed up to {file}.\n")
    return 0


def _restore(reader: SettingsReader, chosen: argparse.Namespace) -> int:
    from storage import StoreError  # noqa: PLC0415 -- only these commands need it
    from storage.backups import restore  # noqa: PLC0415 -- likewise

    try:
        url = reader.find_place()
        restore(url, chosen.file, identity=chosen.identity)
        faults = asyncio.run(_look_at_restored(url))
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    said = "The backup was restored with its faults." if faults else "The database was restored and is up to date."
    sys.stdout.write(f"{said}\n")
    return 1 if faults else 0


async def _look_at_restored(url: str) -> list[str]:
    from storage import open_store  # noqa: PLC0415 -- only this command needs it
    from storage.checks import list_faults  # noqa: PLC0415 -- likewise

    async with open_store(url) as store:
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
