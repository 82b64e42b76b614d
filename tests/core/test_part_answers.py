"""What is answered in the dialogues about items, tiers, rules, contests, terms and postings: which questions come, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.core.campaigns import contest_answers, item_answers, reward_answers, tier_answers
from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign, Rules, parse_campaign
from bot.core.campaigns.catalogue import VALID_DAYS, CatalogueItem
from bot.core.campaigns.contest_answers import (
    compose_contest,
    ends_too_soon,
    order_contest,
    parse_prizes,
    read_prizes,
    take_contest,
    write_prizes,
)
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.item_answers import compose_item, list_item_answers, order_item, take_item
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.part_answers import KEEP, MORE, MOST_SPOKEN, NONE, compose_names, list_names, list_spoken
from bot.core.campaigns.part_reading import (
    MOST_SOURCES,
    count_excess,
    read_day,
    read_emoji,
    read_event,
    read_gift,
    read_slug,
    read_sources,
    read_words,
)
from bot.core.campaigns.parts import (
    MOST_NAMED,
    Part,
    PartChange,
    choose_key,
    compose_slug,
    drop_part,
    find_clash,
    find_part,
    list_changed,
    list_part_changes,
    list_parts,
    set_part,
)
from bot.core.campaigns.posting_answers import compose_posting, list_posting_answers, read_hours, take_posting
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.campaigns.reward_answers import compose_reward, list_reward_answers, name_give, order_reward, take_reward
from bot.core.campaigns.rewards import Condition, Give, Limit, Rule
from bot.core.campaigns.terms_answers import compose_terms, list_terms_answers, order_terms, read_bound, take_terms
from bot.core.campaigns.tier_answers import BADGES, compose_tier, list_tier_answers, order_tier, take_tier
from bot.core.campaigns.tiers import TIERS_LIMIT, Tier
from storage.facts import GrantKind
from storage.records import Side
from tests.core.test_campaign_words import PLAIN

SPOKEN: dict[str, Any] = {"spoken": ["id", "en"], "languages": ["en", "id"]}
"""A shop that speaks English and Indonesian, asked in the second."""
NAME, SAID = {"en": "Cup", "id": "Cangkir"}, {"name_1": "Cangkir", "name_2": "Cup"}
POINTS = Give(kind=GrantKind.POINTS, amount=5)


def read() -> Campaign:
    """A campaign without any of them."""
    return parse_campaign(PLAIN, themes=["sunrise"], find_picture=lambda path: path)


def test_names_are_asked_for_in_the_readers_language_first() -> None:
    """In so many of the shop's at most; in further ones it is called as in the first."""
    assert list_spoken(["en", "id", "zh"], "zh-hans") == ["zh", "en", "id"]
    assert list_spoken(["en", "id"], "fr") == ["en", "id"]
    many = [f"x{letter}" for letter in "abcdefghij"]
    assert list_spoken(many, "xj") == ["xj", *many[: MOST_SPOKEN - 1]]
    assert compose_names(SPOKEN | SAID, "name") == NAME
    assert list(compose_names(SPOKEN | SAID, "name")) == ["en", "id"]
    assert compose_names(SPOKEN | {"name_1": "Cangkir"}, "name") == {"en": "Cangkir", "id": "Cangkir"}
    assert compose_names(SPOKEN | {"name_2": "Cup"}, "name") == {"en": "Cup", "id": "Cup"}
    assert compose_names(SPOKEN | {"name_2": "Cup"}, "name", "Cangkir") == NAME
    assert compose_names(SPOKEN, "name", "Cangkir") == {}
    three = SPOKEN | {"languages": ["en", "id", "zh"]} | SAID
    assert compose_names(three, "name") == NAME | {"zh": "Cangkir"}
    assert list_names(NAME, "perk", ["id", "zh", "en"]) == {"perk_1": "Cangkir", "perk_3": "Cup"}


def test_what_is_typed_is_read_or_it_is_no_answer() -> None:
    """As long as there is room, and in the one spelling of each thing."""
    assert [read_words(said, 3) for said in (" a\nb ", "abcd", " ", "abc")] == ["a b", None, None, "abc"]
    assert [count_excess(said, 3) for said in ("", "abc", " abcde ")] == [0, 0, 2]
    assert [read_day(said) for said in ("2026-12-31", "tomorrow")] == ["2026-12-31", None]
    assert [read_slug(said) for said in ("a" * 32, "a" * 33, "A  B", "", "a_b")] == ["a" * 32, None, "a-b", None, None]
    assert [read_event(said) for said in (" Newsletter:sent ", "a b", "x" * 48, "x" * 49)] == [
        "Newsletter:sent",
        None,
        "x" * 48,
        None,
    ]
    ways = [f"w{number}" for number in range(MOST_SOURCES + 1)]
    assert read_sources(" QR;print,\u3001qr\uff0cat\uff1bx ") == ["qr", "print", "at", "x"]
    assert read_sources(" ".join(ways[:-1])) == ways[:-1]
    assert [read_sources(said) for said in (" ".join(ways), "", ",", "a b!", "a" * 17)] == [None] * 5
    assert read_sources("a" * 16) == ["a" * 16]
    assert [read_emoji(said) for said in (" 🌟 ", "a", "🌟🌟")] == ["🌟", None, None]
    gifts = (" 12345 ", "1234", "1" * 20, "1" * 21, "abcde")
    assert [read_gift(said) for said in gifts] == ["12345", None, "1" * 20, None, None]


def test_an_item_is_asked_for_by_what_it_is() -> None:
    """Its name in each language once it has one in the first; what is handed out under its name needs no more words."""
    assert order_item(SPOKEN) == ("name_1", "kind", "price", "stock", KEEP)
    assert order_item(SPOKEN | SAID) == ("name_1", "name_2", "kind", "price", "stock", KEEP)
    for kind in ("privilege", "by_hand"):
        assert order_item(SPOKEN | {"kind": kind}) == ("name_1", "kind", "price", "stock", KEEP)
    assert order_item(SPOKEN | {"kind": "coupon"}) == ("name_1", "kind", "coupon", "price", "stock", KEEP)
    assert order_item(SPOKEN | {"only": "name"}) == (KEEP, "name_1", KEEP)
    assert order_item(SPOKEN | {"only": "kind", "kind": "code"}) == (KEEP, "kind", "code", KEEP)
    for only in ("price", "stock", "per_member", "valid_days", "picture"):
        assert order_item(SPOKEN | {"only": only}) == (KEEP, only, KEEP)
    assert item_answers.CHANGES == ("name", "kind", "price", "stock", "per_member", "valid_days", "picture")


def test_answers_about_an_item_are_kept() -> None:
    """Numbers that were tapped are numbers; another kind forgets what was said of the one before."""
    for step in ("price", "stock", "per_member", "valid_days", "percent"):
        assert take_item({"a": 1}, step, "7") == {"a": 1, step: 7}
        assert take_item({}, step, 7) == {step: 7}
        assert take_item({step: 7}, step, NONE) == {step: None}
    assert take_item({}, "code", "7") == {"code": "7"}
    taken = take_item({"code": "X", "coupon": "pool"}, "kind", "gift")
    assert taken == {"kind": "gift", **{str(kind): None for kind in GrantKind}}
    assert take_item({"a": 1}, KEEP, KEEP) == {"a": 1, "only": ""}
    assert take_item({"a": 1}, KEEP, "price") == {"a": 1, "only": "price"}


def test_an_item_is_what_its_answers_say() -> None:
    """And its answers are what it is; a new one is known by its name, and what no question is about stays."""
    said = SPOKEN | SAID
    bare = compose_item(said | {"kind": "by_hand", "price": 9}, None)
    assert bare == CatalogueItem(key="cangkir", price=9, name=NAME, valid_days=VALID_DAYS)
    for kind, value, give in (
        ("by_hand", "a mug", Give(kind=GrantKind.BY_HAND, what="a mug")),
        ("privilege", None, Give(kind=GrantKind.PRIVILEGE, what="Cangkir")),
        ("privilege", "a table", Give(kind=GrantKind.PRIVILEGE, what="a table")),
        ("percent", 10, Give(kind=GrantKind.PERCENT, amount=10)),
        ("coupon", "pool", Give(kind=GrantKind.COUPON, what="pool")),
    ):
        answers = said | {"key": "cup", "kind": kind, kind: value, "price": 9, "stock": 3, "per_member": 2}
        item = compose_item(answers | {"valid_days": 5, "picture": "sha"}, bare)
        assert item == CatalogueItem(
            key="cup", price=9, name=NAME, stock=3, per_member=2, valid_days=5, give=give, picture="sha"
        )
        listed = list_item_answers(item, ["id", "en"])
        shown = {"key": "cup", "price": 9, "stock": 3, "per_member": 2, "valid_days": 5, "picture": "sha"}
        assert listed == {**shown, "kind": kind, kind: give.what or give.amount, **SAID}
        assert compose_item(SPOKEN | listed, item) == item
    assert list_item_answers(bare, ["id"]) == {
        "key": "cangkir",
        "price": 9,
        "stock": None,
        "per_member": None,
        "valid_days": VALID_DAYS,
        "kind": "by_hand",
        "picture": None,
        "name_1": "Cangkir",
    }
    assert compose_item(said | {"name_1": "杯", "kind": "by_hand", "price": 9}, None).key == "item"
    other = {"key": "cangkir", "name_1": "Gelas", "kind": "by_hand", "price": 7}
    assert compose_item(said | other, bare) == replace(bare, price=7, name={"en": "Cup", "id": "Gelas"})


def test_a_tier_is_asked_for_and_kept() -> None:
    """What it brings is said in each language or in none; a sign may be tapped, and a colour goes with its #."""
    assert order_tier(SPOKEN) == ("name_1", "friends", "badge", KEEP)
    assert order_tier(SPOKEN | {"only": "perk", "perk_1": "x"}) == (KEEP, "perk_1", "perk_2", KEEP)
    assert order_tier(SPOKEN | {"only": "name"}) == (KEEP, "name_1", KEEP)
    assert order_tier(SPOKEN | {"only": "colour"}) == (KEEP, "colour", KEEP)
    assert tier_answers.CHANGES == ("name", "friends", "badge", "colour", "perk", "period")
    for step in ("friends", "period"):
        assert take_tier({}, step, "7") == {step: 7}
        assert take_tier({}, step, NONE) == {step: None}
    for key, sign in BADGES.items():
        assert take_tier({}, "badge", key) == {"badge": sign}
    assert take_tier({}, "badge", "🍞") == {"badge": "🍞"}
    assert take_tier({}, "badge", NONE) == {"badge": None}
    for said in ("#c53f1e", "c53f1e"):
        assert take_tier({}, "colour", said) == {"colour": "#c53f1e"}
    assert take_tier({}, "colour", NONE) == {"colour": None}
    perks = SPOKEN | {"perk_1": "a", "perk_2": "b"}
    for nothing in (NONE, None):
        assert take_tier(perks, "perk_1", nothing) == SPOKEN | {"perk_1": None, "perk_2": None}
    assert take_tier(SPOKEN, "perk_1", "a") == SPOKEN | {"perk_1": "a"}
    assert take_tier({"a": 1}, KEEP, KEEP) == {"a": 1, "only": ""}
    assert take_tier({"a": 1}, KEEP, "perk") == {"a": 1, "only": "perk"}


def test_a_tier_is_what_its_answers_say() -> None:
    """From the honour alone to all that it can bring."""
    bare = compose_tier(SPOKEN | SAID | {"friends": 3}, None)
    assert bare == Tier(key="cangkir", friends=3, name=NAME)
    listed = {"key": "cangkir", "friends": 3, "badge": None, "colour": None, "period": None, **SAID}
    assert list_tier_answers(bare, ["id", "en"]) == listed
    more = {"badge": "🌟", "colour": "#112233", "period": 90, "perk_1": "Meja", "perk_2": "Table"}
    full = compose_tier(SPOKEN | listed | more, bare)
    assert full == replace(bare, badge="🌟", colour="#112233", period_days=90, privileges={"en": "Table", "id": "Meja"})
    assert list_tier_answers(full, ["id", "en"]) == listed | more
    assert compose_tier(SPOKEN | SAID | {"name_1": "杯", "friends": 3}, None).key == "tier"
    assert compose_tier(SPOKEN | listed | {"friends": 9}, full) == replace(bare, friends=9)


def test_a_contest_is_asked_for_and_kept() -> None:
    """By its name first; a new one is known by it, and is over after it has begun."""
    assert order_contest(SPOKEN) == ("name_1", "begins", "ends", "by", "prizes", KEEP)
    assert order_contest(SPOKEN | SAID)[:3] == ("name_1", "name_2", "begins")
    assert order_contest(SPOKEN | {"only": "name"}) == (KEEP, "name_1", KEEP)
    assert order_contest(SPOKEN | {"only": "ends"}) == (KEEP, "ends", KEEP)
    assert contest_answers.CHANGES == ("name", "begins", "ends", "by", "prizes")
    assert take_contest({"a": 1}, KEEP, KEEP) == {"a": 1, "only": ""}
    assert take_contest({"a": 1}, KEEP, "by") == {"a": 1, "only": "by"}
    assert take_contest({"a": 1}, "by", "draw") == {"a": 1, "by": "draw"}
    said = {"begins": "2026-12-01", "ends": "2026-12-24", "by": "friends", "prizes": "500\n-\nA mug"}
    mug = Prize(place=3, give=Give(kind=GrantKind.BY_HAND, what="A mug"))
    made = compose_contest(SPOKEN | SAID | said, None)
    assert made == Contest(
        key="cangkir",
        name=NAME,
        begins="2026-12-01",
        ends="2026-12-24",
        by=ContestBy.FRIENDS,
        prizes=(Prize(place=1, give=Give(kind=GrantKind.POINTS, amount=500)), mug),
    )
    assert compose_contest(SPOKEN | SAID | said | {"name_1": "杯"}, None).key == "contest"
    assert [ends_too_soon("2026-12-02", ends) for ends in ("2026-12-01", "2026-12-02", "2026-12-02T00:00")] == [
        True,
        False,
        True,
    ]


def test_prizes_at_their_edges() -> None:
    """Points up to a million, a share up to a hundred, as many places as can win."""
    lines = {
        "1000000": "1000000",
        "+1000000 point": "1000000",
        "PERCENT 100%": "percent 100",
        "percent 1": "percent 1",
        "Gift 12345": "gift 12345",
        f"code {'x' * 64}": f"code {'x' * 64}",
        f"privilege {'x' * 48}": f"privilege {'x' * 48}",
        "x" * 48: "x" * 48,
        "by_hand a mug": "a mug",
        "by_hand 500": "by_hand 500",
        "percent": "percent",
        "\uff15\uff10\uff10": "500",
    }
    assert {line: read_prizes(line) for line in lines} == lines
    refused = ("1000001", "00", "percent 0", "percent 101", "percent x", f"code {'x' * 65}", f"privilege {'x' * 49}")
    assert [read_prizes(line) for line in refused] == [None] * len(refused)
    assert read_prizes("x" * 49) is read_prizes("-") is read_prizes("500\n-") is read_prizes("") is None
    assert read_prizes("\n".join(["1"] * 20)) == "\n".join(["1"] * 20)
    assert [each.place for each in parse_prizes("1\n-\n2")] == [1, 3]
    assert write_prizes([]) == ""
    strange = Give(kind=GrantKind.PRIVILEGE, what="A table")
    assert write_prizes([Prize(place=2, give=strange)]) == "-\nprivilege A table"
    assert write_prizes([Prize(place=1, give=Give(kind=GrantKind.PERCENT, amount=5))]) == "percent 5"


def test_terms_are_asked_for_one_by_one() -> None:
    """Between two looks at all of them; what is not worth anything has no bound, which is said in its currency."""
    assert order_terms({"only": "hold"}) == (KEEP, "hold", KEEP)
    assert order_terms({"only": ""}) == order_terms({}) == (KEEP,)
    for step in ("claim", "credit", "hold", "grace"):
        assert take_terms({}, step, "7") == {step: 7}
        assert take_terms({}, step, 7) == {step: 7}
        assert take_terms({}, step, NONE) == {step: None}
    assert take_terms({"worth": [5, "EUR"]}, "liability", "700 EUR")["liability"] == 70_000
    assert take_terms({"worth": [5, "EUR"]}, "liability", NONE)["liability"] is None
    assert take_terms({"liability": 7}, "worth", [5, "EUR"]) == {"liability": None, "worth": [5, "EUR"]}
    assert take_terms({"liability": 7}, "worth", NONE) == {"liability": None, "worth": None}
    assert take_terms({"a": 1}, KEEP, KEEP) == {"a": 1, "only": ""}
    assert take_terms({"a": 1}, KEEP, "worth") == {"a": 1, "only": "worth"}


def test_terms_are_what_their_answers_say() -> None:
    """And nothing else of the draft changes."""
    campaign = replace(read(), rules=Rules(pause_days=3, wording="give"))
    said = {"claim": 1, "credit": 2, "hold": 3, "grace": 4, "worth": [5, "EUR"], "liability": 600}
    told = compose_terms(said, campaign)
    rules = replace(campaign.rules, claim_days=1, credit_days=2, hold_days=3, grace_days=4)
    assert told == replace(campaign, rules=rules, worth_amount=5, worth_currency="EUR", liability_limit=600)
    assert list_terms_answers(told) == said | {"only": "claim"}
    nothing = {"claim": 7, "credit": None, "hold": 7, "grace": 7, "worth": None, "liability": None}
    assert list_terms_answers(campaign) == nothing | {"only": "claim"}
    assert compose_terms(nothing, told) == campaign
    assert compose_terms({"claim": 7, "hold": 7, "grace": 7}, told) == campaign


def test_a_bound_is_read_in_the_currency_of_points() -> None:
    """Which need not be said; as much as can be owed, and not less than a minor unit."""
    for said, bound in {
        "700": 70_000,
        "EUR 700.5": 70_050,
        "700,50 eur": 70_050,
        "0.01": 1,
        "10000000000": 10**12,
        "10000000000.01": None,
        "10000000001": None,
        "700 USD": None,
        "USD 700 EUR": None,
        "0": None,
        "0.00": None,
        "1.005": 100_500,
        "1.0050": None,
        "": None,
        "many": None,
    }.items():
        assert read_bound(said, "EUR") == bound, said
    assert read_bound("700", "JPY") == 700
    assert read_bound("0.5", "JPY") is None
    assert read_bound("0.005", "KWD") == 5


def test_postings_are_what_their_answers_say() -> None:
    """Nobody is asked how it was where that is after no days; a field that was never asked about stays."""
    campaign = replace(
        read(),
        announce=AnnounceRules(digest="day"),
        news=NewsRules(quiet="21-9", per_week=2),
        pulse=PulseRules(after_days=1, every_days=2, rest_days=4),
        asks=AskRules(every_days=5),
    )
    said = {"digest": "day", "quiet": "21-9", "per_week": 2, "after_days": 1, "every_days": 2, "rest_days": 4}
    assert list_posting_answers(campaign) == said | {"asks_days": 5, "only": "digest"}
    assert compose_posting(said | {"asks_days": 5}, read()) == campaign
    assert compose_posting(said | {"after_days": 0}, read()).pulse is None
    kept = compose_posting({"digest": "each", "quiet": "", "per_week": 0}, campaign)
    assert kept == replace(campaign, announce=AnnounceRules(), news=NewsRules(), pulse=None)
    usual = list_posting_answers(read())
    assert (usual["after_days"], usual["every_days"], usual["rest_days"], usual["asks_days"]) == (0, 30, 30, 30)
    for step in ("per_week", "after_days", "every_days", "rest_days", "asks_days"):
        assert take_posting({}, step, "7") == {step: 7}
        assert take_posting({}, step, NONE) == {step: 0}
    for step in ("digest", "quiet"):
        assert take_posting({}, step, "hour") == {step: "hour"}
        assert take_posting({}, step, NONE) == {step: ""}
    assert take_posting({"a": 1}, KEEP, KEEP) == {"a": 1, "only": ""}
    assert take_posting({"a": 1}, KEEP, "quiet") == {"a": 1, "only": "quiet"}
    assert [read_hours(said) for said in (" 21-9 ", "night")] == ["21-9", None]


def test_a_rule_is_asked_for_by_what_happens_and_what_is_given() -> None:
    """A number or a name where one belongs to it, a side where there are two, the bound that was chosen."""
    assert order_reward(SPOKEN) == ("when", "who", "kind", "limit", KEEP)
    assert order_reward(SPOKEN | {"when": "joined"})[:2] == ("when", "who")
    assert order_reward(SPOKEN | {"when": "stayed"})[:3] == ("when", "days", "who")
    assert order_reward(SPOKEN | {"when": "custom"})[:3] == ("when", "event", "who")
    assert order_reward(SPOKEN | {"when": "cards_given"})[:3] == ("when", "cards", "kind")
    kinds = {"points": ("points",), "label": ("calls",), "coupon": ("coupon",), "privilege": ("privilege", "name_2")}
    for kind, steps in kinds.items():
        assert order_reward(SPOKEN | {"kind": kind}) == ("when", "who", "kind", *steps, "limit", KEEP)
    for limit, steps in {"first": ("first",), "budget": ("budget",), "member": (), "none": ()}.items():
        assert order_reward(SPOKEN | {"limit": limit}) == ("when", "who", "kind", "limit", *steps, KEEP)
    only = {"when": ("when",), "who": ("who",), "give": ("kind",), "limit": ("limit",), MORE: (MORE,)}
    for change, steps in only.items():
        assert order_reward(SPOKEN | {"only": change}) == (KEEP, *steps, KEEP)
    assert order_reward(SPOKEN | {"only": MORE, MORE: "name"}) == (KEEP, MORE, "name_1", KEEP)
    assert order_reward(SPOKEN | {"only": MORE, MORE: "nth"}) == (KEEP, MORE, "nth", KEEP)
    assert order_reward(SPOKEN | {"only": "who", "when": "adopted"}) == (KEEP, KEEP)
    assert tuple(only) == reward_answers.CHANGES
    assert [name_give(kind) for kind in (GrantKind.LABEL, GrantKind.CODE)] == ["calls", "code"]


def test_answers_about_a_rule_are_kept() -> None:
    """What does not fit to it any more is asked anew."""
    wholes = ("days", "amount", "friends", "cards", "points", "percent", "first", "budget", "nth")
    for step in (*wholes, "hold_days", "valid_days", "head_start"):
        assert take_reward({}, step, "7") == {step: 7}
        assert take_reward({}, step, NONE) == {step: None}
    for step in ("source", "language", "tier", "label", "story"):
        assert take_reward({}, step, "a") == {step: ["a"]}
        assert take_reward({}, step, ["a", "b"]) == {step: ["a", "b"]}
        assert take_reward({}, step, NONE) == {step: None}
    assert take_reward({"a": 1}, KEEP, KEEP) == {"a": 1, KEEP: KEEP, "only": "", MORE: ""}
    assert take_reward({"a": 1}, KEEP, "who") == {"a": 1, KEEP: "who", "only": "who", MORE: ""}
    for nothing in (NONE, None):
        assert take_reward(SPOKEN | SAID, "name_1", nothing) == SPOKEN | {"name_1": None, "name_2": None}
    assert take_reward(SPOKEN, "name_1", "x") == SPOKEN | {"name_1": "x"}
    none = {"per_member": None, "per_week": None, "first": None, "budget": None}
    assert take_reward({}, "limit", NONE) == {"limit": NONE} | none
    assert take_reward({}, "limit", "member") == {"limit": "member", "per_member": 1}
    assert take_reward({}, "limit", "week") == {"limit": "week", "per_week": 1}
    assert take_reward({}, "limit", "first") == {"limit": "first"}
    gone = dict.fromkeys(("points", "code", "coupon", "percent", "gift", "privilege", "by_hand", "calls"))
    kind = take_reward(SPOKEN | SAID | {"points": 5}, "kind", "code")
    assert kind == SPOKEN | {"name_1": None, "name_2": None, "kind": "code"} | gone
    named = take_reward(SPOKEN | SAID, "privilege", "A table")
    assert named == SPOKEN | {"name_1": None, "name_2": None, "privilege": "A table"}
    assert take_reward(SPOKEN | SAID, "code", "X") == SPOKEN | SAID | {"code": "X"}


def test_another_cause_asks_its_own_number_again() -> None:
    """Whoever it is for stays where that can be, and which purchase only where there are some."""
    gone = dict.fromkeys(("days", "amount", "friends", "cards", "event"))
    said = {"days": 5, "who": "friend", "nth": 2}
    assert take_reward(said, "when", "purchased") == gone | {"when": "purchased", "who": "friend", "nth": 2}
    assert take_reward(said, "when", "joined") == gone | {"when": "joined", "who": "friend", "nth": None}
    assert take_reward(said, "when", "adopted") == gone | {"when": "adopted", "who": "inviter", "nth": None}
    assert take_reward({}, "when", "joined") == gone | {"when": "joined", "who": None, "nth": None}


def test_a_rule_is_what_its_answers_say() -> None:
    """From three answers to all there are; its answers are what it is."""
    least = {"when": "joined", "who": "friend", "kind": "points", "points": 5}
    made = compose_reward(SPOKEN | least, None)
    assert made == Rule(key="joined-friend-points", when="joined", who=Side.INVITEE, give=POINTS)
    assert list_reward_answers(made, ["id", "en"]) == least | {"key": made.key}
    custom = compose_reward(SPOKEN | least | {"when": "custom", "event": "News"}, None)
    assert (custom.key, custom.event, custom.number) == ("custom-news-friend-points", "News", 0)
    assert list_reward_answers(custom, ["en"])["event"] == "News"
    assert compose_reward(SPOKEN | least | {"event": "News", "days": 5}, None) == made
    named = compose_reward(
        SPOKEN | {"when": "joined", "who": "friend", "kind": "by_hand", "by_hand": "Cangkir", "name_2": "Cup"}, None
    )
    assert (named.give, named.name) == (Give(kind=GrantKind.BY_HAND, what="Cangkir"), NAME)
    cards = compose_reward(SPOKEN | least | {"when": "cards_given", "who": "inviter"}, None)
    assert (cards.number, cards.key) == (1, "cards-given-1-inviter-points")
    bounded = replace(made, key="mine", limit=Limit(first=1), hold_days=3, name=NAME)
    assert compose_reward(SPOKEN | least, bounded) == made


ALL_SAID = Rule(
    key="mine",
    when="purchased",
    number=500,
    who=Side.INVITER,
    give=Give(kind=GrantKind.LABEL, what="regular"),
    condition=Condition(
        source=("qr",),
        language=("en",),
        tier=("gold",),
        label=("vip",),
        story=("a",),
        nth=2,
        since="2026-12-01",
        until="2026-12-24",
    ),
    limit=Limit(per_member=1, per_week=2, budget=3, first=4),
    at_limit="queue",
    hold_days=1,
    valid_days=2,
    on_expiry="tell",
    name=NAME,
    instead_of="other",
    head_start=6,
)


def test_a_rule_that_says_all_there_is_to_say_comes_back() -> None:
    """From its answers, whichever rule they change."""
    listed = list_reward_answers(ALL_SAID, ["id", "en"])
    assert listed == {
        "key": "mine",
        "when": "purchased",
        "amount": 500,
        "who": "inviter",
        "kind": "label",
        "calls": "regular",
        "per_member": 1,
        "per_week": 2,
        "budget": 3,
        "first": 4,
        "source": ["qr"],
        "language": ["en"],
        "tier": ["gold"],
        "label": ["vip"],
        "story": ["a"],
        "nth": 2,
        "since": "2026-12-01",
        "until": "2026-12-24",
        "at_limit": "queue",
        "on_expiry": "tell",
        "hold_days": 1,
        "valid_days": 2,
        "instead_of": "other",
        "head_start": 6,
        **SAID,
    }
    assert compose_reward(SPOKEN | listed, ALL_SAID) == compose_reward(SPOKEN | listed, None) == ALL_SAID


def test_a_key_is_free_and_fits() -> None:
    """With a number behind it where it was taken, for which there is room."""
    assert choose_key("cup", {"cup"}.__contains__) == "cup-2"
    assert choose_key("a" * 32, lambda _: False) == "a" * 32
    assert choose_key("a" * 33, lambda _: False) == "a" * 28
    assert choose_key("a" * 27 + "-bcdef", {"a" * 27}.__contains__) == "a" * 27 + "-2"
    assert compose_slug("Ein Café für 2!", "item") == "ein-cafe-fur-2"
    assert compose_slug("a" * 27 + " bc", "item") == "a" * 27
    assert compose_slug("一杯", "item") == compose_slug("--", "item") == "item"


def test_parts_are_put_in_and_taken_out() -> None:
    """In the place of the one of its key, else behind the others, as long as there is room."""
    first, second = Tier(key="a", friends=1, name=NAME), Tier(key="b", friends=2, name=NAME)
    campaign = set_part(set_part(read(), Part.TIER, first), Part.TIER, second)
    assert list_parts(campaign, Part.TIER) == campaign.tiers == (first, second)
    other = replace(first, friends=9)
    assert set_part(campaign, Part.TIER, other).tiers == (other, second)
    assert find_part(campaign, Part.TIER, "b") == second
    assert find_part(campaign, Part.TIER, "c") is find_part(campaign, Part.ITEM, "b") is None
    assert drop_part(campaign, Part.TIER, "a").tiers == (second,)
    for number in range(TIERS_LIMIT + 2):
        campaign = set_part(campaign, Part.TIER, Tier(key=f"t{number}", friends=number + 3, name=NAME))
    assert len(campaign.tiers) == TIERS_LIMIT
    assert find_clash(campaign, Tier(key="new", friends=2, name=NAME)) == 2
    assert find_clash(campaign, second) == find_clash(campaign, Tier(key="new", friends=999, name=NAME)) == 0
    assert find_clash(campaign, CatalogueItem(key="x", price=2, name=NAME)) == 0
    assert [(part.field, part.most) for part in Part] == [
        ("rewards", 20),
        ("catalogue", 12),
        ("tiers", 8),
        ("contests", 8),
    ]


@pytest.mark.parametrize(
    ("rule", "head_start", "instead_of"),
    [
        (Rule(key="x", when="milestone", number=5, who=Side.INVITER, give=POINTS, head_start=4), 4, ""),
        (Rule(key="x", when="milestone", number=4, who=Side.INVITER, give=POINTS, head_start=4), 0, ""),
        (Rule(key="x", when="milestone", number=5, who=Side.INVITEE, give=POINTS, head_start=4), 0, ""),
        (Rule(key="x", when="stayed", number=5, who=Side.INVITER, give=POINTS, head_start=4), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, instead_of="a"), 0, "a"),
        (Rule(key="x", when="joined", who=Side.INVITEE, give=POINTS, instead_of="a"), 0, ""),
        (Rule(key="x", when="adopted", who=Side.INVITER, give=POINTS, instead_of="a"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, instead_of="x"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, instead_of="join"), 0, "join"),
        (Rule(key="x", when="adopted", who=Side.INVITER, give=POINTS, instead_of="join"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=Give(kind=GrantKind.CODE, what="X"), instead_of="join"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, hold_days=1, instead_of="join"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, limit=Limit(first=1), instead_of="join"), 0, ""),
        (Rule(key="x", when="joined", who=Side.INVITER, give=POINTS, at_limit="tell", instead_of="join"), 0, ""),
    ],
)  # fmt: skip
def test_a_rule_is_put_in_without_what_leads_nowhere(rule: Rule, head_start: int, instead_of: str) -> None:
    """A head start of all there is to bring, the place of a rule that is none, or that gives to others for something else."""
    beside = Rule(key="a", when="joined", who=Side.INVITER, give=POINTS)
    settled = set_part(replace(read(), rewards=(beside,)), Part.REWARD, rule).rewards[-1]
    assert settled == replace(rule, head_start=head_start, instead_of=instead_of)


def test_changes_of_parts_are_told_in_the_order_of_the_campaign() -> None:
    """What is new, gone or another, and of a whole campaign by field and key; of many no more than can be read."""
    tier, item = Tier(key="a", friends=1, name=NAME), CatalogueItem(key="a", price=2, name=NAME)
    before = replace(read(), tiers=(tier,), catalogue=(item, replace(item, key="b")))
    after = replace(read(), tiers=(replace(tier, friends=5),), catalogue=(item, replace(item, key="c")))
    assert list_part_changes(before, after) == [
        PartChange(part=Part.ITEM, key="b", before=replace(item, key="b"), after=None),
        PartChange(part=Part.ITEM, key="c", before=None, after=replace(item, key="c")),
        PartChange(part=Part.TIER, key="a", before=tier, after=replace(tier, friends=5)),
    ]
    assert list_part_changes(before, before) == []
    changed = replace(after, inviter_points=99, photo="new")
    assert list_changed(before, changed) == ["inviter_points", "photo", "catalogue.b", "catalogue.c", "tiers.a"]
    items = tuple(replace(item, key=f"k{number:02}") for number in range(12))
    assert len(list_changed(read(), replace(read(), catalogue=items))) == MOST_NAMED
    crowded = list_changed(read(), replace(read(), catalogue=items, tiers=(tier,)))
    assert (len(crowded), crowded[-2:]) == (MOST_NAMED + 1, ["catalogue.k11", "…"])
