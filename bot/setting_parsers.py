"""What each setting may be: its default, and its check, which says what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.assets import ASSETS
from bot.core.addresses import Network, parse_network
from bot.core.campaigns.rules import parse_chat
from bot.core.durations import DAY_SECONDS, HOUR_SECONDS
from bot.core.proxies import Proxy, find_variable, parse_proxy
from bot.core.setting import PREFIX, SettingMistake, is_web_address

HIGHEST_PORT = 65_535

_METHODS_ADDRESS = re.compile(
    r"(/+file)?/+bot([1-9]\d*(:[\w-]*)?|[<{$%][^/]*|token)?(/+([a-z_]*|[<{$%][^/]*))?/*$", re.IGNORECASE
)
"""What is written behind the server's address in examples, in libraries, and in a browser that tried a method."""

_TELEGRAMS_PORTS = (None, 443, 80, 88, 8443)

OWN_PATHS = frozenset({"api", "assets", "c", "dashboard", "healthz", "l", "metrics", "r", "readyz", "s", "telegram"})
"""How paths of the web side begin: under such a path of its own a shop could not be told from another's doors."""

_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})
"""What lies among the zones and is none."""

_PROXIES_RIGHT = "Give the addresses or networks of your own proxies, like 172.18.0.0/16, separated by commas"


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

DEFAULTS = {
    "SHOPS": "",
    "BOT_TOKEN": "",
    "BOT_API_URL": "https://api.telegram.org",
    "PROXY": "",
    "DATABASE_URL": "sqlite:///passalong.db",
    "DATABASE_SCHEMA": "",
    "ADMIN_IDS": "",
    "ANNOUNCE_CHAT": "",
    "VAULT_CHAT": "",
    "CAMPAIGN": "",
    "COMMUNITY_CHAT": "",
    "PUBLIC_URL": "",
    "WEBHOOK": "false",
    "LISTEN": "127.0.0.1:8080",
    "TRUSTED_PROXIES": "127.0.0.0/8, ::1",
    "TIMEZONE": "UTC",
    "BACKUP_FOLDER": "",
    "BACKUP_EVERY": "1d",
    "BACKUP_KEEP": "14",
    "BACKUP_RECIPIENT": "",
    "SEND_RATE": "30",
    "CHAT_RATE": "1",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "text",
    "HEARTBEAT": "",
}
"""Names without the prefix, and what holds where nothing is set."""


def _hint(value: str) -> str:
    """What may be said of a rejected value: it may be a secret that was put in the wrong place."""
    length = f"{len(value)} character{'s' if len(value) != 1 else ''}"
    return length if len(value) <= 8 else f"{length}, beginning with {value[:2]!r}"


def parse_token(value: str) -> str:
    """A bot's token; SettingMistake for what is none."""
    if not re.fullmatch(r"[1-9]\d*:[A-Za-z0-9_-]+", value):
        why = "is missing" if not value else "does not look like a bot token"
        raise SettingMistake(
            "BOT_TOKEN", why, "Get one from @BotFather: digits, a colon, and a secret, like 123456:AbC-dEf"
        )
    return value


def parse_api_url(value: str) -> str:
    """Where the Bot API is; SettingMistake for what is no web address."""
    base = _METHODS_ADDRESS.sub("", value).rstrip("/")
    if not is_web_address(base):
        raise SettingMistake(
            "BOT_API_URL",
            f"is no web address ({_hint(value)})",
            "Leave it out, or give one like https://api.telegram.org",
        )
    return base


def choose_proxy(value: str, given: Mapping[str, str], url: str) -> Proxy | None:
    """The proxy that a setting names, else the environment's for this URL; SettingMistake for what is none."""
    name, prefix = "PROXY", PREFIX
    if not value:
        (name, value), prefix = find_variable(given, url), ""
    proxy = parse_proxy(value) if value else None
    if value and proxy is None:
        right = "Give one like http://10.0.0.1:3128, or socks5://user:password@proxy.example.org:1080 (there in ASCII)"
        raise SettingMistake(name, f"is no address of a proxy ({_hint(value)})", right, prefix=prefix)
    return proxy


def parse_database_url(value: str, schema: str = "", *, name: str = "DATABASE_URL", prefix: str = PREFIX) -> str:
    """Where the database is, its schema included; SettingMistake, by the name it was given under, for what is no such address."""
    if not re.match(r"(sqlite:///.|postgresql://.)", value):
        raise SettingMistake(
            name,
            f"is no address of a database ({_hint(value)})",
            "It takes sqlite:///path/to/file.db or postgresql://user:password@host/database",
            prefix=prefix,
        )
    if schema and value.startswith("sqlite"):
        raise SettingMistake("DATABASE_SCHEMA", "is set for a SQLite file", "Schemas are PostgreSQL's: leave it out")
    return f"{value}{'&' if '?' in value else '?'}schema={quote(schema, safe='')}" if schema else value


def parse_timezone(value: str) -> tzinfo:
    """A zone by its name; SettingMistake for one that is not known here."""
    try:
        return ZoneInfo("" if value in _NO_PLACE else value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        right = "Give a city's zone as Asia/Jakarta or Europe/Berlin, or leave it out for UTC"
        raise SettingMistake("TIMEZONE", "names no time zone that is known here", right) from None


def parse_admin_ids(value: str) -> frozenset[int]:
    """Telegram's numbers of people; SettingMistake for what is none."""
    words = [word.strip() for word in value.split(",") if word.strip()]
    for word in words:
        if not re.fullmatch(r"[1-9]\d{0,17}", word):
            raise SettingMistake(
                "ADMIN_IDS",
                f"holds what is no id ({_hint(word)})",
                "Give Telegram user ids (numbers, not @names), separated by commas",
            )
    return frozenset(int(word) for word in words)


def parse_named_chat(name: str, value: str) -> int | str | None:
    """A chat by its number or name; None where nothing is set. SettingMistake for what is neither."""
    chat = parse_chat(value)
    if value and chat is None:
        raise SettingMistake(
            name, f"names no chat ({_hint(value)})", "Give a chat id like -1001234567890 or a name like @my_channel"
        )
    return chat


def parse_public_url(value: str) -> str:
    """The web side's address without a slash at the end; empty where nothing is set. SettingMistake for what is none."""
    match = re.fullmatch(
        r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?((?:/[a-z0-9][a-z0-9_-]*){0,3})/?", value, re.IGNORECASE
    )
    if not value:
        return ""
    if match is None:
        raise SettingMistake(
            "PUBLIC_URL",
            f"is no address ({_hint(value)})",
            "Give a plain address like https://share.example.org or https://share.example.org/bakery",
        )
    scheme, host, port, path = (part or "" for part in match.groups())
    if path.lower().split("/")[1:2] and path.lower().split("/")[1] in OWN_PATHS:
        raise SettingMistake(
            "PUBLIC_URL", "has a path that begins like one of the bot's own", "Choose another one, like the shop's name"
        )
    if scheme.lower() == "http" and not _is_loopback(host):
        raise SettingMistake(
            "PUBLIC_URL",
            "begins with http:// and travels in the clear",
            "Use https; http is for 127.0.0.1 and localhost",
        )
    return f"{scheme}://{host}{port}{path}".lower()


def parse_webhook(value: str, public_url: str) -> bool:
    """Whether Telegram is to bring updates; SettingMistake where it could not."""
    said = value.lower()
    if said not in {"true", "false"}:
        raise SettingMistake(
            "WEBHOOK", f"is neither true nor false ({_hint(value)})", "Leave it out to have updates fetched"
        )
    if said == "false":
        return False
    if not public_url:
        raise SettingMistake(
            "WEBHOOK", "is true, and there is no address to bring updates to", "Set PASSALONG_PUBLIC_URL"
        )
    url = urlsplit(public_url)
    if url.scheme == "https" and url.port not in _TELEGRAMS_PORTS:
        right = "Telegram brings updates to the ports 443, 80, 88 and 8443 alone"
        raise SettingMistake("PUBLIC_URL", f"has the port {url.port}, and WEBHOOK is true", right)
    return True


def _is_loopback(host: str) -> bool:
    name = host.strip("[]").lower()
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def parse_listen(value: str) -> tuple[str, int]:
    """Host and port; SettingMistake for what is none."""
    match = re.fullmatch(r"(?:([A-Za-z0-9.-]+)|\[([0-9A-Fa-f:]+)\]):([0-9]{1,5})", value)
    if match is None or int(match[3]) > HIGHEST_PORT:
        raise SettingMistake(
            "LISTEN",
            f"is no host with a port ({_hint(value)})",
            f"Give host and port, like {DEFAULTS['LISTEN']} or [::1]:8080",
        )
    return match[1] or match[2], int(match[3])


def parse_networks(value: str) -> tuple[Network, ...]:
    """Addresses and networks; SettingMistake for what is none, or is everybody."""
    networks = tuple(_parse_network(word) for word in re.split(r"[,\s]+", value) if word)
    for network in networks:
        if network.prefixlen == 0:
            raise SettingMistake("TRUSTED_PROXIES", f"holds {network}, which is everybody", _PROXIES_RIGHT)
    return networks


def _parse_network(word: str) -> Network:
    try:
        return parse_network(word)
    except ValueError:
        raise SettingMistake("TRUSTED_PROXIES", f"holds what is no network ({_hint(word)})", _PROXIES_RIGHT) from None


def parse_campaign(value: str) -> Path:
    """A campaign file, the shipped one where nothing is set; SettingMistake where none is there."""
    path = Path(value) if value else ASSETS / "campaigns" / "welcome.toml"
    if not path.is_file():
        raise SettingMistake(
            "CAMPAIGN", f"names no file that is there ({_hint(value)})", "Give the path of a campaign file"
        )
    return path


def parse_folder(name: str, value: str) -> Path | None:
    """A folder; None where nothing is set. SettingMistake where none is there."""
    if value and not Path(value).is_dir():
        raise SettingMistake(name, f"names no folder that is there ({_hint(value)})", "Make it, or give another one")
    return Path(value) if value else None


def parse_period(name: str, value: str) -> int:
    """Seconds; SettingMistake for what is no time."""
    match = re.fullmatch(r"([1-9]\d{0,4})([mhd])", value)
    if match is None:
        raise SettingMistake(name, f"is no time ({_hint(value)})", "Give minutes, hours or days, like 30m, 6h or 1d")
    return int(match[1]) * {"m": 60, "h": HOUR_SECONDS, "d": DAY_SECONDS}[match[2]]


def parse_count(name: str, value: str) -> int:
    """A number from 1 to 9999; SettingMistake for what is none."""
    if not re.fullmatch(r"[1-9]\d{0,3}", value):
        raise SettingMistake(
            name, f"is no such number ({_hint(value)})", f"Give a number from 1 to 9999, like {DEFAULTS[name]}"
        )
    return int(value)


def parse_recipient(value: str) -> str:
    """An age public key, or nothing; SettingMistake for what is none, which is not quoted."""
    if value and not re.fullmatch(r"age1[a-z0-9]{20,}", value):
        raise SettingMistake(
            "BACKUP_RECIPIENT",
            f"is no age public key ({len(value)} characters, not shown: it may be the secret one)",
            "Give what begins with age1; age-keygen makes it",
        )
    return value


def parse_rate(name: str, value: str) -> float:
    """Messages a second; SettingMistake for what is no rate."""
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= 1_000_000:
        raise SettingMistake(
            name, f"is no rate ({_hint(value)})", f"Give messages a second, above 0, like {DEFAULTS[name]}"
        )
    return rate


def parse_choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    """One of what can be chosen; SettingMistake for anything else."""
    if value not in choices:
        raise SettingMistake(
            name, f"is none of what can be chosen ({_hint(value)})", f"Choose one of: {', '.join(choices)}"
        )
    return value


def parse_log_format(value: str) -> Literal["text", "json"]:
    """How log lines look; SettingMistake for what cannot be."""
    return "json" if parse_choice("LOG_FORMAT", value, ("text", "json")) == "json" else "text"


def parse_heartbeat(value: str) -> Path | None:
    """A file that need not be there yet; its folder has to be."""
    if value and not Path(value).parent.is_dir():
        raise SettingMistake(
            "HEARTBEAT",
            f"lies in no folder that is there ({_hint(value)})",
            "Give a file like /run/passalong/heartbeat",
        )
    return Path(value) if value else None
