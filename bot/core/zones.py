"""Time zones, as people name where they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import available_timezones

from bot.core.languages import LANGUAGES

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
"""Under which the IANA lists cities; its other names are kept for old programs."""
_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-])0?(\d{1,2})(?::?00)?")
_LIMIT = 64


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
