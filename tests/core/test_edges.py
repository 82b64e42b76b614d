"""Where rules turn: the last value that still holds, and the first that does not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.core.addresses import compute_neighbourhood
from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.mistakes import CampaignMistake, decode_file, explain_syntax
from bot.core.claiming import TYPED_LIMIT, WORDS_LIMIT, compose_label, decide_named, parse_claim, parse_offer
from bot.core.languages import get_conventions
from bot.core.links import Addresses, Payload, compose_link, find_named
from bot.core.names import clean_text, count_marks
from bot.core.scheduling import compute_left_seconds, compute_rest_seconds, decide_told
from bot.core.sharing import CardVersions, Signature, digest
from bot.core.spoken.codes import WordList, compose_spoken, is_one_edit_apart, parse_spoken, parse_words
from bot.core.spoken.own_codes import LONGEST, SHORTEST, Unsuitable, decide_own, parse_refused
from bot.core.standing import compute_page
from bot.core.visiting import CardName, compute_hour, parse_card

SHOP = Addresses("shop_bot")
ANNA = Signature(name="Anna", own_words="", code="AbCdEfGh12")
VERSIONS = CardVersions(texts={"en": {"a": "A", "b": "B"}, "id": {"a": "C"}}, captions={"en": "Q"}, fallback="en")


def test_a_card_has_a_version_for_all_that_shows_on_it() -> None:
    """Language, story, name, words and code; a language without texts is the fallback's, an unknown story the first."""
    assert (
        VERSIONS.of_card(ANNA, "en")
        == VERSIONS.of_card(ANNA, "fr", "gone")
        == digest("card", "A", "Anna", "", ANNA.code, "")
    )
    assert VERSIONS.of_card(ANNA, "en", "b") == digest("card", "B", "Anna", "", ANNA.code, "")
    assert VERSIONS.of_card(ANNA, "id", "b") == digest("card", "C", "Anna", "", ANNA.code, "")
    assert VERSIONS.of_qr(ANNA, "fr") == VERSIONS.of_qr(ANNA, "en") == digest("qr", "Q", ANNA.code)
    assert re.fullmatch("[0-9a-f]{16}", digest("x"))


@pytest.mark.parametrize(
    ("mark", "most"),
    [
        ("\u0590", 2),
        ("\u0591", 3),
        ("\u06ed", 3),
        ("\u0900", 4),
        ("\u0dff", 4),
        ("\u0f71", 5),
        ("\u109f", 5),
        ("\u17dd", 5),
    ],
)
def test_scripts_carry_as_many_marks_as_they_need(mark: str, most: int) -> None:
    """The first and the last of each script, and what lies before it."""
    assert count_marks(mark) == most


@pytest.mark.parametrize("clinging", ["\u0301", "\u20dd", "\u0903"])
def test_a_cut_takes_no_mark_from_its_letter(clinging: str) -> None:
    """Marks that stand above, around or behind: the letter goes with them."""
    assert clean_text(f"abc\u0915{clinging}", limit=4) == "abc"


def test_a_cut_parts_no_flag() -> None:
    """Flags are two letters each: whether one is cut through depends on how many stand before."""
    flags = "\U0001f1e9\U0001f1ea" * 3
    assert clean_text(flags, limit=3) == flags[:2]
    assert clean_text(flags, limit=4) == flags[:4]
    assert clean_text("x" + flags, limit=4) == "x" + flags[:2]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("my code is AbCdEfGhIj", "AbCdEfGhIj"),
        ("my code is abcdefgh12", "abcdefgh12"),
        ("my code is ABCDEFGH12 and not ABCDEFGH12x", "ABCDEFGH12"),
        ("“Alexandria”", "Alexandria"),
        ("_Alexandria_", "Alexandria"),
        ("my code is Alexandria", ""),
        ("my code is ALEXANDRIA", ""),
        ("AbCdEfGh12 or AbCdEfGh13", ""),
        ("AbCdEfGh12-qr, I mean AbCdEfGh12", "AbCdEfGh12"),
    ],
)
def test_a_code_in_a_sentence_is_what_can_be_no_word(said: str, code: str) -> None:
    """A digit among letters, or a capital behind a small letter; and only one such."""
    found = find_named(said, SHOP).payload
    assert (found.code if found else "") == code


def test_an_address_may_be_given_without_its_scheme() -> None:
    """The setting says https, a test or a tunnel may say nothing."""
    for place in ("https://oven.example", "oven.example"):
        assert find_named("oven.example/r/AbCdEfGh12", Addresses("b", place)).payload == Payload("AbCdEfGh12")


def test_numbers_days_and_lists_at_their_edges() -> None:
    """Nothing is negative that is shown as nothing; a language without month names writes them as numbers."""
    english, chinese = get_conventions("en"), get_conventions("zh")
    assert [english.format_number(value, digits=1) for value in (0, 0.04, -0.04, -0.06, -20)] == [
        "0.0", "0.0", "0.0", "\u22120.1", "\u221220.0",
    ]  # fmt: skip
    assert [english.format_number(value, digits=1) for value in (0.5, 10.0, 0.1)] == ["0.5", "10.0", "0.1"]
    assert [english.format_number(value) for value in (-100, -0.4, 999, 1000)] == ["\u2212100", "0", "999", "1,000"]
    assert [english.choose_plural(count) for count in (0, 1, -1, 2)] == ["other", "one", "one", "other"]
    assert chinese.choose_plural(1) == "other"
    assert [english.join(items) for items in ([], ["A"])] == ["", "A"]
    assert english.join("AB") == "A and B"
    assert english.join("ABCD") == "A, B, C, and D"
    assert "X" not in chinese.format_date(date(2026, 3, 9))
    assert chinese.join([]) == chinese.join([""]) == ""


@pytest.mark.parametrize(
    ("total", "wanted", "page"),
    [(0, 0, (0, 1)), (20, 0, (0, 1)), (21, 0, (0, 2)), (21, 1, (1, 2)), (21, 9, (1, 2)), (21, -1, (0, 2))],
)
def test_pages_at_their_edges(total: int, wanted: int, page: tuple[int, int]) -> None:
    """A page that does not exist is the nearest that does; nothing still has one."""
    found = compute_page(wanted, total, 20)
    assert (found.number, found.count, found.size) == (*page, 20)
    assert isinstance(found.count, int)


def test_what_can_be_a_name_at_its_edges() -> None:
    """As many letters and words as a name can have, and not one more."""
    words = " ".join(["abc"] * WORDS_LIMIT)
    assert decide_named(words, SHOP)
    assert not decide_named(f"{words} abc", SHOP)
    assert decide_named("a" * TYPED_LIMIT, SHOP)
    assert not decide_named("a" * (TYPED_LIMIT + 1), SHOP)
    assert parse_claim("\u200b" * 4 * TYPED_LIMIT + "Anna", SHOP).words == ""


def test_labels_at_their_edges() -> None:
    """A first name of 32 characters, an initial of one, a username where there is no name."""
    assert compose_label("a" * 40, "b") == "a" * 32 + " B."
    assert compose_label("", "b" * 40) == "b" * 32
    assert compose_label("", "", "c" * 40) == "c" * 32
    assert compose_label("", "") == ""
    assert compose_label("Anna", "\ufb01nn") == "Anna F."
    assert parse_offer("") is None


def test_a_link_without_a_source_ends_with_its_code() -> None:
    """Nothing hangs behind it."""
    assert compose_link("b_bot", "AbCdEfGh12") == "https://t.me/b_bot?start=AbCdEfGh12"


@pytest.mark.parametrize("address", ["2001:db8::1", "2001:db8::ffff:1"])
def test_neighbours_share_a_network(address: str) -> None:
    """The last half of an IPv6 address is its owner's to change."""
    assert compute_neighbourhood(address) == "2001:db8::/64"


def test_cards_and_hours_at_their_edges() -> None:
    """What follows /c/, and the hour of a click."""
    assert parse_card("AbCdEfGh12.jpg") == CardName("AbCdEfGh12", "")
    assert parse_card("AbCdEfGh12-free-taste.jpg") == CardName("AbCdEfGh12", "free-taste")
    assert parse_card("card.jpg") == CardName("", "", is_shops=True)
    assert parse_card("nonsense.jpg") == CardName("", "")
    assert parse_card("AbCdEfGh12.png") is None
    assert [compute_hour(moment) for moment in (0, 3_599_999_999, 3_600_000_000)] == [0, 0, 1]


def test_jobs_rest_longer_the_more_often_they_fail() -> None:
    """30 s, doubled with each failure, never more than their period; from the third in a row on it is told."""
    assert [compute_rest_seconds(failures, 3600) for failures in (0, 1, 2, 3, 99)] == [3600, 30, 60, 120, 3600]
    assert compute_rest_seconds(1, 10) == 10
    assert [compute_left_seconds(due, 10_000_000, 60) for due in (0, 10_000_000, 12_500_000, 10**15)] == [0, 0, 2.5, 60]
    assert [decide_told(failures) for failures in range(5)] == [False, False, False, True, True]


WORDS = parse_words("# for readers\nmaple\notter  # an animal\n枫叶 feng ye\n水獭 shui ta\n苍鹭 zang lu\n~pony\n")


def test_a_list_of_words_is_read() -> None:
    """Words in their order, sounds without what regions do not tell apart, retired ones apart."""
    assert WORDS.words == ("maple", "otter", "枫叶", "水獭", "苍鹭")
    assert WORDS.retired == {"pony"}
    assert WORDS.sounds["fen ye"] == "枫叶"
    assert WORDS.sounds["sui ta"] == "水獭"
    assert WORDS.sounds["zan lu"] == "苍鹭"
    assert set(WORDS.sounds.values()) == set(WORDS.words)


def test_a_list_of_refused_words_is_read() -> None:
    """Words refused wherever they stand, and those with a = before them only alone."""
    refused = parse_refused("# why\nadmin\n=ass  # alone\n\n")
    assert (refused.inside, refused.whole) == (("admin",), frozenset({"ass"}))


def test_numbers_of_codes_at_their_edges() -> None:
    """From 20 to 99, then 200 to 999, then 2000 to 9999; one that is avoided gives way to the next."""
    lowest = [code.rsplit("-", 1)[1] for code in compose_spoken(WORDS, lambda words: words[0], lambda _: 0)]
    assert sorted(set(lowest)) == ["20", "200", "2000"]
    highest = [
        code.rsplit("-", 1)[1] for code in compose_spoken(WORDS, lambda words: words[-1], lambda below: below - 1)
    ]
    assert sorted(set(highest)) == ["99", "999", "9999"]
    avoided = next(compose_spoken(WORDS, lambda words: words[0], lambda _: 18))
    assert avoided.endswith("-39")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("maple otter 1234", "maple-otter-1234"),
        ("maple otter 12345", ""),
        ("maple otter 1", ""),
        ("mapleotter 42", "maple-otter-42"),
        ("mapl otter 42", "maple-otter-42"),
        ("maple maple 42", ""),
        ("maplemaple 42", ""),
        ("maplexx 42", ""),
        ("xxotter 42", ""),
        ("I say 42 mapleotter now ok", "maple-otter-42"),
        ("I say mapleotter 42 now ok", "maple-otter-42"),
        ("I say maple 42 otter now ok", "maple-otter-42"),
    ],
)
def test_what_is_a_spoken_code_at_its_edges(typed: str, code: str) -> None:
    """Two to four digits, two different words, run together only where both are right."""
    assert parse_spoken(typed, [WORDS]) == ([code] if code else [])


def test_one_edit_is_not_two() -> None:
    """Two letters more are two slips, however alike the rest."""
    assert not is_one_edit_apart("maple", "maplexx")
    assert is_one_edit_apart("maple", "maplex")


def test_own_codes_at_their_edges() -> None:
    """The shortest and the longest that can be are taken, one letter more or less is not."""

    def decide(code: str) -> Unsuitable | None:
        nothing = parse_refused("")
        return decide_own(code, reserved=nothing, rude=nothing, shop_names=[], lists=[WordList(words=(), sounds={})])

    letters = "abcdefghijklmnopqrstuvwxyz"
    assert [decide(letters[:length]) for length in (SHORTEST, LONGEST)] == [None, None]
    assert [decide(letters[:length]) for length in (SHORTEST - 1, LONGEST + 1)] == [Unsuitable.LENGTH] * 2
    refused = parse_refused("=anna")
    judged = decide_own("anna", reserved=refused, rude=parse_refused(""), shop_names=[], lists=[])
    assert judged is Unsuitable.RESERVED


def test_mistakes_name_line_and_field_to_the_letter() -> None:
    """What a shop owner reads: where, what, and what would be right."""
    with pytest.raises(CampaignMistake) as caught:
        decode_file(b"a = 1\nb = '\xff'\n")
    assert (caught.value.line, caught.value.field) == (2, "")
    assert str(caught.value) == "line 2: this is not UTF-8 text. Save the file again with the encoding UTF-8."
    curly = explain_syntax("a = \u201cx\u201d", "Invalid value (at line 1, column 5)")
    assert str(curly) == (
        'line 1, a: the quotes are curly. Use straight ones, like "this" (on a phone, hold the quote key to find them).'
    )
    assert (
        explain_syntax("[b]\na", "Something new (at line 2, column 1)").problem
        == "Something new (at line 2, column 1)."
    )
    assert explain_syntax("a", "Something new (at line 1, column 1)").field == ""


@pytest.mark.parametrize(
    ("take", "line", "said"),
    [
        (lambda file: file.take_whole_number(("b", "n"), 9), 2, "b.n: this is missing. Write n = 50"),
        (lambda file: file.take_whole_number(("b", "t"), 9), 3, "b.t: this must be a whole number without quotes, like t = 50"),
        (lambda file: file.take_yes_no(("b", "n")), 2, "b.n: this is missing. Write n = true"),
        (lambda file: file.take_yes_no(("b", "t")), 3, "b.t: this must be true or false without quotes, like t = true"),
        (lambda file: file.take_text(("b", "list", 2), 9), 4, "b.list: this is missing"),
        (lambda file: file.take(("c",), "c = 1"), 1, "c: this is missing. Write c = 1"),
    ],
)  # fmt: skip
def test_a_file_names_what_it_misses(take: object, line: int, said: str) -> None:
    """The field itself, or the block it should stand in, by its line."""
    assert callable(take)
    with pytest.raises((CampaignMistake, IndexError)) as caught:
        take(CampaignFile('a = 1\n[b]\nt = "x"\nlist = [\n"y",\n"z"]\n'))
    if isinstance(caught.value, CampaignMistake):
        assert str(caught.value).startswith(f"line {line}, {said}")
