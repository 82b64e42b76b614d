"""Labels as the team types them, and how else a code may be read."""

from __future__ import annotations

from bot.core.campaigns.rewards import Condition, Give, Rule
from bot.core.labels import LABEL_LIMIT, MOST_ALIKE, list_named, list_spellings, parse_label, parse_labelling
from storage.facts import GrantKind
from storage.records import Side


def test_a_label_is_kept_in_small_letters() -> None:
    """Blanks and underscores are hyphens, accents are left out; what is left must be a word that a file can say."""
    said = {"VIP": "vip", " Old  Friend_2 ": "old-friend-2", "Café": "cafe", "a" * LABEL_LIMIT: "a" * LABEL_LIMIT}
    assert {each: parse_label(each) for each in said} == said
    refused = ("", "-", "-vip", "vip-", "a" * (LABEL_LIMIT + 1), "老朋友", "a.b", "a/b")
    assert [parse_label(each) for each in refused] == [None] * len(refused)


def test_a_label_is_given_or_taken_away() -> None:
    """Behind whoever it is for, with a minus of any kind to take it away."""
    for said, read in {
        "@anna ambassador": ("@anna", "ambassador", True),
        " Anna Maria  VIP ": ("Anna Maria", "vip", True),
        "@anna +vip": ("@anna", "vip", True),
        "@anna -vip": ("@anna", "vip", False),
        "@anna \u2212vip": ("@anna", "vip", False),
        "@anna \u2013vip": ("@anna", "vip", False),
        "vip": None,
        "-vip": None,
        "@anna -": None,
        "@anna v.i.p": None,
        "": None,
    }.items():
        assert parse_labelling(said) == read, said


def test_labels_that_rules_speak_of_are_listed_once() -> None:
    """Those they ask for and those they give, in their order; what else they give is none."""
    points, label = Give(kind=GrantKind.POINTS, amount=5, what=""), Give(kind=GrantKind.LABEL, what="regular")
    rules = [
        Rule(key="a", when="joined", who=Side.INVITER, give=points, condition=Condition(label=("vip", "staff"))),
        Rule(key="b", when="joined", who=Side.INVITER, give=label, condition=Condition(label=("vip",))),
        Rule(key="c", when="joined", who=Side.INVITER, give=Give(kind=GrantKind.CODE, what="WELCOME")),
    ]
    assert list_named(rules) == ["vip", "staff", "regular"]


def test_a_code_is_looked_for_as_it_may_be_misread() -> None:
    """Itself first; each letter that looks like another, and no more than can be looked for."""
    assert list_spellings("xy") == ["xy", "xy"]
    assert list_spellings("x0") == ["x0", "x0", "xo"]
    assert set(list_spellings("5g")) == {"5g", "56", "sg", "s6"}
    assert len(list_spellings("0123456789")) == MOST_ALIKE
