"""The dialogues about rules, items and levels: whatever is answered is what a file could say, and is read again from one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.campaigns.campaign import Campaign, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.part_answers import KEEP, list_spoken
from bot.core.campaigns.part_reading import read_day, read_emoji, read_slug, read_sources
from bot.core.campaigns.parts import Part, Piece, choose_key, drop_part, find_part, list_parts, set_part
from bot.core.campaigns.rewards import SIDE_NAMES, Rule, compose_rule, parse_rule
from bot.core.campaigns.terms_answers import compose_terms, list_terms_answers, read_worth
from bot.core.languages import LANGUAGES
from bot.core.numbers import parse_whole_number
from bot.handlers.campaigns.parts import FLOWS, list_answers
from bot.messages.part_questions import QUESTIONS
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.parts import COMPOSE
from tests.core.test_campaign_words import BY_LANGUAGE, PLAIN
from tests.thinning import thin_pairs

TYPED = (
    *("7", "\u0663", "1,000", "\uff12\uff10", "a free coffee", "一杯咖啡", "A «quoted» \\ # name", "free-coffee"),
    *("qr, print", "2026-12-31", "1.2.2027", "🌟", "#c53f1e", "5170233102089322756"),
)
"""Of which each question takes those that are an answer to it."""
MOST_STEPS = 60
SPOKEN = {"one language": PLAIN, "several": BY_LANGUAGE}


def read(text: str) -> Campaign:
    """Read a file."""
    return parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)


def begin(campaign: Campaign, part: Part, piece: Piece | None) -> dict[str, Any]:
    """What a dialogue knows when it begins."""
    spoken = list_spoken(campaign.languages, "id")
    data: dict[str, Any] = {
        "part": str(part),
        "key": "",
        "languages": list(campaign.languages),
        "spoken": spoken,
        "pools": ["coffee"],
        "gifts": {"5170233102089322756": "🧸 15 ⭐"},
        "tiers": {"regular": "Regular"},
        "labels": ["ambassador"],
        "stories": {story.key: "A story" for story in campaign.stories},
        "rivals": [
            {"key": rule.key, "when": rule.when, "who": SIDE_NAMES[rule.who], "said": "a rule"}
            for rule in campaign.rewards
            if rule is not piece
        ],
        "others": [tier.friends for tier in campaign.tiers if tier is not piece],
    }
    if piece is None:
        return data
    former = {"former": compose_rule(piece)} if isinstance(piece, Rule) else {}
    return data | former | list_answers(part, piece, spoken)


def answer(draw: st.DrawFn, campaign: Campaign, part: Part, piece: Piece | None) -> dict[str, Any]:
    """Go through the dialogue like somebody who taps and types at random, and keeps what has come of it."""
    flow, data = FLOWS[part], begin(campaign, part, piece)
    shop, texts = Shop(bot_username="b", inline_mode=False, campaign=campaign), Texts("en")
    step = flow.find(KEEP if piece is not None else flow.order(data)[0]) if flow.order else None
    for number in range(MOST_STEPS):
        assert step is not None
        choices = [*step.choices(texts, shop, data)] if step.choices is not None else []
        if step.name == KEEP:
            value = KEEP if number > MOST_STEPS // 2 else draw(st.sampled_from(choices))
        else:
            question = QUESTIONS[part][step.name]
            typed = [
                question.read(each)
                for each in TYPED
                if question.read is not None and question.refuse(texts, data, each) is None
            ]
            value = draw(st.sampled_from([*choices, *typed, *([None] if step.optional else [])]))
        data = dict(flow.add(data, step.name, value))
        step = flow.find_after(step.name, data)
        if step is None:
            return data
    return data | {"abandoned": True}


def keep(campaign: Campaign, part: Part, data: dict[str, Any], piece: Piece | None) -> Campaign:
    """The draft with what was answered."""
    made = COMPOSE[part](data, piece)
    key = data["key"] or choose_key(made.key, lambda each: find_part(campaign, part, each) is not None)
    return set_part(campaign, part, COMPOSE[part](data | {"key": key}, piece))


@pytest.mark.parametrize(("part", "spoken"), thin_pairs(Part, SPOKEN, step=2))
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_whatever_is_answered_a_file_says_as_well(part: Part, spoken: str, data: st.DataObject) -> None:
    """Added, changed and taken out at random: the draft is kept and exported, and reads as what it was each time."""
    former = SPOKEN[spoken]
    campaign = read(former)
    for _ in range(3):
        pieces = list_parts(campaign, part)
        piece = data.draw(st.sampled_from([None, *pieces]))
        said = data.draw(st.composite(answer)(campaign, part, piece))
        if "abandoned" not in said:
            campaign = keep(campaign, part, said, piece)
        gone = data.draw(st.sampled_from([None, *pieces]))
        if gone is not None:
            campaign = drop_part(campaign, part, gone.key)
        former = compose_file(campaign, former=former, name_picture=lambda known: known)
        assert read(former) == campaign == parse_content(compose_content(campaign))
        assert read(compose_file(campaign, name_picture=lambda known: known)) == campaign


def test_what_no_question_is_about_stays() -> None:
    """A rule of a newer program, say, loses nothing by being looked at and kept."""
    text = """
[[rewards]]
key = "mine"
when = "milestone"
friends = 5
head_start = 2
who = "inviter"
give = { coupon = "coffee" }
if = { label = ["ambassador"], source = ["qr", "print"], from = 2026-12-01, until = 2026-12-31 }
limit = { per_member = 3, per_week = 2, budget = 50, first = 10 }
hold_days = 3
valid_days = 9
at_limit = "queue"
on_expiry = "tell"
"""
    campaign = read(PLAIN + text)
    (rule,) = campaign.rewards
    data = begin(campaign, Part.REWARD, rule)
    assert keep(campaign, Part.REWARD, data, parse_rule(compose_rule(rule))) == campaign


def test_what_leads_nowhere_any_more_goes_with_what_it_led_to() -> None:
    """A rule stands for none that is gone, and a head start ends where there is nothing left to bring."""
    text = """
[[rewards]]
key = "general"
when = "milestone"
friends = 5
head_start = 2
who = "inviter"
give = { points = 50 }

[[rewards]]
key = "labelled"
when = "milestone"
friends = 5
who = "inviter"
give = { points = 90 }
if = { label = "ambassador" }
instead_of = "general"

[[rewards]]
key = "bought"
when = "joined"
who = "inviter"
give = { points = 70 }
instead_of = "join"
"""
    campaign = read(PLAIN + text)
    general = campaign.rewards[0]
    fewer = set_part(campaign, Part.REWARD, replace(general, number=2))
    assert [(rule.head_start, rule.instead_of) for rule in fewer.rewards] == [(0, ""), (0, "general"), (0, "join")]
    assert [rule.instead_of for rule in drop_part(campaign, Part.REWARD, "general").rewards] == ["", "join"]
    held = set_part(campaign, Part.REWARD, replace(campaign.rewards[2], hold_days=3))
    assert held.rewards[2].instead_of == ""
    for draft in (fewer, held, drop_part(campaign, Part.REWARD, "general")):
        assert read(compose_file(draft, name_picture=lambda known: known)) == draft


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_asked_in_every_language(part: Part, language: str) -> None:
    """With what can be tapped, each with a label that fits on a button."""
    campaign = read(BY_LANGUAGE)
    data = begin(campaign, part, None) | {"when": "milestone", "friends": 5, "who": "inviter", "kind": "points"}
    shop, texts = Shop(bot_username="b", inline_mode=False, campaign=campaign), Texts(language)
    for name, question in QUESTIONS[part].items():
        assert question.ask(texts, data, name)
        assert all(0 < len(label) <= 40 for label in question.list_choices(texts, shop, data).values())


NUMBERS = {
    "7": 7,
    " 50 ": 50,
    "+50": 50,
    "\u0665\u0660": 50,
    "\u0967\u0966": 10,
    "\uff15\uff10": 50,
    "1,000": 1000,
    "1.000": 1000,
    "1\u202f000": 1000,
    "1 000 000": 1_000_000,
    "1,00,000": 100_000,
    "1.5": None,
    "1,5": None,
    "1,0000": None,
    "0.005": None,
    "1.000,5": None,
    "0": None,
    "-3": None,
    "1000001": None,
    "seven": None,
    "7️⃣": None,
    "": None,
    "9" * 5000: None,
    "\u00b2": None,
}


def test_a_number_is_read_in_any_script() -> None:
    """With thousands apart or not; a fraction is none, and neither is what would be too much."""
    assert {said: parse_whole_number(said, 1_000_000) for said in NUMBERS} == NUMBERS


def test_a_key_is_never_given_twice() -> None:
    """A long one is cut for its number, and stays one that a file can say."""
    taken = {"coffee", "coffee-2", "x" * 32}
    assert choose_key("coffee", taken.__contains__) == "coffee-3"
    assert len(choose_key("x" * 32, taken.__contains__)) <= 32
    assert len(choose_key("purchased-1000000000000-inviter-privilege", taken.__contains__)) <= 32


def test_what_is_typed_is_forgiven_what_it_can_be() -> None:
    """Days, pools, ways and signs as people write them; what could be two things is none."""
    assert [read_day(each) for each in ("2026-12-31", "31.12.2026", "\uff12026-12-31", "03/04/2027", "2026-02-30")] == [
        *["2026-12-31"] * 3,
        None,
        None,
    ]
    assert [read_slug(each) for each in ("Free Coffee", "free-coffee", "kopi✨", "-")] == ["free-coffee"] * 2 + [
        None
    ] * 2
    assert [read_sources(each) for each in ("QR, print", "qr、qr", "two words!", "")] == [
        ["qr", "print"],
        ["qr"],
        None,
        None,
    ]
    assert [read_emoji(each) for each in (" 🌟 ", "🇮🇩", "👩‍🍳", "ab", "🌟🌟")] == ["🌟", "🇮🇩", "👩‍🍳", None, None]


WORTHS = {
    "0.05 EUR": [5, "EUR"],
    "0,05 eur": [5, "EUR"],
    "EUR 0.05": [5, "EUR"],
    "500 IDR": [50_000, "IDR"],
    "1.000 IDR": [100_000, "IDR"],
    "500 JPY": [500, "JPY"],
    "0.5 JPY": None,
    "0.005 EUR": None,
    "0.005 KWD": [5, "KWD"],
    "0 EUR": None,
    "5": None,
    "EUR": None,
    "5 EUR USD": None,
    "\u0665 EUR": [500, "EUR"],
    "99999999999999999999 EUR": None,
}


@pytest.mark.parametrize("said", WORTHS)
def test_what_a_point_is_worth_is_read_with_its_currency(said: str) -> None:
    """In major units, as people pay, with as many digits behind as the currency has."""
    assert read_worth(said) == WORTHS[said]


@pytest.mark.parametrize("text", [PLAIN, BY_LANGUAGE], ids=["one language", "several"])
def test_terms_are_exported_as_they_were_said(text: str) -> None:
    """And are the answers they were made of."""
    campaign = read(text)
    said = list_terms_answers(campaign) | {"claim": 30, "credit": 9, "grace": 2, "worth": [5, "EUR"], "liability": 700}
    changed = compose_terms(said, campaign)
    assert read(compose_file(changed, former=text, name_picture=lambda known: known)) == changed
    assert list_terms_answers(changed) == said
    unsaid = compose_terms(said | {"worth": None, "liability": None, "credit": None}, campaign)
    assert read(compose_file(unsaid, former=compose_file(changed, name_picture=str), name_picture=str)) == unsaid
