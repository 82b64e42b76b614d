from __future__ import annotations

import re
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from bot.core.segments.conditions import KINDS, LENGTH_LIMIT, AnyOf, join, list_conditions
from bot.core.segments.resolving import Moment, compute_removals, find_unknown, resolve, resolve_steps
from bot.core.segments.writing import SegmentMistake, Why, parse_segment, write_segment
from storage.segment import Either, Every, Is, Opening, Other, Trait, Tree, Within
from tests.architecture.test_shape import ROOT
from tests.segments import MOMENT, draw_segment

SPELLINGS = {
    "language:id and friends>=3 and not label:staff": "language:id and friends>=3 and not label:staff",
    "Language = ID & friends ≥ 3 & !label:Staff": "language:id and friends>=3 and not label:staff",
    "language:zh 且\uff08friends≥2 或 非 label:vip\uff09": "language:zh and (friends>=2 or not label:vip)",
    "bahasa": "",
    "friends=3": "friends>=3 and friends<4",
    "friends>2 or friends<=0": "friends>=3 or friends<1",
    "not friends=3": "not (friends>=3 and friends<4)",
    "has balance": "balance>=1",
    "shared never": "never shared",
    "joined since 30 days dan seen before 2 weeks": "joined since 30d and seen before 14d",
    "joined>=2026-05-01 and joined<2026-06-01": "joined since 2026-05-01 and joined before 2026-06-01",
    "coupon<=7d": "coupon within 7d",
    "opened:#12 or unopened:12": "opened:12 or unopened:12",
    "label!=vip": "not label:vip",
    "a or b": "",
    "tier:gold or label:vip and language:en": "tier:gold or label:vip and language:en",
    "(tier:gold or label:vip) and language:en": "(tier:gold or label:vip) and language:en",
    "((tier:gold))": "tier:gold",
}

MISTAKES = {
    "": (Why.EMPTY, ""),
    "   ": (Why.EMPTY, ""),
    "frends>=3": (Why.NAME, "frends"),
    "language:id and xyz:3": (Why.NAME, "xyz"),
    "language id": (Why.HOW, "language"),
    "language>=id": (Why.HOW, "language"),
    "friends since 3": (Why.HOW, "friends"),
    "friends>=three": (Why.VALUE, "three"),
    "friends>=": (Why.VALUE, ">="),
    "friends>=-1": (Why.VALUE, "-1"),
    "friends>=99999999999999": (Why.VALUE, "99999999999999"),
    "joined since 2026-13-01": (Why.VALUE, "2026-13-01"),
    "joined since 0d": (Why.VALUE, "0d"),
    "joined since 0001-01-01": (Why.VALUE, "0001-01-01"),
    "opened:0": (Why.VALUE, "0"),
    "language:id friends>=3": (Why.JOIN, "friends"),
    "language:id and": (Why.MISSING, ""),
    "language:id and or friends>=3": (Why.MISSING, "or"),
    "(language:id": (Why.OPEN, "("),
    "(language:id friends>=3)": (Why.JOIN, "friends"),
    "language:id)": (Why.CLOSED, ")"),
    "not": (Why.MISSING, ""),
    "never tier": (Why.NAME, "tier"),
    "(" * 9 + "tier:gold" + ")" * 9: (Why.DEEP, "("),
    " and ".join(["tier:gold"] * 25): (Why.MANY, ""),
    "x" * 601: (Why.LONG, ""),
}


@pytest.mark.parametrize(("typed", "written"), [(typed, said) for typed, said in SPELLINGS.items() if said])
def test_a_segment_has_one_spelling_however_it_is_typed(typed: str, written: str) -> None:
    """Signs of other keyboards, words of other languages and shorter forms are read as the same."""
    assert write_segment(parse_segment(typed)) == written


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_points_at_its_word(typed: str) -> None:
    """Whoever types is shown where, and why."""
    with pytest.raises(SegmentMistake) as caught:
        parse_segment(typed)
    assert (caught.value.why, caught.value.word) == MISTAKES[typed]


def test_what_was_meant_is_guessed() -> None:
    """A slip of the finger is answered with the word that exists, a wrong value with a whole example."""
    for typed, hint in {"frends>=3": "friends", "langage:id": "language", "friends>=x": "friends>=3"}.items():
        with pytest.raises(SegmentMistake) as caught:
            parse_segment(typed)
        assert caught.value.hint == hint


def test_whatever_is_written_is_read_as_itself() -> None:
    """A thousand trees come back as they were."""
    random = Random(3)
    for _ in range(1_000):
        segment = draw_segment(random)
        assert parse_segment(write_segment(segment)) == segment


def test_every_condition_that_can_be_said_is_looked_for() -> None:
    """Its own example is read, resolved, and what the store can look at can all be said."""
    for name, kind in KINDS.items():
        segment = parse_segment(kind.example)
        assert [each.name for each in list_conditions(segment)] == [name]
        assert resolve(segment, MOMENT) is not None
    assert {trait.value for trait in Trait} == set(KINDS)


def test_what_does_not_exist_is_named_with_what_does() -> None:
    """A campaign that there is not cannot be meant; nobody having one can."""
    known = {"campaign": ["welcome", "spring"]}
    assert find_unknown(parse_segment("campaign:spring or campaign:none or label:any"), known) is None
    mistake = find_unknown(parse_segment("language:id and campaign:sprng"), known)
    assert mistake is not None
    assert (mistake.why, mistake.word, mistake.hint) == (Why.NOBODY, "sprng", "spring, welcome")


def test_steps_are_taken_from_left_to_right() -> None:
    """One part of an and each time; an or is one step."""
    for text, steps in {"tier:a": 1, "tier:a and tier:b and not tier:c": 3, "tier:a or tier:b": 1}.items():
        assert len(resolve_steps(parse_segment(text), MOMENT)) == steps


def test_the_document_has_every_condition() -> None:
    """With its name and its example, in the order in which they are offered."""
    document = (ROOT / "docs" / "segments.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", document, re.MULTILINE)
    assert rows == [(name, kind.example) for name, kind in KINDS.items()]


MORE_SPELLINGS = {
    "friends:3": "friends>=3 and friends<4",
    "label=vip": "label:vip",
    "coupon<7d": "coupon within 7d",
    "joined<30d": "joined before 30d",
    "has balance and label:a": "balance>=1 and label:a",
    "never shared or seen since 10w": "never shared or seen since 70d",
    "balance<1000000000000": "balance<1000000000000",
    "joined since 3650d": "joined since 3650d",
    "joined since 2010-01-01 or joined before 2100-12-31": "joined since 2010-01-01 or joined before 2100-12-31",
    "mood:Pleased or mood:none": "mood:pleased or mood:none",
    "not not tier:a": "not not tier:a",
    "(" * 8 + "tier:gold" + ")" * 8: "tier:gold",
    "(tier:a) and " + "(" * 8 + "tier:b" + ")" * 8: "tier:a and tier:b",
    " and ".join(["tier:gold"] * 24): " and ".join(["tier:gold"] * 24),
    "tier:" + "a" * 64: "tier:" + "a" * 64,
}


def test_more_is_read_as_what_it_means() -> None:
    """At the borders of what can be said: as many, as deep, as long ago."""
    for typed, written in MORE_SPELLINGS.items():
        assert write_segment(parse_segment(typed)) == written, typed
    fits = "tier:a" + " " * (LENGTH_LIMIT - 16) + "and tier:b"
    assert len(fits) == LENGTH_LIMIT
    assert write_segment(parse_segment(fits)) == "tier:a and tier:b"


@pytest.mark.parametrize(
    ("typed", "why", "word", "hint"),
    [
        ("frends>=3", Why.NAME, "frends", "friends"),
        ("nevr shared", Why.NAME, "nevr", "never"),
        ("noot tier:a", Why.NAME, "noot", "not"),
        ("xyz:3", Why.NAME, "xyz", ""),
        ("opend:3", Why.NAME, "opend", "opened"),
        ("language id", Why.HOW, "language", "language:id"),
        ("tier", Why.HOW, "tier", "tier:gold"),
        ("friends!=3", Why.HOW, "friends", "friends>=3"),
        ("joined>2026-05-01", Why.HOW, "joined", "joined since 30d"),
        ("joined:30d", Why.HOW, "joined", "joined since 30d"),
        ("coupon>=7d", Why.HOW, "coupon", "coupon within 7d"),
        ("tier:", Why.VALUE, ":", "tier:gold"),
        ("(tier:)", Why.VALUE, ")", "tier:gold"),
        ("tier:(a)", Why.VALUE, "(", "tier:gold"),
        ("tier:a!b", Why.JOIN, "!", ""),
        ("tier:" + "a" * 65, Why.VALUE, "a" * 65, "tier:gold"),
        ("friends>=1000000000001", Why.VALUE, "1000000000001", "friends>=3"),
        ("joined since 3651d", Why.VALUE, "3651d", "joined since 30d"),
        ("joined since 2009-12-31", Why.VALUE, "2009-12-31", "joined since 30d"),
        ("joined since 2101-01-01", Why.VALUE, "2101-01-01", "joined since 30d"),
        ("joined since 20260501", Why.VALUE, "20260501", "joined since 30d"),
        ("joined since 2026-W18-5", Why.VALUE, "2026-W18-5", "joined since 30d"),
        ("mood:glad", Why.VALUE, "glad", "mood:pleased"),
        ("opened:#0", Why.VALUE, "#0", "opened:12"),
        ("never tier", Why.NAME, "tier", "shared"),
        ("never xyz", Why.NAME, "xyz", "shared"),
        ("has friends", Why.NAME, "friends", "balance"),
        ("never balance", Why.NAME, "balance", "shared"),
        ("and tier:a", Why.MISSING, "and", ""),
        (") tier:a", Why.MISSING, ")", ""),
        ("tier:a and", Why.MISSING, "", ""),
        ("(tier:a", Why.OPEN, "(", ""),
        ("not " * 9 + "tier:a", Why.DEEP, "not", ""),
    ],
)
def test_a_mistake_says_what_could_stand_there(typed: str, why: Why, word: str, hint: str) -> None:
    """Where, why, and a word or a whole condition that would do."""
    with pytest.raises(SegmentMistake) as caught:
        parse_segment(typed)
    mistake = caught.value
    assert (mistake.why, mistake.word, mistake.hint) == (why, word, hint)
    assert str(mistake) == f"{why} at {mistake.start}: {word!r}"
    if why is Why.MISSING and not word:
        assert (mistake.start, mistake.end) == (len(typed), len(typed))


DAYS = 24 * 3600 * 1_000_000
JAKARTA = Moment(now=1_780_000_000 * 1_000_000, zone=ZoneInfo("Asia/Jakarta"), languages=("id",))
MAY = int(datetime(2026, 5, 1, tzinfo=JAKARTA.zone).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("tier:gold", Is(trait=Trait.TIER, name="gold")),
        ("label:none", Is(trait=Trait.LABEL, name="")),
        ("campaign:spring", Is(trait=Trait.CAMPAIGN, name="spring")),
        ("source:qr", Is(trait=Trait.SOURCE, name="qr")),
        ("list:march", Is(trait=Trait.LISTED, name="march")),
        ("mood:pleased", Is(trait=Trait.MOOD, name="pleased")),
        ("joined since 30d", Within(trait=Trait.JOINED, low=JAKARTA.now - 30 * DAYS)),
        ("seen before 90d", Within(trait=Trait.SEEN, high=JAKARTA.now - 90 * DAYS)),
        ("shared since 2026-05-01", Within(trait=Trait.SHARED, low=MAY)),
        ("joined before 2026-05-01", Within(trait=Trait.JOINED, high=MAY)),
        ("never shared", Other(part=Within(trait=Trait.SHARED))),
        ("friends>=3", Within(trait=Trait.FRIENDS, low=3)),
        ("balance<7", Within(trait=Trait.BALANCE, high=7)),
        ("coupon within 7d", Within(trait=Trait.COUPON, low=JAKARTA.now, high=JAKARTA.now + 7 * DAYS)),
        ("opened:12", Opening(trait=Trait.OPENED, broadcast_id=12)),
        ("unopened:12", Opening(trait=Trait.UNOPENED, broadcast_id=12)),
        (
            "tier:a and (tier:b or not tier:c)",
            Every(
                parts=(
                    Is(trait=Trait.TIER, name="a"),
                    Either(parts=(Is(trait=Trait.TIER, name="b"), Other(part=Is(trait=Trait.TIER, name="c")))),
                )
            ),
        ),
    ],
)
def test_what_is_written_is_what_the_store_looks_for(typed: str, tree: Tree) -> None:
    """Days are moments of the shop's own days, from this moment on."""
    assert resolve(parse_segment(typed), JAKARTA) == tree


def test_conditions_are_joined_in_the_order_of_their_coming() -> None:
    """By and or by or; what was joined otherwise stays together."""
    a, b, c = (parse_segment(f"tier:{name}") for name in "abc")
    assert join(None, a) == join(None, a, by_or=True) == a
    both, either = join(a, b), join(a, b, by_or=True)
    assert [write_segment(each) for each in (both, either)] == ["tier:a and tier:b", "tier:a or tier:b"]
    assert write_segment(join(both, c)) == "tier:a and tier:b and tier:c"
    assert write_segment(join(either, c, by_or=True)) == "tier:a or tier:b or tier:c"
    assert write_segment(join(either, c)) == "(tier:a or tier:b) and tier:c"
    assert join(both, c, by_or=True) == AnyOf(parts=(both, c))
    assert [each.value for each in list_conditions(parse_segment("not (tier:a or not tier:b)"))] == ["a", "b"]


def test_steps_take_away_and_what_there_is_is_named() -> None:
    """So many each; of what there is not more than can be read."""
    assert compute_removals([100, 60, 60, 10]) == [40, 0, 50]
    known = {"tier": [f"t{number}" for number in range(10)]}
    mistake = find_unknown(parse_segment("label:x and tier:gold"), known)
    assert mistake is not None
    assert (mistake.start, mistake.end, mistake.text) == (0, 4, "gold")
    assert mistake.hint == "t0, t1, t2, t3, t4, t5, t6, t7"
