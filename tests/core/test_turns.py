"""Where rules turn, once more: what is said of a mistake, and the last value that still holds."""

from __future__ import annotations

import pytest

from bot.core.campaigns.campaign import STORIES_LIMIT, CampaignMistake
from bot.core.claiming import decide_named
from bot.core.community import ChatProblem, decide_problem
from bot.core.languages import format_number, parse_tag
from bot.core.links import Addresses, Payload, find_named
from bot.core.printing import parse_placement
from bot.core.spoken.own_codes import LONGEST, Unsuitable, decide_own, parse_refused
from tests.core.test_campaign_words import PLAIN, parse

SHOP = Addresses("shop_bot", "https://oven.example")
STORY = PLAIN[PLAIN.rindex("[[stories]]") :]


def refuse(text: str) -> str:
    """What is said of a campaign file."""
    with pytest.raises(CampaignMistake) as refused:
        parse(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('languages = ["id"]', "languages = 5", 'this must be a list of languages, like ["en"] or ["en", "id"]'),
        ('slug = "senja"', "", 'Write slug = "welcome"'),
        ('theme = "sunrise"', 'theme = "moon"', '"moon" does not exist. Choose one of: "sunrise", "auto".'),
        ('kind = "novelty"', 'kind = "x"', '"x" does not exist. Choose one of: "'),
        ("inviter = 10", 'inviter = "10"', "this must be a whole number without quotes, like inviter = 50"),
        ("inviter = 10", "", "inviter = 50"),
        ('headline = "Kopi pagi"', 'headline = " "', "this text is empty. Write at least a word."),
        ('unit = "biji"', "", '"points", or for one and many ["point", "points"]'),
        ("inviter = 10", "inviterr = 10\ninviter = 10", "inviterr"),
        ('slug = "senja"', 'slug = "senja"\nrules = 5', "this must be a block of fields: "),
        ('slug = "senja"', 'slug = "senja"\nrules = {join_community = 1}', "like join_community = true"),
    ],
)
def test_a_mistake_in_a_campaign_says_what_would_be_right(wrong: str, right: str, said: str) -> None:
    """In whole sentences, with the field's own name in the example."""
    assert wrong in PLAIN
    assert said in refuse(PLAIN.replace(wrong, right, 1))


@pytest.mark.parametrize("stories", ["5", '["x"]', "[{}, 5]"])
def test_stories_are_blocks(stories: str) -> None:
    """Whatever else stands there is answered with how a block begins."""
    head, points = PLAIN[: PLAIN.index("[points]")], PLAIN[PLAIN.index("[points]") : PLAIN.index("[[stories]]")]
    assert "[[stories]]" in refuse(f"{head}stories = {stories}\n{points}")


def test_a_campaign_tells_as_many_stories_as_it_may() -> None:
    """And no more."""
    most = PLAIN + "".join(STORY.replace("second", f"s{number}") for number in range(STORIES_LIMIT - 2))
    assert len(parse(most).stories) == STORIES_LIMIT
    assert str(STORIES_LIMIT) in refuse(most + STORY.replace("second", "more"))


@pytest.mark.parametrize(
    ("value", "digits", "said"), [(-0.4, 0, "0"), (-0.06, 1, "\u22120.1"), (0.0, 0, "0"), (1.0, 0, "1")]
)
def test_nothing_is_written_without_a_sign(value: float, digits: int, said: str) -> None:
    """What rounds to nothing is not less than nothing."""
    assert format_number(value, "en", digits=digits) == said


def test_a_language_is_written_one_way() -> None:
    """With a hyphen or an underscore, in whatever letters."""
    assert parse_tag("id-ID") == parse_tag(" ID_id ") == "id-id"


@pytest.mark.parametrize(
    ("typed", "place"),
    [("", "shop"), ("Window", "window"), (" shop ", "shop"), ("qr", None), ("a b", None), ("é", None)],
)
def test_paper_hangs_in_a_place(typed: str, place: str | None) -> None:
    """The usual one where none is named; what means another way of coming is no place."""
    assert parse_placement(typed, usual="shop", taken={"qr", "shop"}) == place


def test_rights_are_asked_for_after_the_place() -> None:
    """An admin is told of one thing at a time."""
    said = [decide_problem(admin=admin, may_invite=may) for admin, may in ((False, False), (True, False), (True, True))]
    assert said == [ChatProblem.NO_ADMIN, ChatProblem.NO_INVITING, None]


@pytest.mark.parametrize(
    "said",
    [
        "tg://resolve?domain=shop_bot&start=AbCdEfGh12-fwd",
        "tg://resolve?start=AbCdEfGh12-fwd&domain=shop_bot",
        "tg://resolve?domain=shop_bot&startapp=AbCdEfGh12-fwd",
        "tg://resolve?domain=other_bot&start=Zz and https://t.me/shop_bot?start=AbCdEfGh12-fwd",
        "https://oven.example/r/AbCdEfGh12-fwd",
        "see oven.example/c/AbCdEfGh12-fwd there",
    ],
)
def test_a_link_is_read_in_every_spelling(said: str) -> None:
    """Whichever part of it comes first, and whatever stands before it."""
    assert find_named(said, SHOP).payload == Payload(code="AbCdEfGh12", source="fwd")


@pytest.mark.parametrize(("code", "reason"), [("é" * LONGEST, Unsuitable.LETTERS), ("é" * 17, Unsuitable.LENGTH)])
def test_the_longest_code_is_one(code: str, reason: Unsuitable) -> None:
    """It is refused for its letters; one letter more, for its length."""
    nothing = parse_refused("")
    assert decide_own(code, reserved=nothing, rude=nothing, shop_names=[], lists=[]) is reason


def test_a_name_in_a_sentence_is_named() -> None:
    """A link of the community chat alone names somebody as well."""
    assert decide_named("https://t.me/+abcdefgh123", SHOP)
