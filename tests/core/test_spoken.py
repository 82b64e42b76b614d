from __future__ import annotations

import random
import re
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assets import ASSETS
from bot.core.languages import LANGUAGES
from bot.core.spoken.codes import (
    TRIES_PER_LENGTH,
    compose_spoken,
    compute_sound,
    fold_spoken,
    is_one_edit_apart,
    parse_spoken,
    parse_words,
)
from bot.core.spoken.own_codes import LONGEST, Unsuitable, decide_own, parse_own, parse_refused


def read(name: str) -> str:
    """A list of words as it ships."""
    return (ASSETS / "words" / f"{name}.txt").read_text("utf-8")


LISTS = {language: parse_words(read(language)) for language in LANGUAGES}
RUDE, RESERVED = parse_refused(read("rude")), parse_refused(read("reserved"))


def count_edits(one: str, other: str) -> int:
    """Slips of the finger from one to the other: a letter left out, added, mistaken, or two that changed places."""
    rows = [list(range(len(other) + 1))]
    for place, char in enumerate(one, 1):
        row, before = [place], rows[-1]
        for at, against in enumerate(other, 1):
            best = min(before[at] + 1, row[-1] + 1, before[at - 1] + (char != against))
            if place > 1 and at > 1 and char == other[at - 2] and one[place - 2] == against:
                best = min(best, rows[-2][at - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def decide(typed: str) -> Unsuitable | None:
    """Judge a code somebody typed for their own."""
    names = ["Little Oven", "小炉面包房", "little_oven_bot"]
    return decide_own(parse_own(typed), reserved=RESERVED, rude=RUDE, shop_names=names, lists=LISTS.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_suffice_for_a_million_members(language: str) -> None:
    """Pairs times numbers of two digits are more than a million, before the number grows."""
    words = LISTS[language].words
    numbers = len(set(range(20, 100)) - {38, 44, 69, 74, 88})
    assert len(words) == len(set(words))
    assert len(words) * (len(words) - 1) // 2 * numbers > 1_000_000


@pytest.mark.parametrize("language", ["en", "id"])
def test_words_do_not_look_alike(language: str) -> None:
    """Three letters apart and never one inside the beginning of another, so that one slip has one meaning."""
    words = LISTS[language].words
    assert all(re.fullmatch("[a-z]{4,8}", word) for word in words)
    near = [pair for pair in combinations(words, 2) if count_edits(*pair) < 3 or pair[1].startswith(pair[0])]
    assert near == []


def test_chinese_words_share_no_character() -> None:
    """Two characters each, none of them twice."""
    words = LISTS["zh"].words
    assert all(re.fullmatch("[\u4e00-\u9fff]{2}", word) for word in words)
    assert len(set("".join(words))) == 2 * len(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_do_not_sound_alike(language: str) -> None:
    """As many sounds as words, regional speech and bad lines included."""
    assert len(LISTS[language].sounds) == len(LISTS[language].words)


@pytest.mark.parametrize(
    ("one", "other"),
    [("maple", "maypul"), ("knight", "nite"), ("phone", "fone"), ("kertas", "gerdaz"), ("city", "sitty")],
)
def test_a_bad_line_is_allowed_for(one: str, other: str) -> None:
    """Different spelling, same sound."""
    assert compute_sound(one) == compute_sound(other)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_rude(language: str) -> None:
    """Nor does any pair make a rude word where the two meet."""
    words = LISTS[language].words
    assert not [word for word in words if word in RUDE.whole or any(bad in word for bad in RUDE.inside)]
    assert not [(one, other) for one in words for other in words if any(bad in one + other for bad in RUDE.inside)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_are_short_at_first_and_grow(language: str) -> None:
    """Two words in order, a number that nobody minds; each few tries a digit more."""
    rng = random.Random(7)
    for _ in range(300):
        codes = list(compose_spoken(LISTS[language], rng.choice, rng.randrange))
        assert [len(code.rsplit("-", 1)[1]) for code in codes] == [
            length for length in (2, 3, 4) for _ in range(TRIES_PER_LENGTH)
        ]
        for code in codes:
            first, second, number = code.split("-")
            assert first < second
            assert not number.startswith("1")
            assert int(number) not in {38, 44, 69, 74, 88, 250, 666}
            assert len(code) <= 24
            assert code == fold_spoken(code)


@given(seed=st.integers(), language=st.sampled_from(LANGUAGES), glue=st.sampled_from(["-", " ", "", " - ", ", ", "_"]))
def test_a_code_is_understood_however_it_is_typed(seed: int, language: str, glue: str) -> None:
    """With hyphens, blanks or nothing between, in any order and case, with full-width digits, or with an accent."""
    rng = random.Random(seed)
    code = next(compose_spoken(LISTS[language], rng.choice, rng.randrange))
    parts = code.split("-")
    if rng.random() < 0.5:
        parts[0], parts[1] = parts[1], parts[0]
    if rng.random() < 0.5:
        parts[2] = "".join(chr(ord(digit) - ord("0") + ord("\uff10")) for digit in parts[2])
    typed = glue.join(parts)
    typed = rng.choice([typed, typed.upper(), typed.title(), f"  {typed} ", unicodedata.normalize("NFD", typed)])
    assert parse_spoken(typed, LISTS.values()) == [code]


@given(seed=st.integers(), language=st.sampled_from(["en", "id"]))
def test_one_slip_is_put_right(seed: int, language: str) -> None:
    """A letter left out, doubled, mistaken or swapped in each word still finds the one code of that language."""
    rng = random.Random(seed)
    code = next(compose_spoken(LISTS[language], rng.choice, rng.randrange))
    first, second, number = code.split("-")
    typed = f"{slip(first, rng)} {slip(second, rng)} {number}"
    found = parse_spoken(typed, [LISTS[language]])
    assert found == [code]


def slip(word: str, rng: random.Random) -> str:
    """A word with one slip of the finger."""
    place = rng.randrange(1, len(word) - 1)
    head, char, tail = word[:place], word[place], word[place + 1 :]
    slipped = [head + tail, head + char * 2 + tail, head + "x" + tail, head + tail[0] + char + tail[1:]]
    return rng.choice(slipped)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "maple",
        "maple otter",
        "42",
        "maple maple 42",
        "maple otter 4",
        "maple otter 42 43",
        "Anna 42",
        "a-b-42",
        "x" * 999,
    ],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    """Two different words of a list and one number, or nothing."""
    assert parse_spoken(typed, LISTS.values()) == []


@given(st.text())
def test_any_text_can_be_tried(text: str) -> None:
    """Nothing typed breaks it, and what is found is made like a code."""
    for code in parse_spoken(text, LISTS.values()):
        assert re.fullmatch(r"[^\W\d_]+-[^\W\d_]+-[1-9][0-9]{1,3}", code)
    assert len(parse_own(text)) <= 64 * 18


@given(st.text("abcd", max_size=6), st.text("abcd", max_size=6))
def test_one_edit_is_one_slip_of_the_finger(one: str, other: str) -> None:
    """A letter left out, added or mistaken, or two neighbours that changed places."""
    assert is_one_edit_apart(one, other) == (count_edits(one, other) == 1)


@pytest.mark.parametrize(
    "typed",
    [
        "I think it was maple otter 42.",
        "the code is 42, otter maple, thank you",
        "she said maple-otter-42 I believe",
        "it was maple 42 otter",
        "call mapleotter42 please",
        "my friend told me mapleotter 42 on the telephone",
    ],
)
def test_a_code_is_found_in_a_sentence(typed: str) -> None:
    """Beside its number, both words right; words elsewhere in the sentence do not count."""
    assert parse_spoken(typed, LISTS.values()) == ["maple-otter-42"]


@pytest.mark.parametrize("typed", ["I ate maple and saw an otter on page 42", "mable otter 42 is what she said to me"])
def test_a_sentence_is_not_guessed_at(typed: str) -> None:
    """Words apart from the number, or with a slip, are a sentence and no code."""
    assert parse_spoken(typed, LISTS.values()) == []


def test_a_code_of_a_retired_word_is_still_understood() -> None:
    """A word that proved too near to another is given no more, but codes that were given with it go on working."""
    words = parse_words("bakso\nobor\n~baskom  # too near\n")
    assert words.words == ("bakso", "obor")
    assert parse_spoken("Obor baskom 41", [words]) == ["baskom-obor-41"]
    assert parse_spoken("obor baksom 41", [words]) == ["bakso-obor-41"]
    assert "baskom" in LISTS["id"].retired


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Zoë", "zoe"),
        (" Chef Anna ", "chefanna"),
        ("ANNA-7", "anna7"),
        ("\uff41\uff42\uff43", "abc"),
        ("小红帽", "小红帽"),
    ],
)
def test_an_own_code_is_kept_plain(typed: str, code: str) -> None:
    """Without capitals, accents, blanks and hyphens, so that it is found as it is said."""
    assert parse_own(typed) == code
    assert decide(typed) is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("ab", Unsuitable.LENGTH),
        ("", Unsuitable.LENGTH),
        ("a" * (LONGEST + 1), Unsuitable.LENGTH),
        ("小美", Unsuitable.LENGTH),
        ("anna!", Unsuitable.LETTERS),
        ("Анна", Unsuitable.LETTERS),
        ("a\u200bnna", Unsuitable.LETTERS),
        ("\U0001f600\U0001f600\U0001f600", Unsuitable.LETTERS),
        ("admin7", Unsuitable.RESERVED),
        ("4dm1n", Unsuitable.RESERVED),
        ("Passalong", Unsuitable.RESERVED),
        ("little oven", Unsuitable.RESERVED),
        ("L1ttle0ven", Unsuitable.RESERVED),
        ("小炉面包房", Unsuitable.RESERVED),
        ("sh1tty", Unsuitable.RUDE),
        ("goblok", Unsuitable.RUDE),
        ("你妈的头", Unsuitable.RUDE),
        ("mapleotter42", Unsuitable.ALIKE),
        ("枫叶水獭42", Unsuitable.ALIKE),
    ],
)
def test_an_own_code_is_refused_with_the_reason(typed: str, reason: Unsuitable) -> None:
    """Too short, not to be said, the shop's own, rude, or like one that is given."""
    assert decide(typed) is reason


@pytest.mark.parametrize("typed", ["class", "bass", "titan", "sussex", "analyst", "dickens"])
def test_innocent_words_are_no_victims(typed: str) -> None:
    """A short rude word refuses only itself, not what contains it."""
    assert decide(typed) is None


SOUND_ALIKE = {
    "knit": "nit",
    "gnat": "nat",
    "wren": "ren",
    "psalm": "salm",
    "phone": "fone",
    "night": "nit",
    "back": "bak",
    "school": "skool",
    "judge": "juj",
    "witch": "wish",
    "nation": "nashon",
    "city": "sity",
    "zebra": "sebra",
    "queen": "keen",
    "cat": "kat",
    "box": "boks",
    "how": "ow",
    "yard": "ard",
    "pat": "bad",
    "vine": "fime",
    "letter": "leter",
    "panel": "bamol",
}


def test_words_that_sound_alike_on_a_bad_line_are_one() -> None:
    """Whatever letters they are written with; the first vowel tells them apart, and the consonants do."""
    for word, other in SOUND_ALIKE.items():
        assert compute_sound(word) == compute_sound(other), word
    for word, other in {"maple": "otter", "pin": "pan", "fox": "fog", "otter": "utterly", "gnu": "nut"}.items():
        assert compute_sound(word) != compute_sound(other), word
