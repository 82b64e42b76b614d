"""A campaign that was read from a file, changed, and written again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, Rules, Story, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.rewards import Give
from storage.facts import GrantKind
from tests.core.test_campaign_words import BY_LANGUAGE, PLAIN

SHIPPED = (ASSETS / "campaigns" / "welcome.toml").read_text("utf-8")
LANGUAGES = ("en", "id", "zh", "ru")


def read(text: str) -> Campaign:
    """Read a file; a picture is known by its path."""
    return parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)


def write(campaign: Campaign, former: str = "") -> str:
    """Write a file; a picture lies where it is known by."""
    return compose_file(campaign, former=former, name_picture=lambda known: known)


@pytest.mark.parametrize("text", [SHIPPED, PLAIN, BY_LANGUAGE], ids=["shipped", "plain", "by language"])
def test_what_has_not_changed_is_written_as_it_was(text: str) -> None:
    """To the last remark and blank."""
    assert write(read(text), text) == text


@pytest.mark.parametrize("text", [SHIPPED, PLAIN], ids=["shipped", "plain"])
def test_a_campaign_without_a_file_becomes_one(text: str) -> None:
    """It reads as what it was made of."""
    campaign = read(text)
    assert read(write(campaign)) == campaign
    assert ('brand = "' in write(campaign)) is (len(campaign.languages) == 1)


def test_remarks_and_order_survive_a_change() -> None:
    """Only the line that says something else is another."""
    changed = write(replace(read(SHIPPED), inviter_points=7), SHIPPED)
    (line,) = set(changed.split("\n")) - set(SHIPPED.split("\n"))
    assert line == "inviter = 7   # for the one who recommended you"


def speak(campaign: Campaign, languages: tuple[str, ...]) -> Campaign:
    """The campaign in other languages."""

    def say(said: dict[str, str]) -> dict[str, str]:
        return {each: said.get(each, f"in {each}") for each in languages}

    def tell(story: Story) -> Story:
        return replace(story, headline=say(story.headline), text=say(story.text), offer=say(story.offer))

    unit = {each: campaign.unit.get(each, {"one": "a", "other": "b"}) for each in languages}
    stories = tuple(tell(story) for story in campaign.stories)
    catalogue = tuple(replace(item, name=say(item.name)) for item in campaign.catalogue)
    spoken = replace(campaign, brand=say(campaign.brand), unit=unit, stories=stories, catalogue=catalogue)
    return replace(spoken, channel_language=languages[-1])


def colour(campaign: Campaign) -> Campaign:
    """The campaign in colours and a composition of its own."""
    return replace(campaign, layout="photo", focus="top", main_colour="#112233", accent_colour="#ddeeff")


CHANGES: list[Callable[[Campaign], Campaign]] = [
    lambda campaign: replace(campaign, theme="lagoon"),
    colour,
    lambda campaign: replace(campaign, layout="", accent_colour=""),
    lambda campaign: replace(campaign, main_colour="", accent_colour=""),
    lambda campaign: replace(campaign, logo="new.png", photo=""),
    lambda campaign: replace(campaign, rules=Rules(claim_days=2, community="@some_group", join_community=True)),
    lambda campaign: replace(campaign, rules=Rules(community=-1001234567890)),
    lambda campaign: replace(campaign, worth_amount=5, worth_currency="EUR"),
    lambda campaign: replace(campaign, worth_amount=5, worth_currency="EUR", liability_limit=500),
    lambda campaign: replace(campaign, stories=campaign.stories[::-1]),
    lambda campaign: replace(campaign, catalogue=campaign.catalogue[::-1]),
    lambda campaign: replace(campaign, catalogue=campaign.catalogue[1:]),
    lambda campaign: replace(
        campaign, catalogue=tuple(replace(each, price=9, stock=3, valid_days=5) for each in campaign.catalogue)
    ),
    lambda campaign: replace(
        campaign,
        catalogue=tuple(
            replace(each, give=Give(kind=GrantKind.COUPON, what="coffee"), picture="p.jpg")
            for each in campaign.catalogue
        ),
    ),
    lambda campaign: replace(campaign, stories=campaign.stories[:1]),
    lambda campaign: replace(
        campaign, stories=(*campaign.stories[1:], replace(campaign.stories[0], key=f"re-{campaign.stories[0].key}"))
    ),
    lambda campaign: replace(campaign, stories=tuple(replace(each, picture="p.jpg") for each in campaign.stories)),
    lambda campaign: replace(campaign, unit={each: {"few": "f", "other": "o"} for each in campaign.languages}),
    lambda campaign: replace(campaign, brand=dict.fromkeys(campaign.languages, 'A "quoted" \\ # name')),
    *(
        lambda campaign, languages=languages: speak(campaign, languages)
        for languages in (("en",), ("id",), ("ru", "en"), LANGUAGES)
    ),
]


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([SHIPPED, PLAIN, BY_LANGUAGE]), st.lists(st.sampled_from(CHANGES), max_size=5))
def test_whatever_changes_is_read_again_as_it_was_written(
    text: str, changes: list[Callable[[Campaign], Campaign]]
) -> None:
    """Over any number of changes, each written into the file of the one before."""
    campaign = read(text)
    for change in changes:
        campaign = change(campaign)
        text = write(campaign, text)
        again = read(text)
        assert again == campaign
        assert again.languages == campaign.languages
