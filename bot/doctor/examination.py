"""Looking everything over before a shop relies on it, and saying what to do about what is amiss."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.assets import ASSETS
from bot.core.setting import PREFIX, SettingMistake, mask_secrets
from bot.doctor.chats import CHOSEN, read_place
from bot.doctor.finding import Finding
from bot.doctor.telegram import check_telegram
from bot.env_file import EnvFileMistake
from bot.services.campaigns.opening import hear
from bot.setting_parsers import DEFAULTS
from bot.settings import Settings, find_shops, read_settings
from bot.shops.folder import ShopFolder
from bot.shops.shop_file import furnish
from bot.stray_settings import list_emptied, list_unknown
from storage.errors import StoreUnavailable
from storage.tables.shops import Said

OLDEST_SQLITE = (3, 35, 0)
DISK_BYTES = 200 * 1024 * 1024


async def examine(environment: Mapping[str, str], env_file: Path, *, shop: str = "") -> int:
    """Print a line for everything looked at; returns 1 when something serious is amiss. Of several shops all, or the named one."""
    ill = False
    async for finding in _list_findings(environment, env_file, shop):
        ill = say_finding(finding) or ill
    sys.stdout.write("Something needs your hand, see above.\n" if ill else "All is well.\n")
    return int(ill)


def say_finding(finding: Finding) -> bool:
    """Print a finding, with what to do about it; whether it is serious."""
    mark = "ok  " if not finding.cure else "FAIL" if finding.serious else "note"
    sys.stdout.write(f"{mark}  {finding.subject}: {finding.state}\n")
    if finding.cure:
        sys.stdout.write(f"      {finding.cure}\n")
    return bool(finding.cure and finding.serious)


async def _list_findings(environment: Mapping[str, str], env_file: Path, shop: str) -> AsyncIterator[Finding]:
    yield _check_sqlite()
    yield _check_fonts()
    yield _check_shaping()
    yield _check_disk()
    try:
        for stray in _list_strays(environment, env_file):
            yield stray
        common = find_shops(environment, env_file=env_file)
        settings = read_settings(environment, env_file=env_file) if common is None else None
    except (SettingMistake, EnvFileMistake) as mistake:
        yield Finding("settings", "a value cannot be", str(mistake))
        return
    if settings is not None:
        async for finding in _look_at_shop(settings):
            yield finding
    elif common is not None:
        async for finding in _look_at_shops(ShopFolder(common.shops, common.given), shop):
            yield finding


async def _look_at_shops(folder: ShopFolder, shop: str) -> AsyncIterator[Finding]:
    contents = folder.read()
    for path, words in contents.mistakes.items():
        if shop in {"", path.stem}:
            yield Finding(f"{path.stem}: settings", "a value cannot be", words)
    for name, settings in contents.shops.items():
        if shop in {"", name}:
            for stray in list_strange_lines(folder, name):
                yield stray
            with suppress(StoreUnavailable):  # the database says what is wrong with its place
                furnish(settings)
            async for finding in _look_at_shop(settings):
                yield replace(finding, subject=f"{name}: {finding.subject}")
    if shop and folder.find_file(shop) not in folder.list_files():
        yield Finding("shop", f"{folder.path} has none that is called {shop}", "Look at: passalong shops list")


def list_strange_lines(folder: ShopFolder, name: str) -> list[Finding]:
    """What a shop's file says that is no setting."""
    unknown = list_unknown({}, env_file=folder.find_file(name)).items()
    known = f"There are: {', '.join(PREFIX + each for each in DEFAULTS)}"
    return [
        Finding(f"{name}: {stray}", "is not a setting", f"Call it {meant}" if meant else known, serious=False)
        for stray, meant in unknown
    ]


def check_settings(settings: Settings) -> Iterator[Finding]:
    """What can be said of a shop of several without asking Telegram or its database."""
    for finding in (_check_admins(settings), _check_campaign(settings), _check_capabilities(settings)):
        yield replace(finding, subject=f"{settings.shop}: {finding.subject}")


def _check_capabilities(settings: Settings) -> Finding:
    from bot.capabilities import CAPABILITIES  # noqa: PLC0415 -- heavy, and not needed for a mistaken setting
    from bot.updates.capability import Registry  # noqa: PLC0415 -- likewise

    try:
        Registry(CAPABILITIES, settings.given)
    except SettingMistake as mistake:
        return Finding("settings", "a value cannot be", str(mistake))
    return Finding("settings", f"bot {settings.bot_id}, {mask_secrets(settings.database_url)}")


async def _look_at_shop(settings: Settings) -> AsyncIterator[Finding]:
    yield _check_admins(settings)
    yield _check_campaign(settings)
    database, place = await _look_inside(settings)
    yield database
    yield _say_time(settings, place)
    async for finding in check_telegram(settings, place):
        yield finding


def _list_strays(environment: Mapping[str, str], env_file: Path) -> list[Finding]:
    known = f"There are: {', '.join(PREFIX + each for each in DEFAULTS)}"
    unknown = list_unknown(environment, env_file=env_file).items()
    return [
        *(Finding(name, "is not a setting", f"Call it {it}" if it else known, serious=False) for name, it in unknown),
        *(
            Finding(
                name,
                f"is empty in the environment; what {env_file} says holds",
                "Take it out of one of them",
                serious=False,
            )
            for name in list_emptied(environment, env_file=env_file)
        ),
    ]


def _check_admins(settings: Settings) -> Finding:
    """Whether anybody runs the shop."""
    if settings.admin_ids:
        return Finding("owners", f"{len(settings.admin_ids)} by {PREFIX}ADMIN_IDS")
    cure = f"Put your Telegram id into {PREFIX}ADMIN_IDS: until then nobody can write to members or see figures."
    return Finding("owners", "there is none", cure, serious=False)


def _say_time(settings: Settings, place: Said | None) -> Finding:
    name = "TIMEZONE"
    zone, given = settings.timezone, settings.given.get(name)
    chosen = f"{zone}, by {PREFIX}{name}" if given else f"{DEFAULTS[name]}, since {PREFIX}{name} is not set"
    if place is not None and (place.zone or "") != (given or ""):
        zone = ZoneInfo(place.zone or DEFAULTS[name])
        chosen = f"{zone}, by {CHOSEN}"
    return Finding("the shop's time", f"{datetime.now(zone):%H:%M}, {chosen}")


def _check_sqlite() -> Finding:
    cure = "" if sqlite3.sqlite_version_info >= OLDEST_SQLITE else "Install a Python with SQLite 3.35 or newer."
    return Finding("SQLite", sqlite3.sqlite_version, cure)


def _check_fonts() -> Finding:
    fonts = sorted((ASSETS / "fonts").glob("*.ttf"))
    try:
        from bot.cards.studio import CardStudio  # noqa: PLC0415 -- only where it is looked at

        studio = CardStudio(ASSETS)
        for theme in studio.list_themes():
            studio.check_theme(theme)
    except Exception as error:  # noqa: BLE001 -- whatever is wrong with the pictures is told, not raised
        return Finding("fonts and themes", str(error), "Install Passalong again: files of its own are missing.")
    return Finding("fonts and themes", f"{len(fonts)} fonts, {len(studio.list_themes())} themes")


def _check_shaping() -> Finding:
    from bot.cards.scripts import can_shape  # noqa: PLC0415 -- only where it is looked at

    if can_shape():
        return Finding("shaping of letters", "raqm is there, names of every script are drawn")
    cure = "Install FriBidi (Debian: apt-get install libfribidi0): until then Arabic, Hindi or Thai names are left off pictures."
    return Finding("shaping of letters", "Pillow finds no raqm", cure, serious=False)


def _check_campaign(settings: Settings) -> Finding:
    """Whether the campaign file can be used."""
    from bot.campaign_file import CampaignMistake, load_campaign  # noqa: PLC0415 -- heavy, and not needed for a mistaken setting

    try:
        campaign = load_campaign(settings.campaign).campaign
    except CampaignMistake as mistake:
        return Finding("campaign", f"{settings.campaign}: {mistake}", "Correct that line and look again.")
    return Finding("campaign", f"{campaign.slug}, theme {campaign.theme}")


async def _look_inside(settings: Settings) -> tuple[Finding, Said | None]:
    """How the database is, and what holds of the shop's chats and zone by it; None where it cannot be asked."""
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise
    from storage.checks import list_faults  # noqa: PLC0415 -- likewise
    from storage.tables import shops  # noqa: PLC0415 -- likewise

    try:
        async with open_store(settings.database_url) as store:
            faults, shop = await list_faults(store), await store.read(shops.find)
    except StoreBusy:
        return Finding(
            "database", "in use by a running bot", "To look inside it, stop the bot first.", serious=False
        ), None
    except StoreError as error:
        cure = f"Look at {PREFIX}DATABASE_URL, and whether the place can be written to."
        return Finding("database", str(error), cure), None
    cure = "Stop the bot and restore the latest backup." if faults else ""
    return Finding("database", "; ".join(faults) or "opens, whole and balanced", cure), hear(read_place(settings), shop)


def _check_disk() -> Finding:
    free = shutil.disk_usage(".").free
    cure = "" if free > DISK_BYTES else "Make room: a full disk stops the bot until there is some."
    return Finding("disk", f"{free // 2**20:,} MiB free here", cure, serious=False)
