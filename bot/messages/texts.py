"""What people read, by language: sentences with places for values, numbers, dates and lists."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from sys import intern
from typing import Any

from bot.assets import ASSETS
from bot.core.languages import LANGUAGES, PROGRAM_LANGUAGE, Conventions, choose_language, find_language, get_conventions
from bot.core.names import NAME_LIMIT, clean_text
from bot.late import late_pattern

__all__ = ["LANGUAGES", "Html", "Texts", "choose_language", "escape"]

Value = str | int

_EDGE = "\ue000"
"""Where a value begins and ends, until the sentence is done. Private use: cleaned names hold none."""

_HAN = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]"
_LOOSE = late_pattern(
    f"(?<={_HAN}) (?=(?:<b>)?{_EDGE}{_HAN})|(?<={_HAN}{_EDGE}) (?={_HAN})|(?<={_HAN}{_EDGE}</b>) (?={_HAN})"
)
_PLACE = late_pattern(r"(?<!\{)(?:\{\{)*\{[a-z_]")
"""Where a value goes; doubled braces are braces."""

_HAN_BETWEEN = late_pattern("(?<=})([\u4e00-\u9fff]+)(?={)")


class Html(str):
    """Ready Telegram HTML: goes into a sentence as it is. Any other text is escaped."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Text that shows as it is, in content and inside double-quoted attributes."""
    return Html(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;"))


class Texts:
    """The sentences for a reader of one language; English ones where the program does not speak it."""

    __slots__ = ("_conventions", "_ready", "_sentences", "language", "locale")

    def __init__(self, language: str) -> None:
        self.language = language
        """The reader's: what a shop says is looked up by it."""
        self.locale, self._sentences, self._ready, self._conventions = _choose_sentences(language)
        """The language of these sentences, one of LANGUAGES."""

    def say(self, key: str, **values: Value) -> Html:
        """The sentence as Telegram HTML; values are escaped, numbers written as the language does.

        A value called `count` chooses between the plural forms of the language where the sentence has them.
        """
        if (ready := self._ready.get(key)) is not None:
            return ready
        shown = dict[str, str]()
        for name, value in values.items():
            said = self._conventions.format_number(value) if isinstance(value, int) else value
            shown[name] = f"{_EDGE}{said if isinstance(value, Html | int) else escape(value)}{_EDGE}"
        return Html(_space(self._find(key, values).format_map(shown)))

    def plain(self, key: str, **values: Value) -> str:
        """The sentence for places that know no formatting: button labels, drafts, answers to taps, pictures."""
        if (ready := self._ready.get(key)) is not None:
            return ready
        plain = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        shown = {name: f"{_EDGE}{value}{_EDGE}" for name, value in plain.items()}
        return _space(self._find(key, values).format_map(shown))

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number with separators."""
        return self._conventions.format_number(value, digits=digits)

    def date(self, at_us: int, zone: tzinfo) -> str:
        """The day of a moment in microseconds, where the shop is."""
        return self._conventions.format_date(datetime.fromtimestamp(at_us // 1_000_000, zone).date())

    def moment(self, at_us: int, zone: tzinfo) -> str:
        """The day and the time of a moment in microseconds, where the shop is."""
        return f"{self.date(at_us, zone)}, {datetime.fromtimestamp(at_us // 1_000_000, zone):%H:%M}"

    def countdown(self, at_us: int, zone: tzinfo) -> Html:
        """A moment that apps show as the time until then, in the reader's own words; elsewhere as day and time.

        https://core.telegram.org/bots/api#date-time-entity-formatting
        """
        moment = escape(self.moment(at_us, zone))
        return Html(f'<tg-time unix="{at_us // 1_000_000}" format="r">{moment}</tg-time>')

    def join(self, items: Sequence[str]) -> Html:
        """Ready HTML items as a list within a sentence: `A, B and C`."""
        return Html(_space(self._conventions.join([f"{_EDGE}{item}{_EDGE}" for item in items])))

    def _find(self, key: str, values: dict[str, Value]) -> str:
        found = self._sentences.get(key)
        if found is not None:
            return found
        form = self._conventions.choose_plural(int(values.get("count", 0)))
        return self._find_form(f"{key}.{form}") or self._find_form(f"{key}.other") or self._sentences[key]

    def _find_form(self, key: str) -> str | None:
        """A plural form, where some have a place for the number and others none."""
        ready = self._ready.get(key)
        return self._sentences.get(key) if ready is None else ready.replace("{", "{{").replace("}", "}}")


def _space(text: str) -> str:
    """Chinese sets a space between its characters and foreign letters, but none between its own."""
    return _LOOSE.sub("", text).replace(_EDGE, "")


@lru_cache(maxsize=64)
def _choose_sentences(language: str) -> tuple[str, Mapping[str, str], Mapping[str, Html], Conventions]:
    """For a reader's language: that of the sentences, those that have places for values, those that have none, and its conventions."""
    return _load_sentences(find_language(language, LANGUAGES) or PROGRAM_LANGUAGE)


@cache
def _load_sentences(locale: str) -> tuple[str, Mapping[str, str], Mapping[str, Html], Conventions]:
    said = tomllib.loads((ASSETS / "locales" / f"{locale}.toml").read_text("utf-8"))
    sentences, ready = dict[str, str](), dict[str, Html]()
    for key, text in _flatten("", said):
        if _PLACE.search(text):
            sentences[intern(key)] = text
        else:
            ready[intern(key)] = Html(_space(text.format()))
    return locale, sentences, ready, _prepare_conventions(ready["locale.conventions"])


def _prepare_conventions(locale: str) -> Conventions:
    found = get_conventions(locale)
    two, start, middle, end = (_HAN_BETWEEN.sub(r" \1 ", pattern) for pattern in found.list_templates)
    return replace(found, list_templates=(two, start, middle, end))


def _flatten(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value


_ISOLATE, _END = "\u2068", "\u2069"
_LINKABLE = late_pattern(r"(?<=\w)\.(?=\w\w)|(?<=\w):(?=//)|(?<!\w)[@#$](?=\w)|(?<![\w/<>])/(?=\w)")
"""What Telegram would make a link, a mention, a tag or a command of."""


def show_name(texts: Texts, name: str, *, first: bool = False, limit: int = NAME_LIMIT) -> Html:
    """A name as HTML, "a friend" when empty; `first` where a sentence begins with it."""
    return escape(show_plain_name(texts, name, first=first, limit=limit))


def show_listed_name(texts: Texts, name: str, *, limit: int = NAME_LIMIT) -> Html:
    """A name in a list as HTML, "somebody" when empty: of people who are forgotten, too."""
    return show_name(texts, name, first=True, limit=limit) if name else texts.say("name.somebody")


def show_plain_name(texts: Texts, name: str, *, first: bool = False, limit: int = NAME_LIMIT) -> str:
    """A name for places without formatting: cleaned, cut, unable to turn the sentence around or to become a link."""
    clean = clean_text(name, limit=max(len(name), 1))
    if not clean:
        return texts.plain("name.nobody_first" if first else "name.nobody")
    if len(clean) > limit:
        clean = clean_text(clean, limit=limit - 1) + texts.plain("name.cut")
    inert = _LINKABLE.sub("\\g<0>\u2060", clean)
    turns = not clean.isascii() and any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in clean)
    return f"{_ISOLATE}{inert}{_END}" if turns else inert
