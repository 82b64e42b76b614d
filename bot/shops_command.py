"""`passalong shops`: which shops the folder has and how they stand, one more, and whether all of them can be run."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.complaint import complain
from bot.core.setting import SettingMistake, mask_secrets
from bot.shops.folder import ShopFolder
from bot.shops.shop_file import find_unmakeable, furnish_database, place_database, refuse_name

if TYPE_CHECKING:
    from bot.doctor.finding import Finding
    from bot.settings import Settings
    from bot.settings_reader import SettingsReader
    from storage.occupancy import Occupancy


def add_shops_parser(shops: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """List, add, check."""
    commands = shops.add_subparsers(required=True, metavar="COMMAND")
    listed = commands.add_parser("list", help="a line for each: name, bot, database, state")
    listed.set_defaults(command=lambda _chosen: list_shops(_open_folder(reader)))
    add = commands.add_parser("add", help="one more shop: asks for what is not given, and writes its file")
    add.add_argument("name", help="small letters, digits, hyphens and underscores")
    add.add_argument("--token", default="", help="the bot's, as @BotFather told it; others on this machine may see it")
    add.add_argument("--admins", default="", metavar="IDS", help="Telegram numbers of its owners, separated by commas")
    add.set_defaults(
        command=lambda chosen: add_shop(_open_folder(reader), chosen.name, token=chosen.token, admins=chosen.admins)
    )
    check = commands.add_parser("check", help="whether every file can be run, and what to correct where not")
    check.add_argument("names", nargs="*", metavar="NAME", help="these alone")
    check.set_defaults(command=lambda chosen: check_shops(_open_folder(reader), chosen.names))


def _open_folder(reader: SettingsReader) -> ShopFolder:
    common = reader.find_shops()
    if common is None:
        raise SettingMistake("SHOPS", "names no folder", "Make one, and set it to its path")
    return ShopFolder(common.shops, common.given)


def list_shops(folder: ShopFolder) -> int:
    """Print them, a line each; a file that cannot be run says why."""
    from storage.occupancy import find_occupancy  # noqa: PLC0415 -- whoever asks for something else need not wait for it

    contents = folder.read()
    rows: list[tuple[str, ...]] = [("shop", "bot", "state", "database")]
    for name, settings in contents.shops.items():
        state = find_occupancy(settings.database_url)
        rows.append((name, _find_bot(settings, state), state, mask_secrets(settings.database_url)))
    rows += [(path.stem, "-", _say_refused(contents.crossed.get(path.stem)), "-") for path in contents.mistakes]
    sys.stdout.writelines(_align(rows))
    sys.stdout.writelines(f"{mask_secrets(words)}\n" for words in contents.mistakes.values())
    return 0


def _say_refused(crossed: Settings | None) -> str:
    """Of two that want the same the one that was at work goes on."""
    from storage.occupancy import Occupancy, find_occupancy  # noqa: PLC0415 -- likewise

    works = crossed is not None and find_occupancy(crossed.database_url) is Occupancy.AT_WORK
    return Occupancy.AT_WORK if works else "cannot be run"


def _find_bot(settings: Settings, state: Occupancy) -> str:
    """What Telegram called the bot last, as its database has it; else its number."""
    from storage import StoreError  # noqa: PLC0415 -- likewise
    from storage.beside import open_beside  # noqa: PLC0415 -- likewise
    from storage.occupancy import Occupancy  # noqa: PLC0415 -- likewise
    from storage.tables import shops  # noqa: PLC0415 -- likewise

    if state in {Occupancy.NEW, Occupancy.UNKNOWN}:  # to look would make a file where there is none
        return settings.bot_id
    try:
        with open_beside(settings.database_url) as beside:
            shop = beside.do(shops.find, writable=False)
    except StoreError:
        return settings.bot_id
    return f"@{shop.bot_username}" if shop and shop.bot_username else settings.bot_id


def _align(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"


def add_shop(folder: ShopFolder, name: str, *, token: str, admins: str) -> int:
    """Write one more shop's file; asks as `passalong setup` does where its owners are not given."""
    from bot.setup import SetupRefused  # noqa: PLC0415 -- likewise
    from storage import StoreError  # noqa: PLC0415 -- likewise

    path = folder.find_file(name)
    if why := refuse_name(name):
        return complain(f"{name}: {why}.", 2)
    if path.exists():
        return complain(f"There is a file {path} already. Look into it, or choose another name.", 1)
    try:
        asyncio.run(_add(folder, path, token, admins) if admins else _ask(folder, path, token))
    except (SetupRefused, StoreError) as error:
        return complain(str(error), 1)
    except EOFError:
        return complain("Nobody answers: give --token and --admins, or run it where you can type.", 1)
    sys.stdout.write(f"{path} is written: the shop starts by itself where the program runs.\n")
    return 0


async def _add(folder: ShopFolder, path: Path, token: str, admins: str) -> None:
    from bot.setting_parsers import parse_admin_ids  # noqa: PLC0415 -- likewise
    from bot.setup import check_token, open_api, write_env  # noqa: PLC0415 -- likewise

    owners = ",".join(map(str, sorted(parse_admin_ids(admins))))
    async with open_api(folder.common) as way:
        token = token or (await asyncio.to_thread(input, "The bot's token, as @BotFather told it: ")).strip()
        _, bot = await check_token(way, token, lambda bot_id: _refuse_bot(folder, bot_id))
    write_env(path, {"BOT_TOKEN": token, "ADMIN_IDS": owners})
    sys.stdout.write(f"It belongs to @{bot['username']}.\n")


async def _ask(folder: ShopFolder, path: Path, token: str) -> None:
    from bot.setup import Place, set_up_in  # noqa: PLC0415 -- likewise

    url = place_database(path.stem, folder.common)
    furnish_database(url)
    place = Place(env_file=path, url=url, lines={}, refuse_bot=lambda bot_id: _refuse_bot(folder, bot_id))
    await set_up_in(place, folder.common, ask=input, say=print, token=token)


def _refuse_bot(folder: ShopFolder, bot_id: int) -> str:
    """A bot has one shop."""
    taken = next((name for name, settings in folder.read().shops.items() if settings.bot_id == str(bot_id)), None)
    return f"This bot is {taken}'s already: {folder.find_file(taken)}." if taken else ""


def check_shops(folder: ShopFolder, names: Sequence[str]) -> int:
    """Print what is found in each file's settings; 1 where one of them cannot be run."""
    from bot.doctor.examination import say_finding  # noqa: PLC0415 -- likewise

    findings = list(_list_findings(folder, names))
    ill = [say_finding(finding) for finding in findings]
    well = (
        "All can be run." if findings else f"There is no shop in {folder.path} yet: passalong shops add NAME makes one."
    )
    sys.stdout.write("Something needs your hand, see above.\n" if any(ill) else f"{well}\n")
    return int(any(ill))


def _list_findings(folder: ShopFolder, names: Sequence[str]) -> Iterator[Finding]:
    from bot.doctor.examination import check_settings, list_strange_lines  # noqa: PLC0415 -- likewise
    from bot.doctor.finding import Finding  # noqa: PLC0415 -- likewise

    contents = folder.read()
    there = {*contents.shops, *(path.stem for path in contents.mistakes)}
    for name in sorted(set(names) - there):
        yield Finding(name, f"{folder.path} has no such shop", f"There are: {', '.join(sorted(there)) or 'none'}.")
    for path, words in contents.mistakes.items():
        if not names or path.stem in names:
            yield Finding(path.stem, "cannot be run", words)
    for name, settings in contents.shops.items():
        if not names or name in names:
            yield from list_strange_lines(folder, name)
            yield from check_settings(settings)
            if why := find_unmakeable(settings.database_url):
                yield Finding(f"{name}: database", "cannot be made", why)
