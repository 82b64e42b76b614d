"""What a shop says of itself in a file of its own, and a campaign as one of that shop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_shop
from bot.core.campaigns.profile import Profile, dress, dress_as_spoken, find_profile, parse_profile
from tests.core.test_campaign_words import PLAIN

SHOP = """\
channel_language = "id"
logo = "logo.png"
[brand]
en = "Little Oven"
id = "Oven Mungil"
[unit]
en = ["point", "points"]
id = "poin"
"""
READ = Profile(
    channel_language="id",
    brand={"en": "Little Oven", "id": "Oven Mungil"},
    unit={"en": {"one": "point", "other": "points"}, "id": {"other": "poin"}},
    logo="digest of logo.png",
)


def parse(text: str) -> Profile:
    """Read a shop's file; every picture is there."""
    return parse_profile(text, find_picture=lambda path: f"digest of {path}")


def read_campaign() -> Campaign:
    """A campaign in Indonesian alone."""
    return parse_campaign(PLAIN, themes=["sunrise"], find_picture=lambda path: path)


def test_a_shop_says_who_it_is() -> None:
    """Languages, name, logo and what points are called; posts are in the first language where nothing else is said."""
    assert parse(SHOP) == READ
    assert parse(SHOP).languages == ("en", "id")
    assert parse(SHOP.replace('channel_language = "id"\n', "")) == replace(READ, channel_language="en")
    assert parse(SHOP.replace('logo = "logo.png"\n', "")) == replace(READ, logo="")
    assert parse('languages = ["id"]\nbrand = "Kopi Senja"\nunit = "biji"') == Profile(
        channel_language="id", brand={"id": "Kopi Senja"}, unit={"id": {"other": "biji"}}
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('channel_language = "id"', 'channel_language = "zh"', ['line 1, channel_language: "zh" does not exist']),
        ('logo = "logo.png"', "logo = 7", ["line 2, logo: this must be a text between quotes"]),
        ('en = "Little Oven"', f'en = "{"x" * 33}"', ["line 4, brand.en: this text has 33 characters; 32 fit"]),
        ('id = "poin"', f'id = "{"x" * 17}"', ["line 8, unit.id: this text has 17 characters; 16 fit"]),
        ('logo = "logo.png"', 'slug = "x"', ["line 2, slug: this field is not known"]),
        ("[brand]", "[brandt]", ["line 1, brand: this is missing", "line 3, brandt: this field is not known"]),
        ("[unit]", "[units]", ["line 1, unit: this is missing", "line 6, units: this field is not known"]),
        ('id = "Oven Mungil"', 'id = ""\nen-gb = 7', ["line 5, brand.id: this text is empty", "line 6, brand.en-gb: "]),
    ],
)
def test_a_mistake_in_a_shops_file_is_named(old: str, new: str, told: list[str]) -> None:
    """By its line and field, each of them."""
    assert SHOP.count(old) == 1
    with pytest.raises(CampaignMistake) as caught:
        parse(SHOP.replace(old, new))
    said = [str(each) for each in caught.value.all]
    assert all(any(each.startswith(start) for each in said) for start in told), said


def test_a_picture_needs_its_file_beside_it() -> None:
    """A text alone has none."""
    with pytest.raises(CampaignMistake, match=r"line 2, logo: .*nothing beside this text"):
        parse_profile(SHOP)


def test_a_shop_is_written_as_its_file_says_it() -> None:
    """Whatever its languages are, what is written is read as the same."""
    campaign = replace(read_campaign(), logo="digest of logo.png")
    shops = [campaign]
    for profile in (READ, replace(READ, channel_language="en", logo="")):
        told = replace(campaign, stories=())
        shops.append(dress(told, profile))
    for shop in shops:
        written = compose_shop(shop, name_picture=lambda sha256: sha256.removeprefix("digest of "))
        assert parse(written) == find_profile(shop)
        assert "slug" not in written
    assert compose_shop(shops[1]) == (
        'languages = ["en", "id"]\nchannel_language = "id"\nlogo = "digest of logo.png.jpg"\n\n'
        '[brand]\nen = "Little Oven"\nid = "Oven Mungil"\n\n[unit]\nen = ["point", "points"]\nid = "poin"\n'
    )


def test_a_campaign_is_one_of_its_shop() -> None:
    """Name, points, logo and languages are the shop's, and the stories keep their words in these languages alone."""
    campaign = read_campaign()
    both = tuple(
        replace(
            story,
            headline={**story.headline, "en": "A"},
            text={**story.text, "en": "B"},
            offer={**story.offer, "en": "C"},
        )
        for story in campaign.stories
    )
    english = Profile(channel_language="en", brand={"en": "Oven"}, unit={"en": {"other": "beans"}}, logo="new")
    dressed = dress(replace(campaign, stories=both), english)
    assert find_profile(dressed) == english
    assert [(story.headline, story.text, story.offer) for story in dressed.stories] == [
        ({"en": "A"}, {"en": "B"}, {"en": "C"})
    ] * 2
    assert (dressed.slug, dressed.inviter_points, dressed.photo) == ("senja", 10, campaign.photo)


def test_a_campaign_that_lacks_a_language_of_its_shop_says_where() -> None:
    """Every story, by its key, and each of the languages."""
    with pytest.raises(CampaignMistake) as caught:
        dress(read_campaign(), replace(READ, brand={"en": "A", "id": "B", "zh": "C"}))
    assert [(each.line, each.field, each.problem) for each in caught.value.all] == [
        (1, "languages", f'the story "{key}" of senja has no words in {language} yet. Write them first.')
        for key in ("first", "second")
        for language in ("en", "zh")
    ]


def test_a_campaign_goes_on_in_the_languages_that_it_has() -> None:
    """However many the shop speaks by now: what the shop says of itself in these is the campaign's, and what it does not say stays."""
    campaign = read_campaign()
    assert find_profile(dress_as_spoken(campaign, READ)) == Profile(
        channel_language="id", brand={"id": "Oven Mungil"}, unit={"id": {"other": "poin"}}, logo="digest of logo.png"
    )
    posting = Profile(channel_language="en", brand={"id": "A", "en": "B"}, unit=READ.unit)
    spoken = replace(campaign, brand={"id": "C", "en": "D"}, unit=READ.unit)
    assert find_profile(dress_as_spoken(spoken, posting)) == posting
    strange = Profile(channel_language="zh", brand={"zh": "店"}, unit={"zh": {"other": "点"}}, logo="")
    assert find_profile(dress_as_spoken(campaign, strange)) == replace(find_profile(campaign), logo="")
