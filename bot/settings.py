"""The only reader of the environment: all settings, checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import tzinfo
from pathlib import Path
from typing import Literal

from bot.core.addresses import Network
from bot.core.proxies import Proxy
from bot.core.setting import PREFIX, SettingMistake, find_passwords
from bot.env_file import read_env_file
from bot.setting_files import read_setting_files
from bot.setting_parsers import (
    DEFAULTS,
    LOG_LEVELS,
    choose_proxy,
    parse_admin_ids,
    parse_api_url,
    parse_campaign,
    parse_choice,
    parse_count,
    parse_database_url,
    parse_folder,
    parse_heartbeat,
    parse_listen,
    parse_log_format,
    parse_named_chat,
    parse_networks,
    parse_period,
    parse_public_url,
    parse_rate,
    parse_recipient,
    parse_timezone,
    parse_token,
    parse_webhook,
)
from storage.frozen import frozen


@frozen
class Settings:
    """Everything that can be set, checked. `repr` never shows the token or a password."""

    shop: str
    """What the shop is called where there are several; empty: it is alone."""
    bot_token: str
    bot_api_url: str
    proxy: Proxy | None
    """The way to the Bot API; None: straight."""
    database_url: str
    admin_ids: frozenset[int]
    announce_chat: int | str | None
    vault_chat: int | str | None
    """A private channel that takes pictures silently; None: there is none."""
    campaign: Path
    community_chat: int | str | None
    """Overrules the campaign file."""
    public_url: str
    """Under which the web side is reached, without a slash at the end; empty: there is none."""
    webhook: bool
    """Whether Telegram brings updates to the web side; else they are fetched."""
    listen: tuple[str, int]
    """Host and port of the web side; port 0 takes a free one."""
    trusted_proxies: tuple[Network, ...]
    """Where proxies are whose word on a visitor's address is believed."""
    backup_folder: Path | None
    """Where backups are put while the bot runs; None: none are made."""
    backup_every_seconds: int
    backup_keep: int
    """How many of them stay."""
    backup_recipient: str
    """The age public key they are encrypted for; empty: they are not."""
    timezone: tzinfo
    """Where the shop is: days shown to its members begin and end there."""
    send_rate: float
    chat_rate: float
    log_level: str
    log_format: Literal["text", "json"]
    heartbeat: Path | None
    """Is touched as long as the process is of use; None: nobody looks at it."""
    given: Mapping[str, str]
    """All that is set, by names without our prefix: capabilities have settings of their own."""

    @property
    def bot_id(self) -> str:
        """The bot's number at Telegram, which the token begins with."""
        return self.bot_token.partition(":")[0]

    def __repr__(self) -> str:
        """Only names: values may hold secrets."""
        return f"Settings({', '.join(field.name for field in fields(self))})"


def read_settings(environment: Mapping[str, str], *, env_file: Path | None = None, shop: str = "") -> Settings:
    """Read and check all settings of one shop; the environment wins over the file, unless it is empty.

    Raises:
        SettingMistake: at the first value that cannot be.
        EnvFileMistake: the file cannot be read.
    """
    given = read_given(environment, env_file=env_file)
    values = {name: given.get(PREFIX + name, "").strip() or default for name, default in DEFAULTS.items()}
    bot_api_url, public_url = parse_api_url(values["BOT_API_URL"]), parse_public_url(values["PUBLIC_URL"])
    return Settings(
        shop=shop,
        bot_token=parse_token(values["BOT_TOKEN"]),
        bot_api_url=bot_api_url,
        proxy=choose_proxy(values["PROXY"], given, bot_api_url),
        database_url=parse_database_url(values["DATABASE_URL"], values["DATABASE_SCHEMA"]),
        admin_ids=parse_admin_ids(values["ADMIN_IDS"]),
        announce_chat=parse_named_chat("ANNOUNCE_CHAT", values["ANNOUNCE_CHAT"]),
        vault_chat=parse_named_chat("VAULT_CHAT", values["VAULT_CHAT"]),
        campaign=parse_campaign(values["CAMPAIGN"]),
        community_chat=parse_named_chat("COMMUNITY_CHAT", values["COMMUNITY_CHAT"]),
        public_url=public_url,
        webhook=parse_webhook(values["WEBHOOK"], public_url),
        listen=parse_listen(values["LISTEN"]),
        trusted_proxies=parse_networks(values["TRUSTED_PROXIES"]),
        backup_folder=parse_folder("BACKUP_FOLDER", values["BACKUP_FOLDER"]),
        backup_every_seconds=parse_period("BACKUP_EVERY", values["BACKUP_EVERY"]),
        backup_keep=parse_count("BACKUP_KEEP", values["BACKUP_KEEP"]),
        backup_recipient=parse_recipient(values["BACKUP_RECIPIENT"]),
        timezone=parse_timezone(values["TIMEZONE"]),
        send_rate=parse_rate("SEND_RATE", values["SEND_RATE"]),
        chat_rate=parse_rate("CHAT_RATE", values["CHAT_RATE"]),
        log_level=parse_choice("LOG_LEVEL", values["LOG_LEVEL"].upper(), LOG_LEVELS),
        log_format=parse_log_format(values["LOG_FORMAT"].lower()),
        heartbeat=parse_heartbeat(values["HEARTBEAT"]),
        given={name.removeprefix(PREFIX): value.strip() for name, value in given.items() if name.startswith(PREFIX)},
    )


def read_given(environment: Mapping[str, str], *, env_file: Path | None = None) -> dict[str, str]:
    """What is set, by full names, unchecked; the environment wins over the file, unless it is empty.

    Raises:
        SettingMistake: a setting's own file cannot be read.
        EnvFileMistake: the file cannot be read.
    """
    set_there = {name: _unquote(value) for name, value in environment.items() if value.strip()}
    return {**read_setting_files(read_env_file(env_file)), **read_setting_files(set_there)}


@frozen
class CommonSettings:
    """What a process with many shops is set up with."""

    shops: Path
    """The folder with a file for each."""
    given: Mapping[str, str]
    """All that is set for all shops, by full names."""
    listen: tuple[str, int]
    trusted_proxies: tuple[Network, ...]
    log_level: str
    log_format: Literal["text", "json"]
    heartbeat: Path | None
    only: str = ""
    """The one of them that is meant; empty: all."""


def find_shops(environment: Mapping[str, str], *, env_file: Path | None = None) -> CommonSettings | None:
    """What holds for many shops; None where the settings are one shop's.

    Raises:
        SettingMistake: a value cannot be.
        EnvFileMistake: the file cannot be read.
    """
    given = read_given(environment, env_file=env_file)
    folder = parse_folder("SHOPS", given.get(f"{PREFIX}SHOPS", "").strip())
    if folder is None:
        return None
    if not os.access(folder, os.R_OK | os.X_OK):
        raise SettingMistake("SHOPS", "names a folder that cannot be read", "Let the program's user read it")
    values = {name: given.get(PREFIX + name, "").strip() or default for name, default in DEFAULTS.items()}
    return CommonSettings(
        shops=folder,
        given=given,
        listen=parse_listen(values["LISTEN"]),
        trusted_proxies=parse_networks(values["TRUSTED_PROXIES"]),
        log_level=parse_choice("LOG_LEVEL", values["LOG_LEVEL"].upper(), LOG_LEVELS),
        log_format=parse_log_format(values["LOG_FORMAT"].lower()),
        heartbeat=parse_heartbeat(values["HEARTBEAT"]),
    )


def _unquote(value: str) -> str:
    """A value without the quotes that `docker run --env-file` hands on: no setting begins and ends with one."""
    said = value.strip()
    return said[1:-1] if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'" else value


def list_secrets(settings: Settings) -> list[str]:
    """What no log may show: tokens, and passwords within addresses."""
    passwords = [*find_passwords(settings.database_url), *find_passwords(settings.bot_api_url)]
    passwords += [settings.proxy.password] if settings.proxy and settings.proxy.password else []
    tokens = [settings.bot_token, settings.given.get("METRICS_TOKEN", "")]
    return [*filter(None, tokens), *passwords]


def list_common_secrets(common: CommonSettings) -> list[str]:
    """Likewise, of what is set for all shops."""
    given = [common.given.get(PREFIX + name, "") for name in ("DATABASE_URL", "BOT_API_URL", "PROXY")]
    tokens = [common.given.get(PREFIX + name, "") for name in ("BOT_TOKEN", "METRICS_TOKEN")]
    return [*filter(None, tokens), *(password for address in given for password in find_passwords(address))]
