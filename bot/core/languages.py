"""Languages: which the program speaks, and which of them, or of a shop's own, somebody reads.

A language is named by a tag of small letters and hyphens, `id` or `pt-br`, as Telegram does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.assets import ASSETS

PROGRAM_LANGUAGE = "en"
"""What the program says where it speaks no language of its reader; first in every list."""

_SHIPPED = {path.stem for path in (ASSETS / "locales").glob("*.toml")}

LANGUAGES = (PROGRAM_LANGUAGE, *sorted(_SHIPPED - {PROGRAM_LANGUAGE}))
"""The languages of the program: those that have a file in assets/locales."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_ALIASES = {"in": "id", "iw": "he", "ji": "yi"}
"""ISO 639 renamed Indonesian, Hebrew and Yiddish in 1989; some devices still say it the old way."""


def parse_tag(text: str) -> str:
    """A language's name in the one spelling used here; empty for what names none."""
    primary, hyphen, rest = text.strip().lower().replace("_", "-").partition("-")
    tag = f"{_ALIASES.get(primary, primary)}{hyphen}{rest}"
    return tag if _TAG.fullmatch(tag) else ""


def find_language(wanted: str, offered: Sequence[str]) -> str | None:
    """The offered language that serves a reader of `wanted`: itself, its plain form, or a regional form of it."""
    if wanted in offered:
        return wanted
    primary = wanted.partition("-")[0]
    return next((each for each in (primary, *offered) if each in offered and each.partition("-")[0] == primary), None)


def choose_language(chosen: str | None, telegram_language: str, shop: Sequence[str] = ()) -> str:
    """The language somebody reads here: chosen, else Telegram's, else the shop's first that the program speaks, else English.

    Args:
        chosen: What the member picked.
        telegram_language: As Telegram says, `zh-hans` or empty.
        shop: The languages of the campaign. One that the program lacks is its reader's all the same: the shop's own
            words are in it, and what the program says is not.
    """
    for wanted in (chosen or "", telegram_language):
        tag = parse_tag(wanted)
        found = tag and (find_language(tag, LANGUAGES) or find_language(tag, shop))
        if found:
            return found
    return next((language for each in shop if (language := find_language(each, LANGUAGES))), PROGRAM_LANGUAGE)
