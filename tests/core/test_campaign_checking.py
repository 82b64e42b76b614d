"""Offers name the points that are given, in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.checking import (
    Fault,
    Finding,
    compose_findings,
    find_named_points,
    list_misnamed,
    parse_findings,
)
from bot.core.looks import list_themes
from tests.shipped import SHIPPED as TEXT

SHIPPED = parse_campaign(TEXT, themes=list_themes(), find_picture=lambda _: "")
UNITS = ["point", "points"]


def offer(said: str, language: str = "en", inviter: int = 50, invitee: int = 40) -> Campaign:
    """The shipped campaign with this offer in its first story."""
    first, *others = SHIPPED.stories
    told = replace(first, offer=first.offer | {language: said})
    return replace(SHIPPED, stories=(told, *others), inviter_points=inviter, invitee_points=invitee)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Start with 100 points.", [100]),
        ("1,500 Points for you, 1 point for me", [1500, 1]),
        ("Points: 20? No: points 20!", [20]),
        ("10 minutes and two points", []),
        ("{invitee_points} for you", []),
    ],
)
def test_named_points_are_numbers_beside_the_word_for_them(text: str, named: list[int]) -> None:
    """Other numbers are none, and placeholders are always right."""
    assert find_named_points(text, UNITS) == named


@pytest.mark.parametrize(
    ("language", "said", "wrong"),
    [
        ("en", "Start with 100 points.", 100),
        ("en", "You both get 50 points.", None),
        ("id", "Mulai dengan 70 poin.", 70),
        ("id", "Mulai dengan 40 poin.", None),
        ("zh", "一来就有 60 积分", 60),
        ("zh", "一来就有40积分", None),
        ("en", "Start with {invitee_points}.", None),
    ],
)
def test_an_offer_names_what_is_given(language: str, said: str, wrong: int | None) -> None:
    """In whatever language; what both sides are given may be named."""
    found = list(list_misnamed(offer(said, language)))
    expected = Finding(fault=Fault.POINTS, place=0, language=language, field="offer", count=wrong or 0)
    assert found == ([] if wrong is None else [expected])


def test_a_place_for_points_where_none_are_given_is_told() -> None:
    """`0 points` is no offer."""
    found, *_ = list_misnamed(offer("Start with {invitee_points}.", invitee=0))
    assert (found.fault, found.count) == (Fault.POINTS, 0)


def test_findings_are_kept_with_a_notice() -> None:
    """What is written is read back."""
    found = [Finding(fault=Fault.TOO_LONG, place=2, language="zh", field="text", count=3)]
    assert parse_findings(compose_findings(found)) == found
