"""Looking everything over before a shop relies on it, and saying what to do about what is amiss."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.assets import ASSETS
from bot.core.setting import PREFIX, SettingMistake
from bot.env_file import EnvFileMistake
from bot.settings import DEFAULTS, Settings, read_settings
from bot.stray_settings import list_emptied, list_unknown
from bot.wire.errors import NotSent
from bot.wire.proxies import explain_page, open_session
from bot.wire.transport import find_word, translate_error

OLDEST_SQLITE = (3, 35, 0)
CLOCK_SECONDS = 60
PATIENCE_SECONDS = 10
DISK_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` says what to do, and is empty where all is well."""

    subject: str
    state: str
    cure: str = ""
    serious: bool = True
    """Whether the bot cannot do its work like this."""


async def examine(environment: Mapping[str, str], env_file: Path) -> int:
    """Print a line for everything looked at; returns 1 when something serious is amiss."""
    ill = False
    async for finding in _list_findings(environment, env_file):
        mark = "ok  " if not finding.cure else "FAIL" if finding.serious else "note"
        sys.stdout.write(f"{mark}  {finding.subject}: {finding.state}\n")
        if finding.cure:
            sys.stdout.write(f"      {finding.cure}\n")
        ill = ill or bool(finding.cure and finding.serious)
    sys.stdout.write("Something needs your hand, see above.\n" if ill else "All is well.\n")
    return int(ill)


async def _list_findings(environment: Mapping[str, str], env_file: Path) -> AsyncIterator[Finding]:
    yield _check_sqlite()
    yield _check_fonts()
    yield _check_shaping()
    try:
        strays = _list_strays(environment, env_file)
        settings = read_settings(environment, env_file=env_file)
    except (SettingMistake, EnvFileMistake) as mistake:
        yield Finding("settings", "a value cannot be", str(mistake))
        return
    for stray in strays:
        yield stray
    yield _check_admins(settings)
    yield _check_campaign(settings)
    async for finding in _check_database(settings):
        yield finding
    async for finding in _check_telegram(settings):
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
    if settings.admin_ids:
        return Finding("owners", f"{len(settings.admin_ids)} by {PREFIX}ADMIN_IDS")
    cure = f"Put your Telegram id into {PREFIX}ADMIN_IDS: until then nobody can write to members or see figures."
    return Finding("owners", "there is none", cure, serious=False)


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
    from bot.campaign_file import CampaignMistake, load_campaign  # noqa: PLC0415 -- heavy, and not needed for a mistaken setting

    try:
        campaign = load_campaign(settings.campaign).campaign
    except CampaignMistake as mistake:
        return Finding("campaign", f"{settings.campaign}: {mistake}", "Correct that line and look again.")
    return Finding("campaign", f"{campaign.slug}, theme {campaign.theme}")


async def _check_database(settings: Settings) -> AsyncIterator[Finding]:
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise
    from storage.checks import list_faults  # noqa: PLC0415 -- likewise

    try:
        async with open_store(settings.database_url) as store:
            faults = await list_faults(store)
    except StoreBusy:
        yield Finding("database", "in use by a running bot", "To look inside it, stop the bot first.", serious=False)
    except StoreError as error:
        yield Finding("database", str(error), f"Look at {PREFIX}DATABASE_URL, and whether the place can be written to.")
    else:
        cure = "Stop the bot and restore the latest backup." if faults else ""
        yield Finding("database", "; ".join(faults) or "opens, whole and balanced", cure)
    free = shutil.disk_usage(".").free
    cure = "" if free > DISK_BYTES else "Make room: a full disk stops the bot until there is some."
    yield Finding("disk", f"{free // 2**20:,} MiB free here", cure, serious=False)


async def _check_telegram(settings: Settings) -> AsyncIterator[Finding]:
    if settings.proxy is not None:
        yield Finding("proxy", str(settings.proxy))
    try:
        me, date = await _ask_telegram(settings)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
        said = str(translate_error(error, settings.bot_token, settings.proxy))
        told = said if said.startswith("The proxy") else f"does not answer. {said}"
        yield Finding("Telegram", told, _compose_cure(settings))
        return
    if not me.get("ok"):
        yield Finding("token", str(me.get("description", "refused")), "Ask @BotFather for the token and set it anew.")
        return
    identity = me["result"]
    yield Finding("token", f"belongs to @{identity['username']}")
    yield _check_inline(identity)
    yield _check_guest(identity)
    yield _check_clock(date)


def _compose_cure(settings: Settings) -> str:
    way = f"{PREFIX}PROXY (or HTTPS_PROXY, ALL_PROXY)" if settings.proxy else "the network"
    return f"Look at {way} and at {PREFIX}BOT_API_URL."


async def _ask_telegram(settings: Settings) -> tuple[dict[str, Any], str]:
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    async with (
        open_session(settings.proxy, timeout=timeout) as session,
        session.get(f"{settings.bot_api_url}/bot{settings.bot_token}/getMe") as answer,
    ):
        said = find_word(await answer.read())
        if said is None:
            raise NotSent(explain_page(answer.status, settings.proxy))
        return said, answer.headers.get("Date", "")


def _check_inline(identity: dict[str, Any]) -> Finding:
    if identity.get("supports_inline_queries"):
        return Finding("inline mode", "on")
    cure = (
        "Send @BotFather /setinline: then a card takes three taps. Until then the buttons open Telegram's share sheet."
    )
    return Finding("inline mode", "off", cure, serious=False)


def _check_guest(identity: dict[str, Any]) -> Finding:
    if identity.get("supports_guest_queries"):
        return Finding("guest mode", "on")
    cure = "Switch it on in @BotFather's settings of this bot: then a member calls it by name in any chat, and it brings their card."
    return Finding("guest mode", "off", cure, serious=False)


def _check_clock(date: str) -> Finding:
    if not date:
        return Finding("clock", "could not be compared", "", serious=False)
    drift = time.time() - parsedate_to_datetime(date).timestamp()
    cure = "" if abs(drift) < CLOCK_SECONDS else "Set the clock, best by NTP: dates and waits depend on it."
    return Finding("clock", f"{abs(drift):.0f} s from Telegram's", cure, serious=False)
