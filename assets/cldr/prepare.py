"""Takes out of CLDR, by Babel, what sentences need of each language. Needed only when Babel brings a newer CLDR.

Usage: python assets/cldr/prepare.py > assets/cldr/languages.jsonl

One line a language, so that a start reads three short lines instead of holding eight megabytes of locale data in memory.
"""

# ruff: noqa: INP001 - a folder of assets, not a package

from __future__ import annotations

import json
import re
import sys
from typing import Any

from babel import Locale, localedata
from babel.core import get_global

_FIELDS = re.compile(r"'([^']*)'|(L{1,4}|M{1,4}|d{1,2}|y{1,4}|G+|E+)")
_NAMES = {"y": "{year}", "yyyy": "{year}", "d": "{day}", "dd": "{day:0>2}", "M": "{number}", "MM": "{number:0>2}"}
_MONTHS = {"MMM": ("format", "abbreviated"), "MMMM": ("format", "wide"), "LLL": ("stand-alone", "abbreviated")}
_REGIONAL = ("en_GB", "pt_PT", "zh_Hant", "es_419", "fr_CA", "sr_Latn")
"""Besides the languages themselves, those whose conventions differ and that a shop is likely to name."""


def describe(identifier: str) -> dict[str, Any]:
    """Conventions of one locale."""
    locale = Locale.parse(identifier)
    symbols, pattern = locale.number_symbols["latn"], locale.decimal_formats[None]
    date, months = _describe_date(locale)
    lists = locale.list_patterns["standard"]
    return {
        "language": identifier.lower().replace("_", "-"),
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "grouping": [pattern.grouping[0], pattern.grouping[1]],
        "plurals": dict(locale.plural_form.rules),
        "day_template": date,
        "months": months,
        "list_templates": [lists[name] for name in ("2", "start", "middle", "end")],
        "region": get_global("likely_subtags").get(identifier, "").rpartition("_")[2],
    }


def _describe_date(locale: Locale) -> tuple[str, list[str]]:
    """The day as most people write it, as a template, with names of months where it has them."""
    pattern, width = locale.date_formats["medium"].pattern, ""

    def replace(match: re.Match[str]) -> str:
        nonlocal width
        literal, field = match[1], match[2]
        if literal is not None:
            return literal or "'"
        if field in _MONTHS:
            width = field
            return "{month}"
        return _NAMES.get(field, "")

    template = _FIELDS.sub(replace, pattern)
    context, form = _MONTHS.get(width, ("", ""))
    return template, list(locale.months[context][form].values()) if width else []


def main() -> None:
    """Every language that CLDR knows, a line each."""
    known = [name for name in localedata.locale_identifiers() if "_" not in name and name != "root"]
    for identifier in sorted([*known, *_REGIONAL]):
        sys.stdout.write(json.dumps(describe(identifier), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
