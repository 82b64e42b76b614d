"""What a shop says of itself, whatever it promises: its languages, name, logo, and what it calls points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from bot.core.campaigns.campaign import BRAND_LIMIT, Campaign, CampaignMistake, Story
from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.mistakes import gather_mistakes
from bot.core.campaigns.pictures import FindPicture, refuse_pictures, take_picture
from bot.core.campaigns.words import take_channel_language, take_languages, take_unit, take_words
from storage.frozen import frozen

T = TypeVar("T")


@frozen
class Profile:
    """A shop's; texts by language."""

    channel_language: str
    brand: dict[str, str]
    unit: dict[str, dict[str, str]]
    logo: str = ""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the shop, in its order."""
        return tuple(self.brand)


def parse_profile(text: str | bytes, *, find_picture: FindPicture = refuse_pictures) -> Profile:
    """Read a shop's file: fields as in a campaign's.

    Raises:
        CampaignMistake: the first thing that cannot be; `all` has the others.
    """
    file = CampaignFile(text)
    attempt = file.attempt
    file.take_table((), ("languages", "channel_language", "logo", "brand", "unit"))
    languages = attempt((), take_languages, file)
    profile = Profile(
        channel_language=attempt("", take_channel_language, file, languages) if languages else "",
        brand=attempt({}, take_words, file, ("brand",), BRAND_LIMIT, languages),
        unit=attempt({}, take_unit, file, ("unit",), languages),
        logo=attempt("", take_picture, file, ("logo",), find_picture),
    )
    file.check()
    return profile


def find_profile(campaign: Campaign) -> Profile:
    """What a campaign says of its shop."""
    return Profile(
        channel_language=campaign.channel_language, brand=campaign.brand, unit=campaign.unit, logo=campaign.logo
    )


def dress(campaign: Campaign, profile: Profile) -> Campaign:
    """The campaign as one of this shop.

    Raises:
        CampaignMistake: a story has no words in a language of the shop; `all` has every one.
    """
    lacking = [
        CampaignMistake(
            1,
            "languages",
            f'the story "{story.key}" of {campaign.slug} has no words in {language} yet. Write them first.',
        )
        for story in campaign.stories
        for language in profile.languages
        if language not in story.headline
    ]
    if lacking:
        raise gather_mistakes(lacking)
    return replace(
        campaign,
        channel_language=profile.channel_language,
        brand=profile.brand,
        unit=profile.unit,
        logo=profile.logo,
        stories=tuple(_choose_words(story, profile.languages) for story in campaign.stories),
    )


def dress_as_spoken(campaign: Campaign, profile: Profile) -> Campaign:
    """The campaign as one of this shop, in the languages that it has, however many the shop speaks by now."""
    channel = profile.channel_language
    return replace(
        campaign,
        channel_language=channel if channel in campaign.brand else campaign.channel_language,
        brand=_keep(profile.brand, campaign.brand),
        unit=_keep(profile.unit, campaign.unit),
        logo=profile.logo,
    )


def _keep(said: Mapping[str, T], former: Mapping[str, T]) -> dict[str, T]:
    return {language: said.get(language, text) for language, text in former.items()}


def _choose_words(story: Story, languages: tuple[str, ...]) -> Story:
    headline, text, offer = (
        {language: said[language] for language in languages} for said in (story.headline, story.text, story.offer)
    )
    return replace(story, headline=headline, text=text, offer=offer)
