"""Which language somebody reads, and how languages write numbers, days and lists."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.core.languages import LANGUAGES, PLURAL_FORMS, choose_language, get_conventions, parse_tag

TRIED = ("en-gb", "id", "zh", "ru", "pl", "ar", "fa", "hi", "pt", "pt-pt", "ja", "th", "si", "bg", "hu")


@pytest.mark.parametrize(
    ("chosen", "telegram", "shop", "read"),
    [
        (None, "", (), "en"),
        (None, "id", (), "id"),
        (None, "in", (), "id"),
        (None, "zh-hans", (), "zh"),
        (None, "ZH_Hant", (), "zh"),
        ("zh", "id", (), "zh"),
        ("gone", "id", (), "id"),
        (None, "fr", (), "en"),
        (None, "fr", ("id", "en"), "id"),
        (None, "fr", ("xx", "zh"), "zh"),
        (None, "fr", ("xx",), "en"),
        (None, "xx", ("id", "xx"), "xx"),
        (None, "pt-br", ("pt",), "pt"),
        (None, "pt", ("pt-br",), "pt-br"),
        ("en", "xx", ("xx",), "en"),
        (None, "../en", (), "en"),
    ],
)
def test_the_first_language_that_serves_is_read(
    chosen: str | None, telegram: str, shop: tuple[str, ...], read: str
) -> None:
    """Chosen, else Telegram's, else the shop's, else English."""
    assert choose_language(chosen, telegram, shop) == read


def test_the_program_has_the_languages_of_its_files() -> None:
    """English first; no list of them stands in code."""
    assert LANGUAGES == ("en", "id", "zh")


@pytest.mark.parametrize("text", ["english", "e", "e1", "en-", "../en", "en/..", "", "en us"])
def test_what_is_no_tag_names_no_language(text: str) -> None:
    """A name that a file could be made of never comes from a person."""
    assert parse_tag(text) == ""


@pytest.mark.parametrize("language", TRIED)
def test_numbers_are_written_as_cldr_says(language: str) -> None:
    """Groups, their sizes and the decimal mark are Babel's, but for a minus that is one."""
    locale, conventions = Locale.parse(language, sep="-"), get_conventions(language)
    for number in (0, 1, 12, 123, 1_234, 12_345, 1_234_567, 1_234_567_890):
        assert conventions.format_number(number) == format_decimal(number, locale=locale)
    assert conventions.format_number(1234.5, digits=1) == format_decimal(1234.5, locale=locale)
    assert conventions.format_number(-1234) == "\u2212" + format_decimal(1234, locale=locale)


@pytest.mark.parametrize("language", TRIED)
def test_days_are_written_as_cldr_says(language: str) -> None:
    """Every month of a year."""
    locale, conventions = Locale.parse(language, sep="-"), get_conventions(language)
    for day in (date(2026, 1, 1) + timedelta(days=27 * step) for step in range(14)):
        assert conventions.format_date(day) == format_date(day, "medium", locale=locale)


@pytest.mark.parametrize("language", TRIED)
def test_lists_are_joined_as_cldr_says(language: str) -> None:
    """One, two, and more."""
    locale, conventions = Locale.parse(language, sep="-"), get_conventions(language)
    for items in (["A"], ["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D", "E"]):
        assert conventions.join(items) == format_list(items, locale=locale)
    assert conventions.join([]) == ""


@pytest.mark.parametrize("language", TRIED)
def test_plural_forms_are_cldrs(language: str) -> None:
    """For every number that a counter may show."""
    locale, conventions = Locale.parse(language, sep="-"), get_conventions(language)
    for number in [*range(130), 1_000, 1_000_000]:
        assert conventions.choose_plural(number) == locale.plural_form(number)
        assert conventions.choose_plural(number) in PLURAL_FORMS


def test_an_unknown_language_writes_like_english() -> None:
    """Nobody has written down how it does."""
    made_up = get_conventions("xx")
    assert (made_up.format_number(1234), made_up.choose_plural(1)) == ("1,234", "one")
    assert get_conventions("id-xx").format_number(1234) == "1.234"
