"""A shop's own file `<name>.env`: its lines over what is common to all shops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from bot.core.setting import PREFIX, SettingMistake
from bot.env_file import read_env_file
from bot.setting_files import read_setting_files
from bot.setting_parsers import OWN_PATHS
from bot.settings import Settings, read_settings
from storage.errors import StoreUnavailable

SUFFIX = ".env"

COMMON_ALONE = frozenset(
    {"SHOPS", "LISTEN", "TRUSTED_PROXIES", "METRICS_TOKEN", "LOG_LEVEL", "LOG_FORMAT", "HEARTBEAT"}
)
"""Settings of the process: no shop has one of its own."""

OWN_ALONE = frozenset({"BOT_TOKEN", "DATABASE_SCHEMA"})
"""Settings that no two shops can share: set for all they are nobody's."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_SCHEMAS = re.compile(r"pg_.*|information_schema|public|passalong")
"""Names of PostgreSQL's own schemas, and of ours."""

_SQLITE = "sqlite:///"


def refuse_name(name: str) -> str:
    """Why a shop cannot be called this; empty where it can: the name is one of a file, a schema and a path."""
    if not _NAME.fullmatch(name):
        return "a shop's name has up to 41 small letters a-z, digits, hyphens and underscores, and begins with a letter"
    return "this name is the program's or the database's own" if _SCHEMAS.fullmatch(name) or name in OWN_PATHS else ""


def read_shop(path: Path, common: Mapping[str, str]) -> Settings:
    """The settings of a shop by its file and by what is `common`, each setting by its full name.

    Raises:
        SettingMistake: a value cannot be.
        EnvFileMistake: the file cannot be read.
    """
    settings = read_settings(compose_environment(path, common), shop=path.stem)
    own = f"{PREFIX}BACKUP_FOLDER" in read_env_file(path)
    folder = settings.backup_folder if own or settings.backup_folder is None else settings.backup_folder / path.stem
    return replace(settings, backup_folder=folder)


def furnish(settings: Settings) -> None:
    """Make the folders that are this shop's own, where what they lie in is there.

    Raises:
        StoreUnavailable: one cannot be made.
    """
    if settings.backup_folder is not None:
        _make(settings.backup_folder)
    furnish_database(settings.database_url)


def furnish_database(url: str) -> None:
    """Make the folder that a SQLite file lies in; raises likewise."""
    if url.startswith(_SQLITE):
        _make(Path(url.removeprefix(_SQLITE)).parent)


def find_unmakeable(url: str) -> str:
    """Why `furnish_database` would refuse this place, without making anything; empty where it would not."""
    folder = Path(url.removeprefix(_SQLITE)).parent
    if not url.startswith(_SQLITE) or folder.is_dir() or folder.parent.is_dir():
        return ""
    return f"What the folder {folder} is to lie in is not there. Make it, or name another place"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be made: {error.strerror}.") from None


def compose_environment(path: Path, common: Mapping[str, str]) -> dict[str, str]:
    """What the environment would be if this shop were alone in the process.

    The file's lines win, an empty one too: then the default holds. Of what is common, places get the shop's name.

    Raises:
        SettingMistake: the file sets what only the process can have, or a common place is none for several shops.
        EnvFileMistake: the file cannot be read.
    """
    own = read_setting_files(read_env_file(path))
    for name in own:
        if name.removeprefix(PREFIX) in COMMON_ALONE and name.startswith(PREFIX):
            right = "Take the line away here, and set it in the environment"
            raise SettingMistake(name.removeprefix(PREFIX), "holds for all shops and cannot be one's own", right)
    kept = {name: value for name, value in common.items() if name.removeprefix(PREFIX) not in {*OWN_ALONE, "SHOPS"}}
    own = {name: value for name, value in own.items() if value.strip() or name != f"{PREFIX}DATABASE_URL"}
    places = {name: value for name, value in _place(path.stem, common).items() if name not in own}
    return {**kept, **places, **_find_campaign(own, path.parent)}


def _place(name: str, common: Mapping[str, str]) -> dict[str, str]:
    """Where this shop's things are by what is common: each has a place of its own."""
    places = {f"{PREFIX}DATABASE_URL": place_database(name, common)}
    if public := common.get(f"{PREFIX}PUBLIC_URL", "").strip():
        places[f"{PREFIX}PUBLIC_URL"] = f"{public.rstrip('/')}/{name}"
    return places


def place_database(name: str, common: Mapping[str, str]) -> str:
    """Where a shop of this name has its database unless its file says so itself.

    Raises:
        SettingMistake: what is common is a place for one.
    """
    url = common.get(f"{PREFIX}DATABASE_URL", "").strip()
    if url.startswith("postgresql://"):
        if parse_qs(urlsplit(url).query).get("schema"):
            right = "Leave the schema out: each shop's is called like the shop"
            raise SettingMistake("DATABASE_URL", "names one schema for all shops", right)
        return f"{url}{'&' if '?' in url else '?'}schema={quote(name, safe='')}"
    if not url:
        return f"{_SQLITE}{name}.db"
    folder = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not (folder.endswith("/") or Path(folder).is_dir()):
        right = "Give a folder as sqlite:///path/to/folder/, or a PostgreSQL database, or each shop's file a line of its own"
        raise SettingMistake("DATABASE_URL", "names no place for several shops", right)
    return f"{_SQLITE}{folder.rstrip('/')}/{name}.db"


def _find_campaign(own: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The shop's lines, with the campaign file found from the folder that they lie in."""
    name = f"{PREFIX}CAMPAIGN"
    value = own.get(name, "").strip()
    return {**own, name: str(folder / value)} if value else dict(own)


class Owned(NamedTuple):
    """What only one shop can have, and the setting that names it."""

    setting: str
    value: str


def list_owned(settings: Settings) -> tuple[Owned, ...]:
    """The bot, the database and the web address of a shop, however they are written."""
    owned = Owned("BOT_TOKEN", settings.bot_id), Owned("DATABASE_URL", _identify_database(settings.database_url))
    web = urlsplit(settings.public_url)
    return (*owned, Owned("PUBLIC_URL", f"{web.hostname}{web.path}")) if settings.public_url else owned


def _identify_database(url: str) -> str:
    if url.startswith(_SQLITE):
        return str(Path(url.removeprefix(_SQLITE).partition("?")[0]).resolve())
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    schema = query.get("schema", ["public"])[0]
    return f"{(parts.hostname or query.get('host', [''])[0]).lower()}:{parts.port or 5432}{parts.path} {schema}"
