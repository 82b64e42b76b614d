from __future__ import annotations

import re
from random import Random

import pytest

from bot.core.segments.conditions import KINDS, list_conditions
from bot.core.segments.resolving import find_unknown, resolve, resolve_steps
from bot.core.segments.writing import SegmentMistake, Why, parse_segment, write_segment
from storage.segment import Trait
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
