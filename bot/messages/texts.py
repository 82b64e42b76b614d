"""What people read, by language: sentences with places for values, numbers, dates and lists."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from bot.assets import ASSETS
from bot.core.languages import LANGUAGES, choose_language
from bot.core.numbers import format_number

__all__ = ["LANGUAGES", "Html", "Texts", "choose_language", "escape"]

Value = str | int

_EDGE = "\ue000"
"""Where a value begins and ends, until the sentence is done. Private use: cleaned names hold none."""

_HAN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
_LOOSE = re.compile(
    f"(?<={_HAN}) (?=(?:<b>)?{_EDGE}{_HAN})|(?<={_HAN}{_EDGE}) (?={_HAN})|(?<={_HAN}{_EDGE}</b>) (?={_HAN})"
)


class Html(str):
    """Ready Telegram HTML: goes into a sentence as it is. Any other text is escaped."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text that shows as it is, in content and inside double-quoted attributes."""
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))


class Texts:
    """The sentences of one language, one of LANGUAGES."""

    __slots__ = ("_sentences", "language")

    def __init__(self, language: str) -> None:
        self.language = language
        self._sentences = _load(language)

    def say(self, key: str, **values: Value) -> Html:
        """The sentence as Telegram HTML; values are escaped, numbers written as the language does.

        A value called `count` chooses between the forms `one` and `other` where the sentence has them.
        """
        shown = {name: f"{_EDGE}{self._show(value)}{_EDGE}" for name, value in values.items()}
        return Html(self._space(self._find(key, values).format_map(shown)))

    def plain(self, key: str, **values: Value) -> str:
        """The sentence for places that know no formatting: button labels, drafts, answers to taps, pictures."""
        plain = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        shown = {name: f"{_EDGE}{value}{_EDGE}" for name, value in plain.items()}
        return self._space(self._find(key, values).format_map(shown))

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number with separators."""
        return format_number(value, self.language, digits=digits)

    def date(self, at_us: int) -> str:
        """The UTC day of a moment in microseconds."""
        day = datetime.fromtimestamp(at_us // 1_000_000, UTC)
        month = self.plain("date.months").split()[day.month - 1]
        return self.plain("date.day", day=str(day.day), month=month, year=str(day.year))

    def join(self, items: Sequence[str]) -> Html:
        """Ready HTML items as a list within a sentence: `A, B and C`."""
        *head, last = (f"{_EDGE}{item}{_EDGE}" for item in items)
        if not head:
            return Html(items[0])
        link = self.plain("list.pair" if len(head) == 1 else "list.last")
        return Html(self._space(self.plain("list.between").join(head) + link + last))

    def _space(self, text: str) -> str:
        """Chinese sets a space between its characters and foreign letters, but none between its own."""
        if self.language == "zh":
            text = _LOOSE.sub("", text)
        return text.replace(_EDGE, "")

    def _show(self, value: Value) -> str:
        if isinstance(value, int):
            return self.number(value)
        return value if isinstance(value, Html) else escape(value)

    def _find(self, key: str, values: dict[str, Value]) -> str:
        found = self._sentences.get(key)
        if found is not None:
            return found
        form = "one" if values.get("count") == 1 and f"{key}.one" in self._sentences else "other"
        return self._sentences[f"{key}.{form}"]


@cache
def _load(language: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is not one of {LANGUAGES}")
    return dict(_flatten("", tomllib.loads((ASSETS / "locales" / f"{language}.toml").read_text("utf-8"))))


def _flatten(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value
