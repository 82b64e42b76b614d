"""Languages: which the program speaks, and which of them, or of a shop's own, somebody reads.

A language is named by a tag of small letters and hyphens, `id` or `pt-br`, as Telegram does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from bot.assets import ASSETS

PROGRAM_LANGUAGE = "en"
"""What the program says where it speaks no language of its reader; first in every list."""

_SHIPPED = {path.stem for path in (ASSETS / "locales").glob("*.toml")}

LANGUAGES = (PROGRAM_LANGUAGE, *sorted(_SHIPPED - {PROGRAM_LANGUAGE}))
"""The languages of the program: those that have a file in assets/locales."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
ALIASES = {"in": "id", "iw": "he", "ji": "yi"}
"""ISO 639 renamed Indonesian, Hebrew and Yiddish in 1989; some devices still say it the old way."""


@lru_cache(maxsize=1024)
def parse_tag(text: str) -> str:
    """A language's name in the one spelling used here; empty for what names none."""
    primary, hyphen, rest = text.strip().lower().replace("_", "-").partition("-")
    tag = f"{ALIASES.get(primary, primary)}{hyphen}{rest}"
    return tag if _TAG.fullmatch(tag) else ""


@lru_cache(maxsize=1024)
def find_language(wanted: str, offered: tuple[str, ...]) -> str | None:
    """The offered language that serves a reader of `wanted`: itself, its plain form, or a regional form of it."""
    if wanted in offered:
        return wanted
    primary = wanted.partition("-")[0]
    return next((each for each in (primary, *offered) if each in offered and each.partition("-")[0] == primary), None)


def choose_language(chosen: str | None, telegram_language: str, shop: tuple[str, ...] = ()) -> str:
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


if TYPE_CHECKING:
    from babel.plural import PluralRule

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
"""CLDR's names; every language has `other`, most have two or three."""

_USUAL = "en"
"""For languages that CLDR does not know."""


@dataclass(frozen=True, kw_only=True)
class Conventions:
    """One language's."""

    language: str
    decimal: str
    group: str
    grouping: tuple[int, int]
    """Digits of the last group, and of each before it: Hindi has 12,34,567."""
    plurals: Mapping[str, str]
    day_template: str
    """With places for `day`, `month` or `number`, and `year`."""
    months: tuple[str, ...]
    list_templates: tuple[str, str, str, str]
    """How two items are joined, then the first, middle and last of more."""
    region: str
    """Where most of its readers live, as in `id_ID`."""

    def format_number(self, value: float, *, digits: int = 0) -> str:
        """Groups separated and `digits` decimals: 1,234.5 in English, 1.234,5 in Indonesian; a true minus."""
        whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
        last, other = self.grouping
        head, groups = whole[:-last], [whole[-last:]]
        while head:
            head, part = head[:-other], head[-other:]
            groups.insert(0, part)
        sign = "\u2212" if value < 0 and (whole.strip("0") or rest.strip("0")) else ""
        return sign + self.group.join(groups) + (self.decimal + rest if rest else "")

    def format_date(self, day: date) -> str:
        """A day as a reader expects it within a sentence."""
        month = self.months[day.month - 1] if self.months else ""
        return self.day_template.format(day=day.day, month=month, number=day.month, year=day.year)

    def choose_plural(self, count: int) -> str:
        """Which of PLURAL_FORMS goes with a whole number."""
        return str(self._rule(abs(count))) if self.plurals else "other"

    def join(self, items: Sequence[str]) -> str:
        """A list within a sentence: `A, B and C`."""
        if len(items) < 3:
            return self.list_templates[0].format(*items) if len(items) == 2 else "".join(items)
        _, start, middle, end = self.list_templates
        joined = end.format(items[-2], items[-1])
        for item in reversed(items[1:-2]):
            joined = middle.format(item, joined)
        return start.format(items[0], joined)

    @cached_property
    def _rule(self) -> PluralRule:
        from babel.plural import PluralRule  # noqa: PLC0415 -- not before somebody counts

        return PluralRule.parse(dict(self.plurals))


@cache
def get_conventions(language: str) -> Conventions:
    """Those of a language, else of its plain form, else English ones."""
    lines = _read_lines()
    plain = language.partition("-")[0]
    found: dict[str, Any] = json.loads(next(lines[name] for name in (language, plain, _USUAL) if name in lines))
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}
    return Conventions(**fields)


def format_number(value: float, language: str, *, digits: int = 0) -> str:
    """A number as a language writes it."""
    return get_conventions(language).format_number(value, digits=digits)


@cache
def _read_lines() -> dict[str, str]:
    """Each language's line, unread; about a hundred kilobytes."""
    start = len('{"language": "')
    text = (ASSETS / "cldr" / "languages.jsonl").read_text("utf-8")
    return {line[start : line.index('"', start)]: line for line in text.splitlines()}
