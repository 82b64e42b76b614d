"""Time zones, as people name where they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import tzinfo
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.core.languages import LANGUAGES, parse_tag

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""Under which the IANA lists cities; its other names are kept for old programs."""
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-])0?(\d{1,2})(?::?00)?")
_LIMIT = 64

_BY_LANGUAGE = MappingProxyType(
    {
        "id": "Asia/Jakarta",
        "jv": "Asia/Jakarta",
        "su": "Asia/Jakarta",
        "ms": "Asia/Kuala_Lumpur",
        "zh": "Asia/Shanghai",
        "zh-hant": "Asia/Taipei",
        "zh-tw": "Asia/Taipei",
        "zh-hk": "Asia/Hong_Kong",
        "yue": "Asia/Hong_Kong",
        "ja": "Asia/Tokyo",
        "ko": "Asia/Seoul",
        "th": "Asia/Bangkok",
        "vi": "Asia/Ho_Chi_Minh",
        "km": "Asia/Phnom_Penh",
        "lo": "Asia/Vientiane",
        "my": "Asia/Yangon",
        "fil": "Asia/Manila",
        "tl": "Asia/Manila",
        "hi": "Asia/Kolkata",
        "bn": "Asia/Dhaka",
        "ta": "Asia/Kolkata",
        "te": "Asia/Kolkata",
        "ne": "Asia/Kathmandu",
        "si": "Asia/Colombo",
        "ur": "Asia/Karachi",
        "fa": "Asia/Tehran",
        "he": "Asia/Jerusalem",
        "tr": "Europe/Istanbul",
        "az": "Asia/Baku",
        "ka": "Asia/Tbilisi",
        "hy": "Asia/Yerevan",
        "uz": "Asia/Tashkent",
        "kk": "Asia/Almaty",
        "ky": "Asia/Bishkek",
        "tg": "Asia/Dushanbe",
        "mn": "Asia/Ulaanbaatar",
        "ru": "Europe/Moscow",
        "uk": "Europe/Kyiv",
        "be": "Europe/Minsk",
        "pl": "Europe/Warsaw",
        "cs": "Europe/Prague",
        "sk": "Europe/Bratislava",
        "hu": "Europe/Budapest",
        "ro": "Europe/Bucharest",
        "bg": "Europe/Sofia",
        "el": "Europe/Athens",
        "sr": "Europe/Belgrade",
        "hr": "Europe/Zagreb",
        "sl": "Europe/Ljubljana",
        "de": "Europe/Berlin",
        "de-at": "Europe/Vienna",
        "de-ch": "Europe/Zurich",
        "nl": "Europe/Amsterdam",
        "da": "Europe/Copenhagen",
        "sv": "Europe/Stockholm",
        "nb": "Europe/Oslo",
        "no": "Europe/Oslo",
        "fi": "Europe/Helsinki",
        "et": "Europe/Tallinn",
        "lv": "Europe/Riga",
        "lt": "Europe/Vilnius",
        "is": "Atlantic/Reykjavik",
        "it": "Europe/Rome",
        "ca": "Europe/Madrid",
        "fr": "Europe/Paris",
        "pt": "Europe/Lisbon",
        "pt-br": "America/Sao_Paulo",
        "es-mx": "America/Mexico_City",
        "es-ar": "America/Argentina/Buenos_Aires",
        "en-gb": "Europe/London",
        "en-au": "Australia/Sydney",
        "en-nz": "Pacific/Auckland",
        "en-in": "Asia/Kolkata",
        "am": "Africa/Addis_Ababa",
        "sw": "Africa/Nairobi",
    }
)
"""Where most who read a language live. Languages of many lands, as English, Spanish and Arabic, say nothing."""


def choose_zone(chosen: str | None, language: str, shop: tzinfo) -> tzinfo:
    """Where somebody is: as they said, else where their language is spoken, else where the shop is.

    Args:
        chosen: A name of the IANA's; None where nothing was said.
        language: A tag as Telegram has it; empty for none.
        shop: The shop's zone.
    """
    return (chosen and _load(chosen)) or _load(find_zone_of_language(language)) or shop


def find_zone_of_language(language: str) -> str:
    """The IANA's name of the zone where most live who read it; empty where that says nothing."""
    tag = parse_tag(language)
    return _BY_LANGUAGE.get(tag) or _BY_LANGUAGE.get(tag.partition("-")[0], "")


@lru_cache(maxsize=1024)
def _load(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def find_zone_name(said: str, language: str) -> str | None:
    """The IANA's name of the zone that somebody calls so: by its name, by a city in their language, or by hours from UTC."""
    wanted = _fold(said)
    if not wanted or len(wanted) > _LIMIT:
        return None
    offset = _OFFSET.fullmatch(wanted)
    if offset and int(offset[2]) <= 12:
        return "UTC" if int(offset[2]) == 0 else f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
    named = {_fold(name): name for name in available_timezones()}
    if wanted in named:
        return named[wanted]
    for spoken in dict.fromkeys((language, *LANGUAGES)):
        found = _list_cities(spoken).get(wanted)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=len(LANGUAGES))
def _list_cities(language: str) -> dict[str, str]:
    """The cities that CLDR names in a language, and those that are called there as the IANA calls them."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 -- seldom asked, and large

    zones = [name for name in sorted(available_timezones()) if name.partition("/")[0] in _REGIONS]
    cities = {_fold(name.rpartition("/")[2]): name for name in _order(zones)}
    try:
        known = Locale.parse(language).time_zones
    except (UnknownLocaleError, ValueError):
        return cities
    return cities | {_fold(str(known[name]["city"])): name for name in zones if name in known and "city" in known[name]}


def _order(zones: Iterable[str]) -> list[str]:
    """Those with the plainest names last, so that of two cities called the same the larger one stays."""
    return sorted(zones, key=lambda name: -name.count("/"))


def _fold(said: str) -> str:
    """Without capitals, accents and underscores: how people type."""
    plain = unicodedata.normalize("NFKD", said.casefold().replace("_", " "))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
