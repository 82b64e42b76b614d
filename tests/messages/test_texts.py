from __future__ import annotations

import ast
import re
import string
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import bot
from bot.assets import ASSETS
from bot.core.languages import PLURAL_FORMS
from bot.messages.standing import render_invites, render_rewards
from bot.messages.texts import LANGUAGES, Html, Texts, choose_language, escape
from tests.messages.samples import MARCH, make_invites, make_rewards, make_shop, make_waiting
from tests.messages.telegram_html import read_html

CODE = Path(bot.__file__).parent
FORMS = set(PLURAL_FORMS)


def read_locale(language: str) -> dict[str, Any]:
    """The sentences of a language by key; a dict of forms where the sentence has them."""
    return dict(flatten("", tomllib.loads((ASSETS / "locales" / f"{language}.toml").read_text())))


def flatten(prefix: str, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys joined by dots."""
    for name, value in table.items():
        if isinstance(value, dict) and not value.keys() <= FORMS:
            yield from flatten(f"{prefix}{name}.", value)
        else:
            yield prefix + name, value


def list_sentences(language: str) -> list[tuple[str, str]]:
    """Every sentence with its key, forms one by one."""
    locale = read_locale(language)
    return [
        (key, form)
        for key, value in locale.items()
        for form in (value.values() if isinstance(value, dict) else [value])
    ]


def list_places(sentence: str) -> set[str]:
    """The placeholders of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def list_keys(argument: ast.expr) -> Iterator[str]:
    """The keys that an argument may be."""
    if isinstance(argument, ast.IfExp):
        yield from list_keys(argument.body)
        yield from list_keys(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


@dataclass(frozen=True)
class Written:
    """What stands in code."""

    constants: set[object]
    begun: set[object]
    """With what strings begin that go on with a value."""
    said: set[str]
    """Keys of sentences, where they are said."""


@cache
def read_code(folder: Path) -> Written:
    """Of every module in it."""
    constants, begun, said = set[object](), set[object](), set[str]()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(node.values[0].value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                said |= set(list_keys(node.args[0])) if node.func.attr in {"say", "plain"} else set()
    return Written(constants, begun, said)


COUNTED = re.compile(
    r"\{(\w+)\}(?:</b>)? (?:[a-z]+ )?(?:accounts|answers|buttons|cards|characters|codes|coupons|days|entries|files|friends|gifts|guests|hours"
    r"|ideas|invitations|items|keys|lines|links|members|messages|minutes|months|names|options|orders|people|pictures|pixels|places|points|prizes"
    r"|purchases|requests|rules|seconds|shares|stories|things|times|versions|votes|weeks|winners)\b"
)
"""What stands before the plural of what it counts."""
BOUNDS = {"limit", "question", "most", "least", "each", "live", "names", "rate", "together", "days"} | {
    f"{what}_days" for what in ("chat", "count", "guess", "card", "face", "open", "message")
}
"""Placeholders of the program's own bounds, none of which is one."""
WORDS = {"actor", "brand", "date", "name"}
MANY = {
    "words.refused.too_long": "more than fit",
    "broadcast.unfit.text_too_long": "likewise",
    "broadcast.unfit.caption_too_long": "likewise",
    "stats.cycle_days": "from two days on",
    "stats.pulse.group": "from where an average is told",
    "alarm.floods": "more than it takes for an alarm",
    **dict.fromkeys(
        ("part.ask.code", "part.ask.what", "part.ask.name", "part.ask.perk", "template.ask_words"), "a bound"
    ),
    **{
        f"fairness.signal.{signal}": "from where it is noticed, of which none is one"
        for signal in ("chain", "burst", "rush", "still", "wave", "rhythm", "numbers", "names", "alike", "foreign")
    },
    **{f"fairness.signal.{signal}": "likewise" for signal in ("silent", "hush", "short", "returns", "refunds", "hand")},
}
"""Sentences of which the number is never one, and why."""


def test_one_friend_is_no_friends() -> None:
    """English says one thing otherwise than many: a sentence that counts has both forms, unless there is never one."""
    whole = {key: text for key, text in read_locale("en").items() if isinstance(text, str)}
    counted = {key: set(COUNTED.findall(text)) - BOUNDS - WORDS for key, text in whole.items()}
    assert {key for key, places in counted.items() if places} == MANY.keys()
    many = {key: set(re.findall(r"\{(\w+)\}(?:</b>)? (?:are|were)\b", text)) - WORDS for key, text in whole.items()}
    assert {key for key, places in many.items() if places} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    """The same keys everywhere, each with the same placeholders in all its forms."""
    english, other = read_locale("en"), read_locale(language)
    assert other.keys() == english.keys()
    for key, value in other.items():
        forms = list(value.values()) if isinstance(value, dict) else [value]
        places = {frozenset(list_places(form)) | {"count"} for form in forms}
        first = english[key]["other"] if isinstance(english[key], dict) else english[key]
        assert places == {frozenset(list_places(first)) | {"count"}}, key
        assert isinstance(value, dict) == isinstance(english[key], dict), key
        assert not isinstance(value, dict) or "other" in value, key


UNWANTED = {
    "en": ("eaten the name first yet", "into another chat", "Who comes by"),
    "id": (
        "Mulai aku",
        "membuka aku",
        "Hapus kataku",
        "mengundang",
        "diundang",
        "ndangan",
        "ajak lagi",
        "ajak aku",
        "Dapur",
    ),
    "zh": ("写下来就行", "写信", "内情", "启动", "好友", "您"),
}
"""What was said once and misled, or says the same thing in a second way: Indonesian invites with "mengajak" alone."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_are_typographic(language: str) -> None:
    """Apostrophes and quotes as a printer sets them, three dots as one, and no two spaces."""
    untidy = re.compile(r"\w'\w|(?<![=\w])\"|\.\.\.|(?<=\S)  ")
    assert [text for _, text in list_sentences(language) if untidy.search(text)] == []


@pytest.mark.parametrize("language", UNWANTED)
def test_one_thing_has_one_word(language: str) -> None:
    """Among the texts of the program, and among those of the campaign it comes with."""
    campaign = tomllib.loads((ASSETS / "campaigns" / "welcome.toml").read_text("utf-8"))
    told = [story[part][language] for story in campaign["stories"] for part in ("headline", "text", "offer")]
    said = [sentence for _, sentence in list_sentences(language)]
    assert [(word, text) for text in [*said, *told] for word in UNWANTED[language] if word in text] == []


KITCHEN = re.compile(
    r"(?i)\b(bak(e|ed|er|ery|ing)|bread|loaf|oven|kitchen|dough|crust|roti|dapur|oven|adonan)\b|面包|厨房|烤|面团"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_program_is_no_bakery(language: str) -> None:
    """Any shop may use it: what is baked is the campaign's to tell."""
    told = [text for key, text in list_sentences(language) if key != "admin.template.cafe"]  # the name of a trade
    assert [text for text in told if KITCHEN.search(text)] == []


@pytest.mark.parametrize(
    ("language", "promises"),
    [("en", ("capitals", "slip")), ("id", ("huruf besar", "salah ketik")), ("zh", ("大小写", "写错"))],
)
def test_a_spoken_code_is_promised_to_survive(language: str, promises: tuple[str, ...]) -> None:
    """Capitals and small slips do not matter, and every language says so."""
    said = Texts(language).plain("spoken.text", code="a-b-22", bot="x_bot")
    assert all(promise in said for promise in promises)


def test_every_key_is_used() -> None:
    """A sentence that nobody says is taken out; a key's last word may stand where it is computed, and is in the code then."""
    ours, stores = read_code(CODE), read_code(CODE.parent / "storage")
    said, begun = ours.constants | stores.constants, ours.begun | stores.begun
    unsaid = sorted(read_locale("en").keys() - said)
    parts = [re.fullmatch(r"(.*\.)(\w+)", key) for key in unsaid]
    assert [found[0] for found in parts if found is not None and not (found[1] in begun and found[2] in said)] == []


def test_every_used_key_exists() -> None:
    """What code says, the files have."""
    said = read_code(CODE).said
    assert len(said) > 50
    assert sorted(said - read_locale("en").keys()) == []


def test_keys_in_tables_exist() -> None:
    """Keys that are looked up before they are said are spelled right too."""
    keys = read_locale("en").keys()
    sections = {key.split(".")[0] for key in keys}
    constants = read_code(CODE / "messages").constants
    alike = {value for value in constants if isinstance(value, str) and re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", value)}
    files = {value for value in alike if value.endswith(".jpg")}
    assert sorted(value for value in alike - keys - files if value.split(".")[0] in sections) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_telegram_html(language: str) -> None:
    """Tags nest and nothing stray is in a sentence, whatever is filled in."""
    for key, sentence in list_sentences(language):
        shown = read_html(sentence.format_map(dict.fromkeys(list_places(sentence), "X")))
        assert shown.text.strip(), key
        assert len(shown.text) <= 2000, key
        assert shown.text == shown.text.strip() or key.startswith("list."), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_never_shout(language: str) -> None:
    """At most one emoji, no exclamation mark, no word in capitals but names of techniques."""
    for key, sentence in list_sentences(language):
        assert sum(unicodedata.category(char) == "So" for char in sentence) <= 1, key
        assert not re.search("[!\uff01]", sentence), key
        assert set(re.findall(r"\b[A-Z]{2,}\b", sentence)) <= {
            "QR",
            "ID",
            "SMS",
            "MB",
            "PNG",
            "JPEG",
            "UTC",
            "GIF",
            "CSV",
            "EUR",
            "IDR",
            "UTF",
        }, key


@pytest.mark.parametrize(
    ("chosen", "telegram", "language"),
    [
        (None, "en", "en"),
        (None, "en-GB", "en"),
        (None, "id", "id"),
        (None, "in", "id"),
        (None, "zh-hans", "zh"),
        (None, "zh-CN", "zh"),
        (None, "zh_TW", "zh"),
        (None, "ZH", "zh"),
        (None, "de", "en"),
        (None, "", "en"),
        ("zh", "en", "zh"),
        ("xx", "id", "id"),
        ("", "id-ID", "id"),
    ],
)
def test_the_member_chooses_before_telegram(chosen: str | None, telegram: str, language: str) -> None:
    """What /language said first, then Telegram's language in all its spellings, then English."""
    assert choose_language(chosen, telegram) == language


def test_values_are_escaped_unless_they_are_html() -> None:
    """A stranger's brackets show as brackets; only what is marked as HTML is HTML."""
    texts = Texts("en")
    assert "&lt;b&gt; &amp; &quot;" in texts.say("rewards.invited_friend", name='<b> & "')
    assert texts.say("rewards.invited_friend", name=Html("<i>x</i>")).startswith("<i>x</i>")
    assert texts.say("rewards.invited_friend", name=escape("<")).startswith("&lt;")
    assert texts.plain("rewards.invited_friend", name="<b>").startswith("<b>")


def test_values_are_no_templates() -> None:
    """Braces in a value mean nothing."""
    assert Texts("en").say("rewards.invited_friend", name="{name} {0.__class__}") == "{name} {0.__class__} joined"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "So far 1 friend has", "So far 1,200 friends have"),
        ("id", "1 teman", "1.200 teman"),
        ("zh", "1 位朋友", "1,200 位朋友"),
    ],
)
def test_counts_choose_their_form(language: str, one: str, many: str) -> None:
    """One friend, many friends; numbers are separated as the language does."""
    texts = Texts(language)
    assert one in texts.say("welcome.friends", count=1, balance="x")
    assert many in texts.say("welcome.friends", count=1200, balance="x")


@pytest.mark.parametrize(
    ("language", "date", "first"),
    [("en", "12 Mar 2026", "1 Jan 1970"), ("id", "12 Mar 2026", "1 Jan 1970"), ("zh", "2026年3月12日", "1970年1月1日")],
)
def test_dates_are_written_by_language(language: str, date: str, first: str) -> None:
    """A day, never a thousand-separated year."""
    assert Texts(language).date(MARCH, UTC) == date
    assert Texts(language).date(0, UTC) == first


def test_a_day_is_the_shops() -> None:
    """When it is late evening in UTC, the next day has begun in Jakarta, and in Honolulu it has not."""
    late = MARCH + 20 * 3_600 * 1_000_000
    zones = ("UTC", "Asia/Jakarta", "Pacific/Honolulu", "America/New_York")
    days = [Texts("en").date(late, ZoneInfo(zone)) for zone in zones]
    assert days == ["12 Mar 2026", "13 Mar 2026", "12 Mar 2026", "12 Mar 2026"]
    shop = replace(make_shop(), zone=ZoneInfo("Pacific/Honolulu"))
    lists = [
        render_invites(Texts("en"), shop, make_invites("Budi")).text,
        render_invites(Texts("en"), shop, make_waiting("Budi")).text,
        render_rewards(Texts("en"), shop, make_rewards("Budi")).text,
    ]
    for shown in lists:
        assert "11 Mar 2026" in shown
        assert "12 Mar" not in shown


@pytest.mark.parametrize(
    ("language", "lists"),
    [
        ("en", ["A", "A and B", "A, B and C"]),
        ("id", ["A", "A dan B", "A, B, dan C"]),
        ("zh", ["A", "A 和 B", "A、B 和 C"]),
    ],
)
def test_lists_read_as_sentences(language: str, lists: list[str]) -> None:
    """The last item is joined as people join it."""
    assert [Texts(language).join(list("ABC")[:count]) for count in (1, 2, 3)] == lists


def test_chinese_is_spaced_only_around_foreign_words() -> None:
    """A Chinese name stands close, another keeps its distance, inside tags too."""
    texts = Texts("zh")
    assert texts.say("announce.line", inviter="小明", friends="小红") == "小明邀请了小红"
    assert texts.say("announce.line", inviter="Sari", friends="小红") == "Sari 邀请了小红"
    assert texts.say("announce.line", inviter="小明", friends="Budi") == "小明邀请了 Budi"
    assert texts.join(["小明", "小红"]) == "小明和小红"
    assert "<b>小明</b>接受" in texts.say("friend_joined.alone", friend="小明", points="5", balance=1)
    assert "<b>Budi</b> 接受" in texts.say("friend_joined.alone", friend="Budi", points="5", balance=1)
    assert texts.say("announce.line", inviter="小明 二", friends="小 红") == "小明 二邀请了小 红"


@pytest.mark.parametrize("language", ["../en", "xx", ""])
def test_a_language_that_the_program_lacks_reads_english(language: str) -> None:
    """The shop may speak it all the same; a path never comes from a person."""
    texts = Texts(language)
    assert (texts.language, texts.locale) == (language, "en")
    assert texts.plain("button.menu") == Texts("en").plain("button.menu")


def test_an_unknown_key_is_a_fault_of_ours() -> None:
    """It is found by the first test that says it."""
    with pytest.raises(KeyError):
        Texts("en").say("no.such.key")


def test_sentences_are_kept_once_a_language() -> None:
    """Apps name a language in many spellings; each of them has the same tables, not one of its own."""
    sentences = [Texts(spelling)._ready for spelling in ("en", "en-GB", "EN", "pt-br", "")]

    assert all(each is sentences[0] for each in sentences)


def test_a_plural_form_without_a_place_is_said_as_it_is() -> None:
    """Some forms name the number, and some say it in words."""
    texts = Texts("en")
    texts._sentences, texts._ready = {"cake.other": "{count} cakes"}, {"cake.one": Html("one {cake}")}

    assert [texts.say("cake", count=number) for number in (1, 2)] == ["one {cake}", "2 cakes"]
